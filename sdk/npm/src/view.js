// What is being looked at, since when, and how much of it? One view of a page, until the next one.

import { getScrollState } from "./helpers.js";

const SCROLL_PAUSE_MS = 100;

export class View {
  url = location.href;
  referrer;
  scroll = {};
  #visibleMs = 0;
  #visibleSince = document.visibilityState === "visible" ? performance.now() : undefined;

  constructor(referrer, withScroll) {
    this.referrer = referrer;
    if (withScroll) this.scroll = getScrollState();
  }

  /** Milliseconds that it was visible. */
  get timeMs() {
    return Math.round(this.#visibleMs + (this.#visibleSince === undefined ? 0 : performance.now() - this.#visibleSince));
  }

  visibilityChanged() {
    this.#visibleMs = this.timeMs;
    this.#visibleSince = document.visibilityState === "visible" ? performance.now() : undefined;
  }
}

/** Calls `scrolled` now and then while the page is scrolled. */
export function watchScrolling(scrolled, signal) {
  let timer;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!signal.aborted) scrolled();
    }, SCROLL_PAUSE_MS);
  };
  addEventListener("scroll", soon, { passive: true, capture: true, signal });
}

/** A page's own anchors lead nowhere else; `#/path` and `#!path` do. */
function place() {
  const { origin, pathname, search, hash } = location;
  return origin + pathname + search + (/^#[/!]/.test(hash) ? hash : "");
}

/** Calls `navigated` whenever a page goes elsewhere without being loaded anew. */
export function watchNavigation(navigated, signal) {
  let last = place();
  const look = () => {
    const now = place();
    if (signal.aborted || now === last) return;
    last = now;
    navigated();
  };
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    const watched = function (...given) {
      original.apply(this, given);
      look();
    };
    history[name] = watched;
    signal.addEventListener("abort", () => {
      // Who put another over this one keeps it; it looks no more.
      if (history[name] === watched) history[name] = original;
    });
  }
  addEventListener("popstate", look, { signal });
  addEventListener("hashchange", look, { signal });
}
