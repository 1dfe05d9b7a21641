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
  let text;
  try {
    text = JSON.stringify(event);
  } catch (error) {
    throw new KeyholeError({ message: `The event is not JSON: ${error.message}`, errorCode: "InvalidEventError" });
  }
  // `undefined` and functions have no JSON at all; the core says what an event must be.
  return text ?? "null";
}
