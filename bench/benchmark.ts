/** One measured figure with its bar. */
export interface Figure {
  readonly name: string;
  /** What was measured against the bar; larger is better unless `isUpperBound`. */
  readonly ratio: number;
  readonly bar: number;
  /** True when the ratio must not exceed the bar (time or memory over its limit). */
  readonly isUpperBound?: boolean;
  /** The measured values behind the ratio, with units. */
  readonly values: Readonly<Record<string, number | string>>;
}

/** A benchmark of `npm run bench -- NAME`, one file each. */
export interface Benchmark {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

export function holds({ ratio, bar, isUpperBound }: Figure): boolean {
  return isUpperBound === true ? ratio <= bar : ratio >= bar;
}

/** Middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
