import { dimensionByName, isOfPerson } from '../metric/dimension.js';
import { type Breakdown, type Condition, type MetricQuestion } from '../metric/metric-query.js';
import { resolveRange } from '../metric/time-range.js';
import type { Dependence } from './data-look.js';

const DAY_MS = 86_400_000;

/**
 * Questions whose numbers are made of the events of the range alone. All others look further: a
 * session goes on behind the range and began before it, a person was new or not long ago, an order
 * may have been counted on another day.
 */
const OF_RANGE: ReadonlySet<string> = new Set([
  'eventVolume',
  'eventRate',
  'uniqueUsers',
  'botTraffic',
  'heatmap',
  'pageLoad',
  'webVitals',
]);

/** Parts of a question that make no answer look beyond its range; a window of a series may. */
const PLAIN_PARTS: ReadonlySet<string> = new Set([
  'projectId',
  'range',
  'timeZone',
  'event',
  'filter',
  'includeBots',
  'grain',
  'breakdown',
  'isApproximate',
]);

/**
 * What an answer depends on, by its question and the tables that it was read from. Who a person is,
 * and what is known of people, belongs to no day: the tables of that count whatever the range.
 *
 * @param name Of the question, as in `Questions`.
 */
export function dependenceOf(
  name: string,
  question: Pick<MetricQuestion, 'projectId'>,
  tables: readonly string[],
): Dependence {
  const { projectId } = question;
  if (!OF_RANGE.has(name) || !isPlain(question)) return { projectId, tables, days: null };
  const { fromMs, toMs } = resolveRange(question.range, question.timeZone);
  const days = { from: Math.floor(fromMs / DAY_MS), to: Math.ceil(toMs / DAY_MS) - 1 };
  return { projectId, tables, days };
}

type PlainQuestion = Pick<MetricQuestion, 'projectId' | 'range' | 'timeZone'>;

function isPlain(question: Pick<MetricQuestion, 'projectId'>): question is PlainQuestion {
  const parts = Object.entries(question).filter(([, value]) => value !== undefined);
  const { filter, breakdown } = question as Partial<MetricQuestion>;
  return (
    'range' in question &&
    'timeZone' in question &&
    parts.every(([part]) => PLAIN_PARTS.has(part)) &&
    fieldsOf(filter ?? [], breakdown).every(isOfEvent)
  );
}

function fieldsOf(filter: readonly Condition[], breakdown: Breakdown | undefined): string[] {
  const dimensions = breakdown === undefined ? [] : [breakdown.dimension];
  return [...filter.map(({ field }) => field), ...dimensions];
}

/** Whether a field is told by the event itself. */
function isOfEvent(field: string): boolean {
  return !isOfPerson(field) && dimensionByName(field)?.level !== 'session';
}
