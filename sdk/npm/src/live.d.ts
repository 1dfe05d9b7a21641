// Which types does @keyhole/sdk/live have?

export interface PollOptions<Answer> {
  /** How long to wait after each answer. After a failure waits double, up to a quarter of an hour. */
  seconds: number;
  onAnswer?: (answer: Answer) => void;
  /** With what `ask` rejected: of a client a `KeyholeError`, or a `TypeError` for what it cannot send. */
  onError?: (error: Error) => void;
  /** Ends it. */
  signal?: AbortSignal;
  /** False: the first time only after `seconds`. */
  now?: boolean;
}

/** Calls `ask` at once and again and again; not while the page is hidden. `stop()` ends it and aborts what is asked. */
export declare function poll<Answer>(
  ask: (options: { signal: AbortSignal }) => Promise<Answer>,
  options: PollOptions<Answer>,
): { stop(): void };
