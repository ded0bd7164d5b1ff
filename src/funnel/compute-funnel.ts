import { bucketsOf } from '../metric/buckets.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import type { Condition } from '../metric/metric-query.js';
import { resolveRange } from '../metric/time-range.js';
import { foldFunnel } from './fold-funnel.js';
import { funnelTables } from './funnel-events.js';
import type { FunnelAnswer, FunnelParts, FunnelQuestion } from './funnel-query.js';
import { createChainCounter } from './summarise-chains.js';
import { validateFunnel } from './validate-funnel.js';

export const FUNNEL: MetricDefinition = {
  id: 'funnel',
  title: 'Funnel',
  meaning:
    'How many people or sessions went through the steps, how far and how fast: by the chain of events that came furthest within the window. Ordered, strict or unordered; exclusions spoil chains.',
  unit: 'people or sessions, percent, seconds',
  additivity: 'distinct',
  tables: ['silver_events', 'silver_identity_links'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/**
 * Answers a funnel question (METRICS-SPEC §7).
 *
 * The filter decides which events take part at all, so for strict funnels an event against the
 * filter lies between no steps. So do the filters of segments.
 *
 * @throws AppError `INVALID_FUNNEL`, `INVALID_EXCLUSION`, `INVALID_RANGE`, `INVALID_TIME_ZONE`,
 *   `INVALID_DIMENSION` or `BAD_USER_INPUT` for a wrong question, `LIMIT_EXCEEDED` for a breakdown
 *   of too many values or too long a series, and the errors of the warehouse.
 */
export async function computeFunnel(
  context: MetricContext,
  question: FunnelQuestion,
): Promise<FunnelAnswer> {
  validateFunnel(question);
  const range = resolveRange(question.range, question.timeZone);
  const buckets = question.grain === undefined ? null : bucketsOf(range, question.grain);
  const asOf = new Date(context.clock()).toISOString();
  const source = new Set<string>();
  let rowsRead = 0;
  let elapsedMs = 0;

  async function partsOf(more: readonly Condition[]): Promise<FunnelParts> {
    const asked = { ...question, filter: [...question.filter, ...more] };
    const folded = await foldFunnel({
      context,
      question: asked,
      range,
      createSink: () =>
        createChainCounter({
          isBroken: question.breakdown !== undefined,
          stepCount: question.steps.length,
          bucketStarts: buckets?.startsMs.map((ms) => ms - range.fromMs) ?? null,
          fromMs: range.fromMs,
          timeBounds: question.timeBounds ?? null,
        }),
    });
    for (const table of funnelTables(asked)) source.add(table);
    rowsRead += folded.rowsRead;
    elapsedMs += folded.elapsedMs;
    return folded.sink.parts();
  }

  const whole = await partsOf([]);
  const segments: (FunnelParts & { readonly name: string })[] = [];
  // One after the other: each may take as much memory as the whole.
  for (const { name, filter } of question.segments ?? []) {
    segments.push({ name, ...(await partsOf(filter)) });
  }
  const meta = { source: [...source].sort(), exact: true, asOf, rowsRead, elapsedMs };
  return { ...whole, segments, meta };
}
