import { statement } from '../warehouse/statement.js';
import { startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { eventSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { orNone } from './property-sql.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';

export const SCREEN_VIEWS: MetricDefinition = {
  id: 'screen_views',
  title: 'Screen views',
  meaning: 'Events screen_view and the people who saw the screens, in all and per screen.',
  unit: 'views',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/** Screens shown when a question sets no limit. */
const USUAL_SCREENS = 100;

/** Lists are parallel, most views first. */
export interface ScreenViewsAnswer {
  readonly total: number;
  readonly users: number;
  readonly screens: readonly string[];
  readonly views: readonly number[];
  readonly screenUsers: readonly number[];
  readonly otherScreens: number;
  /** Views of these, and the people who had them. */
  readonly otherViews: number;
  readonly otherUsers: number;
  readonly meta: AnswerMeta;
}

/**
 * Screen views of the range, by event time.
 *
 * @param question Its breakdown gives the most screens; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeScreenViews(
  context: MetricContext,
  question: MetricQuestion,
): Promise<ScreenViewsAnswer> {
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const source = eventSource(plan, scope, { person: true, extra: `event_name = 'screen_view'` });
  const rows = await run.query(
    statement<RankedListRow<'views' | 'users'>>(
      'metric.screen_views',
      rankedListSql({
        value: orNone(PAGE_SQL),
        from: source.from,
        measures: { views: ['count', ''], users: ['uniqExact', source.person] },
        order: ['views'],
        shown: { limit: question.breakdown?.limit ?? USUAL_SCREENS },
      }),
      scope.parameters.values(),
    ),
    eventTables({ person: true }),
  );
  const { values, rest, total } = splitRankedList(rows);
  return {
    total: total?.views ?? 0,
    users: total?.users ?? 0,
    screens: values.map((row) => row.value),
    views: values.map((row) => row.views),
    screenUsers: values.map((row) => row.users),
    otherScreens: rest?.value_count ?? 0,
    otherViews: rest?.views ?? 0,
    otherUsers: rest?.users ?? 0,
    meta: run.meta(),
  };
}
