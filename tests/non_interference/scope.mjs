// Which events may a key see? Plain code that shares nothing with the Worker, so that it can say who is foreign.

/** Is this event, as the master key extracts it, in the scope of a key with these options? */
export function isInScope(queries, collection, event) {
  const { filters = [], timeframe = {}, collections } = queries;
  const at = Date.parse(event.keen.timestamp);
  const { oldest = -Infinity, newest = Infinity } = timeframe;
  return (
    (!collections || collections.allowed.includes(collection)) &&
    at >= (oldest === -Infinity ? oldest : Date.parse(oldest)) &&
    at < (newest === Infinity ? newest : Date.parse(newest)) &&
    filters.every((filter) => holds(filter, event))
  );
}

function holds({ property_name, operator, property_value, operands }, event) {
  if (operator === "or") return operands.some((operand) => holds(operand, event));
  const found = valueAt(event, property_name.split("."));
  switch (operator) {
    case "eq":
      return isEqual(found, property_value);
    case "ne":
      return !isEqual(found, property_value);
    case "in":
      return property_value.some((one) => isEqual(found, one));
    case "exists":
      return (found !== undefined) === property_value;
    case "gte":
      return typeof found === typeof property_value && found >= property_value;
    case "lt":
      return typeof found === typeof property_value && found < property_value;
    case "contains":
      if (typeof found === "string" && typeof property_value === "string") return found.includes(property_value);
      return Array.isArray(found) && found.includes(property_value);
    case "regex":
      return typeof found === "string" && new RegExp(property_value, "u").test(found);
    default:
      throw new Error(`the plain predicate does not know ${operator}`);
  }
}

/** The value below names of objects; lists have no names. */
function valueAt(value, [name, ...below]) {
  if (name === undefined) return value;
  if (value === null || typeof value !== "object" || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
  return valueAt(value[name], below);
}

function isEqual(found, operand) {
  if (found === undefined) return operand === null;
  return found === operand || (Array.isArray(found) && found.includes(operand));
}
