/** Percentiles by linear interpolation (type 7); null without values. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Names the quantiles of a row; `count` values went into them. */
export function percentilesOf(count: number, quantiles: readonly number[]): Percentiles {
  // The engine tells 0 or NaN for quantiles of nothing.
  const [p50 = null, p95 = null, p99 = null] = count === 0 ? [] : quantiles;
  return { p50, p95, p99 };
}
