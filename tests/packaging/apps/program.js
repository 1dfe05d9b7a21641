// What does each app do with the package? Everything that a bundler could break.

import { Keyhole, KeyholeError } from "@keyhole/sdk";
import { setWords } from "@keyhole/sdk/elements";
import { poll } from "@keyhole/sdk/live";
import { createPolicy } from "@keyhole/sdk/policy";
import { count } from "@keyhole/sdk/queries";
import { Recorder } from "@keyhole/sdk/track";

/** Resolves to what came of it; `place` is `{url, projectId, key}`. */
export async function run(place) {
  const keyhole = new Keyhole(place);
  await keyhole.record("sales", { price: 3 });
  const { result } = await keyhole.query(count("sales").during("this_60_days"));
  const polled = await new Promise((resolve, reject) => {
    const live = poll((options) => keyhole.query(count("sales"), options), {
      seconds: 60,
      onAnswer: (answer) => (live.stop(), resolve(answer.result)),
      onError: reject,
    });
  });
  const query = { analysisType: "count", eventCollection: "sales", timeframe: "this_1_days" };
  const can = await keyhole.can({ query });
  const decided = createPolicy(await keyhole.self()).can({ query: { ...query, eventCollection: "secrets" } });
  const refused = await keyhole.record("sales", { "no.dots": 1 }).catch((error) => error);
  return { result, polled, can, decided, refused: refused instanceof KeyholeError && refused.errorCode };
}

/** The same in a page, and a chart on top. */
export async function runInPage(place) {
  setWords({ loading: "…" });
  const result = await run(place);
  const chart = document.createElement("keyhole-chart");
  chart.client = new Keyhole(place);
  chart.query = count("sales").during("this_60_days").by("country");
  document.body.append(chart);
  await new Promise((resolve, reject) => {
    chart.addEventListener("keyhole-error", ({ detail }) => reject(detail));
    new MutationObserver(() => chart.state === "ready" && resolve()).observe(chart, {
      attributeFilter: ["data-state"],
    });
  });
  const recorder = new Recorder(place);
  const sent = new Promise((resolve) => recorder.addEventListener("sent", () => resolve(true), { once: true }));
  recorder.record("visits", { page: "/" });
  await recorder.flush();
  const drawn = chart.shadowRoot
    .querySelector("canvas")
    .getContext("2d")
    .getImageData(0, 0, 300, 200)
    .data.some(Boolean);
  return { ...result, drawn, sent: await sent };
}

export const place = (url) => ({ url, projectId: "0123456789abcdef01234567", key: "kh_page" });

/** Runs it and leaves what came of it where a test finds it. */
export async function show(work) {
  const text = await work().then(JSON.stringify, (error) => JSON.stringify({ error: String(error?.stack ?? error) }));
  document.documentElement.dataset.result = text;
}
