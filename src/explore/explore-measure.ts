import { fieldSql } from '../metric/event-condition.js';
import type { StatementScope } from '../metric/event-source.js';
import { IS_ENGAGED, type SessionFact } from '../metric/session-source.js';
import type { EventMeasure, MeasureAsked, SessionMeasure } from './explore-query.js';

/** How a measure is computed: one aggregate, so that its states can be merged over rows. */
export interface MeasureSql {
  readonly aggregate: string;
  readonly argument: string;
  /** What the aggregate is divided by; left out: by 1. Sums of whole milliseconds are exact, of seconds not. */
  readonly divisor?: number;
}

/** A number of an event's property; events without one do not count. */
const OF_NUMBERS: Partial<Record<EventMeasure, string>> = {
  sum: 'sumKahan',
  average: 'avgOrNull',
  minimum: 'minOrNull',
  maximum: 'maxOrNull',
  median: 'quantileExactInclusiveOrNull(0.5)',
  p75: 'quantileExactInclusiveOrNull(0.75)',
  p90: 'quantileExactInclusiveOrNull(0.9)',
  p95: 'quantileExactInclusiveOrNull(0.95)',
  p99: 'quantileExactInclusiveOrNull(0.99)',
};

/** Measures that are 0 over nothing; the others are null. */
const ZERO_OVER_NOTHING: ReadonlySet<string> = new Set<EventMeasure | SessionMeasure>([
  'count',
  'people',
  'sum',
  'distinct',
  'views',
  'engaged_sessions',
]);

/** What a measure is over nothing. */
export function overNothing({ measure }: MeasureAsked): 0 | null {
  return ZERO_OVER_NOTHING.has(measure) ? 0 : null;
}

/** Whether a measure of events needs a property. */
export function needsProperty(measure: string): boolean {
  return measure === 'distinct' || measure in OF_NUMBERS;
}

/** A measure over rows of `silver_events`. */
export function eventMeasureSql(
  { measure, property = '' }: MeasureAsked,
  person: string,
  scope: StatementScope,
): MeasureSql {
  if (measure === 'count') return { aggregate: 'count', argument: '' };
  if (measure === 'people') return { aggregate: 'uniqExact', argument: person };
  const { text } = fieldSql(property, scope);
  if (measure === 'distinct') {
    return { aggregate: 'uniqExactIf', argument: `${text}, ${text} != ''` };
  }
  const number = `toFloat64OrNull(${text})`;
  return {
    aggregate: (OF_NUMBERS[measure as EventMeasure] ?? '').replace(/^\w+/, '$&If'),
    argument: `assumeNotNull(${number}), ifNull(isFinite(${number}), false)`,
  };
}

const MS_PER_SECOND = 1000;
const LENGTH = { argument: 'ended_ms - started_ms', divisor: MS_PER_SECOND, facts: [] };

const OF_SESSIONS: Readonly<
  Record<Exclude<SessionMeasure, 'people'>, MeasureSql & { readonly facts: readonly SessionFact[] }>
> = {
  count: { aggregate: 'count', argument: '', facts: [] },
  views: { aggregate: 'sum', argument: 'views', facts: ['views'] },
  views_per_session: { aggregate: 'avgOrNull', argument: 'views', facts: ['views'] },
  average_seconds: { aggregate: 'avgOrNull', ...LENGTH },
  median_seconds: { aggregate: 'quantileExactInclusiveOrNull(0.5)', ...LENGTH },
  p90_seconds: { aggregate: 'quantileExactInclusiveOrNull(0.9)', ...LENGTH },
  engaged_seconds_per_session: {
    aggregate: 'avgOrNull',
    argument: 'engaged_ms',
    divisor: MS_PER_SECOND,
    facts: ['engaged_ms'],
  },
  engaged_sessions: {
    aggregate: 'countIf',
    argument: IS_ENGAGED,
    facts: ['views', 'interactions'],
  },
  bounce_rate: {
    aggregate: 'avgOrNullIf',
    argument: `if(${IS_ENGAGED}, 0, 100), views > 0`,
    facts: ['views', 'interactions'],
  },
  engagement_rate: {
    aggregate: 'avgOrNullIf',
    argument: `if(${IS_ENGAGED}, 100, 0), views > 0`,
    facts: ['views', 'interactions'],
  },
};

/** A measure over rows of sessions. */
export function sessionMeasureSql({ measure }: MeasureAsked, person: string): MeasureSql {
  if (measure === 'people') return { aggregate: 'uniqExact', argument: person };
  return OF_SESSIONS[measure as keyof typeof OF_SESSIONS];
}

/** Facts that measures of sessions need. */
export function factsOf(measures: readonly MeasureAsked[]): readonly SessionFact[] {
  const facts = measures.flatMap(({ measure }): readonly SessionFact[] =>
    measure === 'people' ? ['person'] : OF_SESSIONS[measure as keyof typeof OF_SESSIONS].facts,
  );
  return [...new Set(facts)];
}
