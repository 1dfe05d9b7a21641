// What does a person see while the scripts work, and when something is missing?

// Programs we start inherit it, so that one clock runs through all their lines.
process.env.KEYHOLE_BEGAN ??= String(Date.now());
const began = Number(process.env.KEYHOLE_BEGAN);

/** A problem that was foreseen: said in one sentence, after what the failed tool printed itself. */
export class Problem extends Error {
  constructor(sentence, printed = "") {
    super(sentence);
    this.printed = printed;
  }
}

/** One plain line, with the seconds since the script began. */
export function say(text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${seconds.padStart(7)} s  ${text}`);
}

/**
 * Does `work` under a title: nothing is printed for what is done at once, a line for what takes
 * longer, and another every ten seconds with the latest that `work` reported.
 */
export async function step(title, work) {
  let latest = "";
  const report = (line) => (latest = line.trim());
  const quiet = setTimeout(() => say(`${title} …`), 300);
  const patience = setInterval(() => say(`${title} … ${latest}`), 10_000);
  const from = Date.now();
  try {
    return await work(report);
  } finally {
    clearTimeout(quiet);
    clearInterval(patience);
    const seconds = (Date.now() - from) / 1000;
    if (seconds > 1) say(`${title}: ${seconds.toFixed(1)} s`);
  }
}

/** Runs a script's main function. Its answer is the exit code; a foreseen problem is no stack trace. */
export async function main(work) {
  let code = 1;
  try {
    code = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.printed) console.error(error.printed.trimEnd());
    console.error(`\n${error.message}`);
  }
  // What still waits has lost its purpose.
  process.exit(code);
}
