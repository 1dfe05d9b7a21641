// What do many measurements of the same thing say? The middle one, and the one that 5 % exceed.

export const p50 = (numbers) => percentile(numbers, 50);
export const p95 = (numbers) => percentile(numbers, 95);

/** By nearest rank. */
export function percentile(numbers, percent) {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** The average of ratios. */
export function geometricMean(numbers) {
  return Math.exp(mean(numbers.map(Math.log)));
}

/**
 * Runs every work once in each round, so that what disturbs the machine disturbs all alike. Stops
 * after `rounds`, or after three at the earliest when `milliseconds` have passed. Gives each work's answers.
 */
export async function interleaved(works, { rounds, milliseconds }) {
  const answers = works.map(() => []);
  const end = performance.now() + milliseconds;
  for (let round = 0; round < rounds && (round < 3 || performance.now() < end); round += 1) {
    for (const [at, work] of works.entries()) answers[at].push(await work());
  }
  return answers;
}
