// May anything be recorded? Consent, opting out, and what the browser asks for.

const OPTED_OUT = "keyhole-opt-out";

export class Permission {
  #consent;
  /** As it was last looked up; the first time that keeps a page waiting for another process. */
  #optedOut = false;
  /** Does the browser remember what was said here? */
  #isRemembered = true;
  #doNotTrack;

  constructor({ consent, respectDoNotTrack }) {
    this.#consent = consent ? "granted" : "waiting";
    const { doNotTrack, globalPrivacyControl } = globalThis.navigator ?? {};
    this.#doNotTrack = respectDoNotTrack && (doNotTrack === "1" || globalPrivacyControl === true);
  }

  get state() {
    return this.#look() || this.#doNotTrack ? "denied" : this.#consent;
  }

  get isGranted() {
    return this.state === "granted";
  }

  get isDenied() {
    return this.state === "denied";
  }

  /** The same without looking anything up: before that nobody is taken to have opted out. */
  get isKnownDenied() {
    return (this.#optedOut && this.#look()) || this.#doNotTrack || this.#consent === "denied";
  }

  get isWaiting() {
    return this.#consent === "waiting";
  }

  consent(given) {
    this.#consent = given ? "granted" : "denied";
  }

  /** Remembered by the browser for the whole origin; throws where it has no room left for that. */
  optOut(out) {
    this.#optedOut = out;
    this.#isRemembered = false;
    if (out) remembered()?.setItem(OPTED_OUT, "1");
    else remembered()?.removeItem(OPTED_OUT);
    this.#isRemembered = true;
  }

  /** Each time, since it may have been said in another tab. */
  #look() {
    const storage = this.#isRemembered ? remembered() : undefined;
    if (storage) this.#optedOut = storage.getItem(OPTED_OUT) === "1";
    return this.#optedOut;
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
