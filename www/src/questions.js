// What does someone ask who wants to see more than a key allows?

const strikes = (timeframe, more = {}) => ({ eventCollection: "strikes", timeframe, ...more });

/** Events of one other customer, or of anyone at all. */
export const breakOutFilter = (other) => ({
  operator: "or",
  operands: [
    { property_name: "customer.id", operator: "eq", property_value: other ?? "anyone" },
    { property_name: "customer.id", operator: "exists", property_value: true },
  ],
});

/** What the key answers to a plain question, to the attempt, and which customers the attempt sees. */
export async function tryToBreakOut(client, span, other, options) {
  const filters = [breakOutFilter(other)];
  const [plain, attempt, seen] = await Promise.all([
    client.query("count", strikes(span.timeframe), options),
    client.query("count", strikes(span.timeframe, { filters }), options),
    client.query("select_unique", strikes(span.timeframe, { targetProperty: "customer.id", filters }), options),
  ]);
  return { plain: plain.result, attempt: attempt.result, seen: seen.result };
}
