// May anything be recorded? Consent, opting out, and what the browser asks for.

const OPTED_OUT = "keyhole-opt-out";

export class Permission {
  #consent;
  /** Looked up when it is first asked for: that keeps a page waiting for another process. */
  #optedOut;
  #doNotTrack;

  constructor({ consent, respectDoNotTrack }) {
    this.#consent = consent ? "granted" : "waiting";
    const { doNotTrack, globalPrivacyControl } = globalThis.navigator ?? {};
    this.#doNotTrack = respectDoNotTrack && (doNotTrack === "1" || globalPrivacyControl === true);
  }

  get state() {
    this.#optedOut ??= remembered()?.getItem(OPTED_OUT) === "1";
    return this.#optedOut || this.#doNotTrack ? "denied" : this.#consent;
  }

  get isGranted() {
    return this.state === "granted";
  }

  get isDenied() {
    return this.state === "denied";
  }

  /** The same without looking anything up: before that nobody is taken to have opted out. */
  get isKnownDenied() {
    return this.#optedOut === true || this.#doNotTrack || this.#consent === "denied";
  }

  get isWaiting() {
    return this.#consent === "waiting";
  }

  consent(given) {
    this.#consent = given ? "granted" : "denied";
  }

  /** Remembered by the browser for the whole origin. */
  optOut(out) {
    this.#optedOut = out;
    if (out) remembered()?.setItem(OPTED_OUT, "1");
    else remembered()?.removeItem(OPTED_OUT);
  }
}

/** Absent in Node, and where the browser keeps nothing for this page. */
function remembered() {
  try {
    return globalThis.document && globalThis.localStorage;
  } catch {
    return undefined;
  }
}
