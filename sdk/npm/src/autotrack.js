// What happens on a page? Views, clicks, forms and what came into sight, as events that Keen's dashboards know.

import { serializeForm } from "./forms.js";
import { getBrowserProfile, getDomNodeProfile, getLocalTime, getScrollState } from "./helpers.js";
import { View, watchNavigation, watchScrolling } from "./view.js";
import { visitor } from "./visitor.js";

const DEFAULTS = {
  pageViews: true,
  pageViewsOnExit: false,
  clicks: true,
  clickable: undefined,
  clickPosition: false,
  formSubmissions: true,
  elementViews: true,
  viewable: ".track-element-view",
  scrollState: true,
  ignoreFormFieldTypes: [],
  privateFields: undefined,
  ignoreDisabledFormFields: false,
  collectIpAddress: true,
  collectUuid: true,
  shareUuidAcrossDomains: false,
};
/** Titles are set after a navigation within a page. */
const TITLE_MS = 50;

/** Answers what stops it. */
export function startTracking(recorder, options = {}) {
  if (typeof document === "undefined") return () => {};
  const chosen = { ...DEFAULTS, ...options };
  const controller = new AbortController();
  const { signal } = controller;
  const addons = addonsFor(chosen);
  let view = new View(document.referrer, chosen.scrollState);
  /** What happened before anybody said whether it may be recorded. */
  let waiting = [];

  function record(collection, own = {}) {
    const event = { ...described(view, addons), ...own };
    if (recorder.permission === "granted") release(collection, event);
    else if (recorder.permission === "waiting" && waiting.length < 1_000) waiting.push([collection, event]);
  }

  /** Only here is the visitor's cookie read or written. */
  function release(collection, event) {
    const { uuid, initialReferrer } = visitor(chosen);
    recorder.record(collection, { ...event, user: { uuid }, referrer: { initial: initialReferrer, ...event.referrer } });
  }

  function permissionChanged() {
    const held = waiting;
    if (recorder.permission !== "waiting") waiting = [];
    if (recorder.permission === "granted") for (const [collection, event] of held) release(collection, event);
  }

  function viewed() {
    if (chosen.pageViews) record("pageviews");
  }

  recorder.addEventListener("permission", permissionChanged, { signal });
  document.addEventListener("visibilitychange", () => view.visibilityChanged(), { signal });
  if (chosen.scrollState) watchScrolling(() => (view.scroll = getScrollState(view.scroll)), signal);
  watchNavigation(() => {
    if (chosen.pageViewsOnExit) viewed();
    view = new View(view.url, chosen.scrollState);
    const shown = view;
    if (!chosen.pageViewsOnExit) setTimeout(() => !signal.aborted && shown === view && viewed(), TITLE_MS);
  }, signal);
  // Captured, and so before the recorder sends the last that it has.
  if (chosen.pageViewsOnExit) addEventListener("pagehide", viewed, { signal, capture: true });
  else viewed();
  if (chosen.clicks) watchClicks(chosen, record, signal);
  if (chosen.formSubmissions) watchForms(chosen, record, signal);
  if (chosen.elementViews) watchElements(chosen.viewable, record, signal);
  return () => controller.abort();
}

/** All that every event says of the page it happened on. */
function described(view, addons) {
  const profile = getBrowserProfile();
  const now = new Date();
  const timeMs = view.timeMs;
  return {
    tracked_by: "@keyhole/sdk",
    local_time_full: getLocalTime(now),
    page: {
      title: document.title,
      description: profile.description,
      scroll_state: view.scroll,
      time_on_page: Math.round(timeMs / 1_000),
      time_on_page_ms: timeMs,
    },
    ip_address: "${keen.ip}",
    user_agent: "${keen.user_agent}",
    tech: { profile },
    url: { full: view.url },
    referrer: { full: view.referrer },
    keen: { timestamp: now.toISOString(), addons },
  };
}

/** What the server finds out. */
function addonsFor({ collectIpAddress }) {
  const addon = (name, input, output) => ({ name: `keen:${name}`, input, output });
  return [
    addon("ua_parser", { ua_string: "user_agent" }, "tech"),
    addon("url_parser", { url: "url.full" }, "url.info"),
    addon("url_parser", { url: "referrer.full" }, "referrer.info"),
    addon("date_time_parser", { date_time: "keen.timestamp" }, "time.utc"),
    addon("date_time_parser", { date_time: "local_time_full" }, "time.local"),
    addon("ip_to_geo", { ip: "ip_address", remove_ip_property: !collectIpAddress }, "geo"),
  ];
}

function watchClicks({ clickable, clickPosition }, record, signal) {
  const selector = ["a, a *", clickable].filter(Boolean).join(", ");
  const clicked = ({ target, pageX, pageY }) => {
    const element = target instanceof Element ? target.closest(selector) : null;
    if (element === null) return;
    const pointer = clickPosition ? { pointer: { x_position: pageX, y_position: pageY } } : {};
    record("clicks", { element: getDomNodeProfile(element), ...pointer });
  };
  document.addEventListener("click", clicked, { signal, capture: true });
}

function watchForms({ ignoreFormFieldTypes, ignoreDisabledFormFields, privateFields }, record, signal) {
  const options = { ignoreTypes: ignoreFormFieldTypes, ignoreDisabled: ignoreDisabledFormFields, privateFields };
  const submitted = ({ target: form }) => {
    // By attribute: a field may be called `action`.
    const action = address(form.getAttribute("action") ?? "");
    const method = (form.getAttribute("method") ?? "get").toLowerCase();
    record("form_submissions", { form: { action, fields: serializeForm(form, options), method }, element: getDomNodeProfile(form) });
  };
  document.addEventListener("submit", submitted, { signal, capture: true });
}

/** Whole; as it stands there, where it leads nowhere. */
function address(text) {
  try {
    return new URL(text, location.href).href;
  } catch {
    return text;
  }
}

/** One event each time an element is fully visible, or fills the window. */
function watchElements(selector, record, signal) {
  const visible = new WeakSet();
  const seen = (entries) => {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const fills = rootBounds !== null && intersectionRect.height >= rootBounds.height - 1;
      const isSeen = isIntersecting && (intersectionRatio >= 1 || fills);
      if (isSeen && !visible.has(target)) record("element_views", { element: getDomNodeProfile(target) });
      if (isSeen) visible.add(target);
      else visible.delete(target);
    }
  };
  const observer = new IntersectionObserver(seen, { threshold: [0, 0.25, 0.5, 0.75, 1] });
  const observed = new WeakSet();
  const look = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (!observed.has(element)) observer.observe(element);
      observed.add(element);
    }
  };
  const changes = new MutationObserver(look);
  changes.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  look();
  signal.addEventListener("abort", () => {
    observer.disconnect();
    changes.disconnect();
  });
}
