import { median } from '../benchmark.js';

/** One of several ways to the same answer, and how long each asking took. */
export interface Contender {
  readonly name: string;
  run(): Promise<unknown>;
  readonly ms: number[];
}

/** A contender that has not been asked yet. */
export function contender(name: string, run: Contender['run']): Contender {
  return { name, run, ms: [] };
}

/**
 * Asks every contender once to warm it up, then all in turn, round by round, so that all meet the
 * same machine.
 *
 * @returns Most resident memory of this process during the rounds, MB.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
): Promise<number> {
  for (const { run } of contenders) await run();
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1_048_576);
  }, 20);
  for (let round = 0; round < rounds; round += 1) {
    for (const { run, ms } of contenders) {
      const startedAt = performance.now();
      await run();
      ms.push(performance.now() - startedAt);
    }
  }
  clearInterval(watch);
  return peakMb;
}

/** Median and 95th percentile of each contender, ms, as they are told. */
export function told(contenders: readonly Contender[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    contenders.map(({ name, ms }) => [
      `${name} ms`,
      `${median(ms).toFixed(0)}/${p95(ms).toFixed(0)}`,
    ]),
  );
}

/** The 95th percentile, nearest rank. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
