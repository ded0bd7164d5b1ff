import { percent } from '../metric/answer.js';
import type { Buckets } from '../metric/buckets.js';
import { instantTexts } from '../metric/instant-text.js';
import { baseOf, liftAndTest } from './compare-variants.js';
import type { ExperimentSeries, VariantCounts } from './experiment-query.js';

/** People of a variant by the days of exposure (`goal` 0) or of the first conversion (from 1). */
export interface ExperimentRow {
  readonly variant: string;
  /** Whether these met several variants. */
  readonly is_mixed: boolean;
  readonly goal: number;
  readonly bucket: number;
  readonly n: number;
}

/**
 * An experiment towards one goal as it stood at the end of each local day: people exposed and
 * converted until then, and what follows from them.
 *
 * @param goal 1 for the first goal.
 */
export function experimentSeries({
  variants,
  rows,
  goal,
  buckets: { startsMs },
  control,
}: {
  readonly variants: readonly string[];
  readonly rows: readonly ExperimentRow[];
  readonly goal: number;
  readonly buckets: Buckets;
  readonly control: string;
}): ExperimentSeries {
  const cumulative = (variant: string, wanted: number): readonly number[] => {
    const perDay = startsMs.map(() => 0);
    for (const row of rows) {
      if (row.variant === variant && row.goal === wanted) perDay[row.bucket] = row.n;
    }
    let total = 0;
    return perDay.map((n) => {
      total += n;
      return total;
    });
  };
  const known = variants.map((variant) => ({
    variant,
    users: cumulative(variant, 0),
    conversions: cumulative(variant, goal),
  }));
  const days = startsMs.map((_, day): readonly VariantCounts[] =>
    known.map(({ variant, users, conversions }) => ({
      variant,
      users: users[day] ?? 0,
      conversions: conversions[day] ?? 0,
    })),
  );
  return {
    bucketStarts: instantTexts(startsMs),
    variants: known.map((series, at) => {
      const compared = days.map((counts) => {
        const own = counts[at];
        return own === undefined || own.variant === control
          ? null
          : liftAndTest(own, baseOf(counts, control));
      });
      return {
        ...series,
        ratePercents: series.users.map((users, day) =>
          percent(series.conversions[day] ?? 0, users),
        ),
        liftPercents: compared.map((each) => each?.liftPercent ?? null),
        pValues: compared.map((each) => each?.pValue ?? null),
      };
    }),
  };
}
