import { statement } from '../warehouse/statement.js';
import { checkedLimit, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { eventSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { orNone } from './property-sql.js';

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
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_screen: boolean;
  readonly screen_name: string;
  readonly views: number;
  readonly users: number;
  readonly screen_count: number;
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
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_SCREENS);
  const rows = await run.query(
    statement<Row>(
      'metric.screen_views',
      `SELECT *, countIf(is_screen) OVER () AS screen_count
FROM (
  SELECT grouping(screen_name) = 0 AS is_screen, screen_name, count() AS views, uniqExact(person) AS users
  FROM (SELECT ${orNone(PAGE_SQL)} AS screen_name, ${source.person} AS person ${source.from})
  GROUP BY GROUPING SETS ((), (screen_name))
)
ORDER BY is_screen ASC, views DESC, screen_name ASC
LIMIT ${limit + 1}`,
      scope.parameters.values(),
    ),
    eventTables({ person: true }),
  );
  const total = rows.find((row) => !row.is_screen);
  const screens = rows.filter((row) => row.is_screen);
  return {
    total: total?.views ?? 0,
    users: total?.users ?? 0,
    screens: screens.map((row) => row.screen_name),
    views: screens.map((row) => row.views),
    screenUsers: screens.map((row) => row.users),
    otherScreens: (screens[0]?.screen_count ?? 0) - screens.length,
    meta: run.meta(),
  };
}
