import { AppError } from '../errors.js';
import type { ChainSink } from './fold-blocks.js';
import { type FunnelParts, MISSING_VALUE } from './funnel-query.js';
import {
  createFunnelSummary,
  type FunnelSummary,
  type FunnelSummaryOptions,
} from './funnel-summary.js';

/** Most values of a breakdown. */
export const MAX_FUNNEL_VALUES = 10_000;

/** Most numbers of all series of one answer: values × buckets × steps. */
export const MAX_FUNNEL_CELLS = 2_000_000;

/** Counts chains, by the value of a breakdown where there is one. */
export interface ChainCounter extends ChainSink {
  /** @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_FUNNEL_VALUES} or {@link MAX_FUNNEL_CELLS}. */
  add: ChainSink['add'];
  parts(): FunnelParts;
}

export function createChainCounter({
  isBroken,
  ...options
}: FunnelSummaryOptions & { readonly isBroken: boolean }): ChainCounter {
  const summaries = new Map<string, FunnelSummary>();
  const cells = options.stepCount * (options.bucketStarts?.length ?? 0);

  function summaryOf(value: string): FunnelSummary {
    const known = summaries.get(value);
    if (known !== undefined) return known;
    const count = summaries.size + 1;
    if (count > MAX_FUNNEL_VALUES) {
      throw new AppError(
        'LIMIT_EXCEEDED',
        `a breakdown of a funnel has at most ${MAX_FUNNEL_VALUES} values; filter, or choose a dimension with fewer`,
        { details: { field: 'breakdown', maximum: MAX_FUNNEL_VALUES } },
      );
    }
    if (count * cells > MAX_FUNNEL_CELLS) {
      throw new AppError(
        'LIMIT_EXCEEDED',
        `the series of a funnel have at most ${MAX_FUNNEL_CELLS} numbers, steps times buckets times values of the breakdown; choose wider buckets or a shorter range`,
        { details: { field: 'grain', maximum: MAX_FUNNEL_CELLS } },
      );
    }
    const made = createFunnelSummary(options);
    summaries.set(value, made);
    return made;
  }

  return {
    add(depth, times, value) {
      summaryOf(value).add(depth, times);
    },
    parts() {
      if (!isBroken) return { result: summaryOf('').result(), byValue: null };
      const byValue = [...summaries].map(([value, summary]) => ({
        value: value === '' ? MISSING_VALUE : value,
        result: summary.result(),
      }));
      byValue.sort(
        (a, b) =>
          (b.result.counts[0] ?? 0) - (a.result.counts[0] ?? 0) ||
          Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)),
      );
      return { result: null, byValue };
    },
  };
}
