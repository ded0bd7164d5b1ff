import { tablesIn } from '../metric/answer.js';
import { fieldSql } from '../metric/event-condition.js';
import {
  eventSource,
  eventTables,
  OCCURRED_MS,
  type Plan,
  type StatementScope,
} from '../metric/event-source.js';
import { sessionSource } from '../metric/session-source.js';
import { eventMeasureSql, factsOf, type MeasureSql, sessionMeasureSql } from './explore-measure.js';
import type { ExploreQuestion } from './explore-query.js';

/** The rows that are explored, and the expressions over them. */
export interface ExploreSource {
  /** `FROM … WHERE …`. */
  readonly from: string;
  /** Labels of the dimensions, Array(String). */
  readonly place: string;
  /** Instant of a row, ms, Int64. */
  readonly ms: string;
  readonly measures: readonly MeasureSql[];
  readonly tables: readonly string[];
}

/** Events of the range, or sessions that start in it, as the question selects them. */
export function exploreSource(
  plan: Plan,
  question: ExploreQuestion,
  scope: StatementScope,
): ExploreSource {
  const { dimensions, measures } = question;
  if (question.over === 'sessions') {
    const facts = factsOf(measures);
    const { from, labels, person } = sessionSource(plan, scope, facts, dimensions);
    return {
      from,
      place: placeOf(labels),
      ms: 'started_ms',
      measures: measures.map((each) => sessionMeasureSql(each, person)),
      tables: tablesIn({ sql: from }, plan.context.database),
    };
  }
  const needsPerson = measures.some(({ measure }) => measure === 'people');
  const properties = measures.flatMap(({ property }) => (property === undefined ? [] : [property]));
  const fields = [...dimensions, ...properties];
  const source = eventSource(plan, scope, { person: needsPerson, fields });
  return {
    from: source.from,
    place: placeOf(dimensions.map((name) => fieldSql(name, scope).label)),
    ms: OCCURRED_MS,
    measures: measures.map((each) => eventMeasureSql(each, source.person, scope)),
    tables: eventTables({ person: needsPerson }),
  };
}

function placeOf(labels: readonly string[]): string {
  return labels.length === 0 ? `CAST([], 'Array(String)')` : `[${labels.join(', ')}]`;
}
