import type { OracleChain } from './funnel-oracle.js';

/**
 * The values of a funnel (METRICS-SPEC §7, Values), computed plainly from the chains of its actors,
 * with a series by real hours of UTC.
 *
 * @param bounds Seconds that cut the histogram. @param from Start of the range, ms. @param to Its end.
 */
export function funnelValues(
  chains: readonly OracleChain[],
  stepCount: number,
  {
    bounds,
    from,
    to,
  }: { readonly bounds: readonly number[]; readonly from: number; readonly to: number },
) {
  const steps = Array.from({ length: stepCount }, (_, i) => i);
  const countsOf = (some: readonly OracleChain[]): number[] =>
    steps.map((i) => some.filter(({ depth }) => depth > i).length);
  const counts = countsOf(chains);
  const seconds = (first: number, last: number): number[] =>
    chains
      .filter(({ depth }) => depth > last)
      .map(({ times }) => ((times[last] ?? 0) - (times[first] ?? 0)) / 1000)
      .sort((a, b) => a - b);
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const median = (values: readonly number[]): number | null => {
    if (values.length === 0) return null;
    const position = (values.length - 1) / 2;
    return mean([values[Math.floor(position)] ?? 0, values[Math.ceil(position)] ?? 0]);
  };
  const percent = (part = 0, whole = 0): number | null =>
    whole === 0 ? null : (part * 100) / whole;
  const bins = (values: readonly number[]): number[] =>
    [0, ...bounds].map(
      (low, bin) =>
        values.filter((value) => value >= low && value < (bounds[bin] ?? Number.POSITIVE_INFINITY))
          .length,
    );
  const hours: number[] = [];
  for (let at = Math.floor(from / 3_600_000); at * 3_600_000 < to; at += 1) hours.push(at);
  const perHour = hours.map((hour) =>
    countsOf(chains.filter(({ times }) => Math.floor((times[0] ?? 0) / 3_600_000) === hour)),
  );
  const total = seconds(0, stepCount - 1);
  return {
    counts,
    ratePercents: counts.map((count) => percent(count, counts[0])),
    stepRatePercents: counts.map((count, i) => percent(count, counts[Math.max(0, i - 1)])),
    averageSeconds: steps.map((i) => (i === 0 ? null : mean(seconds(i - 1, i)))),
    medianSeconds: steps.map((i) => (i === 0 ? null : median(seconds(i - 1, i)))),
    totalAverageSeconds: mean(total),
    totalMedianSeconds: median(total),
    series: {
      bucketStarts: hours.map((hour) => new Date(hour * 3_600_000).toISOString()),
      counts: steps.map((i) => perHour.map((each) => each[i])),
      conversionPercents: perHour.map((each) => percent(each.at(-1), each[0])),
    },
    timeHistogram: {
      boundsSeconds: bounds,
      steps: steps.map((i) => bins(i === 0 ? [] : seconds(i - 1, i))),
      total: bins(total),
    },
  };
}
