// Do the types let through what works, and stop what does not?

import { Keyhole, KeyholeError } from "@keyhole/sdk";
import type { Bucket, Filter, Outcome } from "@keyhole/sdk";

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
  await keyhole.query({ analysis_type: "select_unique", event_collection: "a", targetProperty: "b" });
  console.log(both, total);
}

export function failed(error: unknown): string {
  if (!(error instanceof KeyholeError)) return "";
  const status: number = error.status;
  return `${status} ${error.errorCode} ${error.message}`;
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
}
