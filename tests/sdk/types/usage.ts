// Do the types let through what works, and stop what does not?

import { Keyhole, KeyholeError } from "@keyhole/sdk";
import type { Bucket, Filter, KeyDescription, KeyRequest, Outcome } from "@keyhole/sdk";
import { createPolicy, serverRequest } from "@keyhole/sdk/policy";

const keyhole = new Keyhole({ url: "https://a.example", projectId: "p", key: "k" });
const { signal } = new AbortController();

interface Purchase {
  price: number;
  customer: { id: string };
}
declare const purchase: Purchase;

export async function allowed(): Promise<void> {
  await keyhole.record("purchases", { price: 3, keen: { timestamp: "2026-01-01T00:00:00Z" } });
  await keyhole.record("purchases", { ...purchase }, { signal });
  const list: Outcome[] = await keyhole.recordMany("purchases", [{ price: 3 }]);
  const [first] = list;
  if (first !== undefined && !first.success) console.log(first.error.name, first.error.description);
  const { purchases, logins } = await keyhole.recordMany({ purchases: [{ price: 3 }], logins: [] }, { signal });
  const both: Outcome[] = [...purchases, ...logins];
  const filters: Filter[] = [
    { operator: "or", operands: [{ property_name: "a", operator: "eq", property_value: null }] },
  ];
  const { result } = await keyhole.query<Bucket[]>("sum", {
    eventCollection: "purchases",
    target_property: "price",
    timeframe: { start: "2026-01-01", end: "2026-02-01" },
    interval: "daily",
    filters,
  });
  const total: number = result.reduce((sum, bucket) => sum + bucket.value, 0);
  await keyhole.query<number>({ analysisType: "count", eventCollection: "a", groupBy: ["b"] }, { signal });
  const kept = await keyhole.dataset<Bucket[]>("revenue", { indexBy: { "customer.id": 7 }, timeframe: "this_7_days" }, { signal });
  kept.result[0]?.value.toFixed();
  // @ts-expect-error A dataset is asked for in a timeframe.
  await keyhole.dataset("revenue", { indexBy: "a" });
  await keyhole.query({ analysis_type: "select_unique", event_collection: "a", targetProperty: "b" });
  console.log(both, total);
}

export function failed(error: unknown): string {
  if (!(error instanceof KeyholeError)) return "";
  const status: number = error.status;
  return `${status} ${error.errorCode} ${error.message}`;
}

export async function known(): Promise<boolean> {
  const description: KeyDescription = await keyhole.self({ signal });
  if (description.kind === "access") console.log(description.expires_at, description.within?.[0]?.permitted);
  const requests: KeyRequest[] = [
    { query: { analysisType: "count", eventCollection: "purchases", timeframe: "today" } },
    { record: { eventCollection: "purchases", event: { price: 3 } } },
    { record: { event_collection: "purchases", event: { ...purchase } } },
    { savedQuery: { queryName: "sales", cached: true } },
    { saved_query: { query_name: "sales", query: { analysis_type: "count", event_collection: "a" } } },
    { queryDefinition: { queryName: "sales" } },
    { dataset: { operation: "retrieve", datasetName: "daily", indexBy: { "customer.id": "acme" } } },
    { dataset: { operation: "list" } },
    { schema: {} },
    { schema: { eventCollection: "purchases", propertyName: "price" } },
    { key: { name: "Narrower", permitted: ["queries"], expires_at: "2027-01-01" } },
  ];
  for (const request of requests) {
    if (await keyhole.can(request, { signal })) continue;
    const explanation = await keyhole.explain(request, { remote: true });
    if (explanation.decision === "refused") console.log(explanation.status, explanation.message);
    else console.log(explanation.effective, explanation.redacted, explanation.rules[0]?.pointer);
    console.log(serverRequest(request));
  }
  const policy = createPolicy(description);
  const { certain } = policy.explain({ schema: {} }, { now: new Date() });
  return certain && policy.can({ schema: {} }, { now: "2026-01-01T00:00:00Z" });
}

export async function refused(): Promise<void> {
  // @ts-expect-error the key is missing
  new Keyhole({ url: "https://a.example", projectId: "p" });
  // @ts-expect-error an event is an object
  await keyhole.record("purchases", 3);
  // @ts-expect-error events come in a list
  await keyhole.recordMany("purchases", { price: 3 });
  // @ts-expect-error no such analysis
  await keyhole.query("counts", {});
  // @ts-expect-error no such parameter
  await keyhole.query("count", { collection: "a" });
  // @ts-expect-error no such operator
  await keyhole.query("count", { filters: [{ property_name: "a", operator: "is", property_value: 1 }] });
  // @ts-expect-error which analysis?
  await keyhole.query({ eventCollection: "a" });
  // @ts-expect-error nothing is asked for
  await keyhole.can({});
  // @ts-expect-error which analysis?
  await keyhole.can({ query: { eventCollection: "a" } });
  // @ts-expect-error where to?
  await keyhole.explain({ record: { event: {} } });
  // @ts-expect-error no description
  createPolicy({ kind: "guest" });
}
