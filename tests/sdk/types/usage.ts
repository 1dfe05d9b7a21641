// Do the types let through what works, and stop what does not?

import { Keyhole, KeyholeError } from "@keyhole/sdk";
import type { Bucket, Filter, KeyDescription, KeyRequest, Outcome } from "@keyhole/sdk";
import { setWords } from "@keyhole/sdk/elements";
import { poll } from "@keyhole/sdk/live";
import { createPolicy, serverRequest } from "@keyhole/sdk/policy";
import { count, each, extraction, funnel, property, several, step, sum } from "@keyhole/sdk/queries";
import { getDomNodeProfile } from "@keyhole/sdk/helpers";
import { autotrack, Recorder } from "@keyhole/sdk/track";
import type { RecorderOptions } from "@keyhole/sdk/track";

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

export async function built(): Promise<void> {
  const total: number = (await keyhole.query(count("purchases").during("today"))).result;
  const daily = await keyhole.query(sum("purchases", "price").during("this_7_days").every("daily").by("country"));
  const first: number | null | undefined = daily.result[0]?.value[0]?.result;
  const where = property("plan").isOneOf(["pro", "team"]);
  const groups = await keyhole.query(count("a").by("b").where(where).orderBy("result", "desc").keep(3), { signal });
  const labels = await keyhole.query(several("a", { sales: each.count(), p90: each.percentile("price", 90) }));
  const steps: number[] = (await keyhole.query(funnel(step("a", "user"), step("b", "user")))).result;
  const events = await keyhole.query(extraction<Purchase>("purchases", "price"));
  const price: number | undefined = events.result[0]?.price;
  const saved = await keyhole.savedQuery<number>("total", { cacheSeconds: 30, exactIntegers: true });
  await keyhole.dataset("per-customer", { indexBy: { "customer.id": "acme" }, timeframe: "this_7_days" });
  keyhole.setKey("kh_other");
  new Keyhole({
    url: "https://a.example",
    projectId: "p",
    key: "k",
    onKeyExpired: async () => "new",
    cacheSeconds: 60,
  });
  const live = poll((options) => keyhole.query(count("a"), options), {
    seconds: 30,
    onAnswer: ({ result }) => result + 1,
    onError: (error) => console.warn(error.message, error instanceof KeyholeError && error.status),
  });
  live.stop();
  console.log(total, first, groups.result[0]?.result, labels.result.p90, steps, price, saved.result);
}

export function shown(): void {
  const chart = document.createElement("keyhole-chart");
  chart.client = keyhole;
  chart.query = count("a").during("today").every("hourly");
  chart.addEventListener("keyhole-error", ({ detail }) => console.log(detail.message, chart.sheet.rows.length));
  const metric = document.createElement("keyhole-metric");
  metric.comparison = { previous: "previous_7_days" };
  setWords({ loading: "…" });
  // @ts-expect-error no such word
  setWords({ load: "…" });
  // @ts-expect-error nothing is asked
  chart.query = {};
}

export async function recorded(): Promise<void> {
  const options: RecorderOptions = {
    url: "https://a.example",
    projectId: "p",
    key: "k",
    queue: { capacity: 100, interval: 2 },
    storage: { name: "acme" },
    respectDoNotTrack: true,
    consent: false,
  };
  const recorder = new Recorder(options);
  recorder.extend({ app: { version: "1" } });
  recorder.extend("visits", () => ({ path: "/" }));
  const accepted: boolean = recorder.record("visits", { page: "/" });
  const count: number = recorder.recordMany("visits", [{ page: "/" }, { ...purchase }]);
  recorder.addEventListener("failed", ({ detail }) => console.log(detail.collection, detail.error.name));
  recorder.addEventListener("delayed", ({ detail }) => console.log(detail.error.status, detail.milliseconds));
  recorder.addEventListener("queue", ({ detail: { events } }) => console.log(events, accepted, count));
  const stop = await autotrack(recorder, { clicks: false, clickable: "button", collectUuid: false });
  stop();
  const { href }: { href: string | null } = getDomNodeProfile(document.body);
  recorder.addEventListener("permission", ({ detail }) => console.log(detail === "granted", href));
  await recorder.consent(true);
  recorder.key = "k2";
  if (await recorder.saved()) await recorder.flush();
  await recorder.optOut();
  await recorder.close();
  // @ts-expect-error no such event
  recorder.addEventListener("stored", ({ detail }) => console.log(detail));
  // @ts-expect-error events come in a list
  recorder.recordMany("visits", { page: "/" });
  // @ts-expect-error no such option
  await autotrack(recorder, { pageviews: true });
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
  // @ts-expect-error labels are those that were asked for
  (await keyhole.query(several("a", { sales: each.count() }))).result.revenue;
  // @ts-expect-error no description
  createPolicy({ kind: "guest" });
}
