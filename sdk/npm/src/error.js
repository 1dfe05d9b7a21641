// What went wrong, in a form that code can act on and a log may hold?

/** The server refused, or could not be reached, or would refuse. Never holds the key. */
export class KeyholeError extends Error {
  constructor({ message, errorCode, status = 0, cause, outcomes }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "KeyholeError";
    this.status = status;
    this.errorCode = errorCode;
    if (outcomes !== undefined) this.outcomes = outcomes;
  }
}

/** Runs what may throw in the core, and gives its refusals the form of the server's. */
export function refusing(compute) {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TypeError || error instanceof KeyholeError) throw error;
    throw new KeyholeError({ message: error.message, errorCode: error.name });
  }
}

/** An event as JSON text; what JSON cannot hold is an invalid event. */
export function eventText(event) {
  return jsonText(event, "event", "InvalidEventError");
}

/** What a caller gave, as JSON text. */
export function jsonText(value, what, errorCode) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new KeyholeError({ message: `The ${what} is not JSON: ${error.message}`, errorCode });
  }
  // `undefined` and functions have no JSON at all; the core says what it must be.
  return text ?? "null";
}
