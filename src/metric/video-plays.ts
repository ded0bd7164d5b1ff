import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { conjunction, filterSql, selectorSql, splitFilter } from './event-condition.js';
import {
  eventsInSessionsSql,
  type Plan,
  planOf,
  sessionPagesSql,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { orNone } from './property-sql.js';
import { planSessions } from './session-plan.js';

export const VIDEO_PLAYS: MetricDefinition = {
  id: 'video_plays',
  title: 'Video plays',
  meaning:
    'Events video_play, and the play rate: of the sessions that viewed the page in the range, those with a play on it.',
  unit: 'plays, percent',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Pages shown when a question sets no limit. */
const USUAL_PAGES = 100;

/** Lists are parallel: pages with a play, most plays first. */
export interface VideoPlaysAnswer {
  readonly plays: number;
  /** Sessions that viewed any page. */
  readonly viewingSessions: number;
  /** Those with a play on a page that they viewed. */
  readonly playingSessions: number;
  /** 0–100; null without sessions that viewed a page. */
  readonly playRatePercent: number | null;
  readonly pages: readonly string[];
  readonly pagePlays: readonly number[];
  readonly pageViewingSessions: readonly number[];
  readonly pagePlayingSessions: readonly number[];
  readonly pagePlayRatePercents: readonly (number | null)[];
  readonly otherPages: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_page: boolean;
  readonly page: string;
  readonly plays: number;
  readonly viewing: number;
  readonly playing: number;
  readonly page_count: number;
}

/**
 * Plays and views of the range, by event time, whenever their sessions began.
 *
 * @param question Its breakdown gives the most pages; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeVideoPlays(
  context: MetricContext,
  question: MetricQuestion,
): Promise<VideoPlaysAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const rows = await run.query(videoStatement(plan));
  const total = rows.find((row) => !row.is_page) ?? { plays: 0, viewing: 0, playing: 0 };
  const pages = rows.filter((row) => row.is_page);
  return {
    plays: total.plays,
    viewingSessions: total.viewing,
    playingSessions: total.playing,
    playRatePercent: percent(total.playing, total.viewing),
    pages: pages.map((row) => row.page),
    pagePlays: pages.map((row) => row.plays),
    pageViewingSessions: pages.map((row) => row.viewing),
    pagePlayingSessions: pages.map((row) => row.playing),
    pagePlayRatePercents: pages.map((row) => percent(row.playing, row.viewing)),
    otherPages: (pages[0]?.page_count ?? 0) - pages.length,
    meta: run.meta(),
  };
}

const IS_PLAY = `event_name = 'video_play'`;

function videoStatement(plan: Plan) {
  const { question } = plan;
  const scope = statementScope(plan);
  const { ofEvent, ofSession } = splitFilter(question.filter);
  const events = eventsInSessionsSql(
    plan,
    scope,
    [
      { name: 's_page', sql: orNone(PAGE_SQL) },
      { name: 's_is_view', sql: 'is_view' },
      { name: 's_is_play', sql: IS_PLAY },
    ],
    conjunction([
      `is_view OR ${IS_PLAY}`,
      selectorSql(question.event, scope),
      filterSql(ofEvent, scope),
    ]),
  );
  const pages =
    ofSession.length === 0
      ? ''
      : `\nINNER ANY JOIN (${sessionPagesSql(plan, scope)}) AS session_pages ON event_id = session_event_id`;
  return statement<Row>(
    'metric.video_plays',
    `SELECT *, countIf(is_page) OVER () AS page_count
FROM (
  SELECT grouping(page) = 0 AS is_page, page, sum(play_count) AS plays, uniqExactIf(session_key, has_view) AS viewing, uniqExactIf(session_key, has_view AND play_count > 0) AS playing
  FROM (
    SELECT session_key, s_page AS page, countIf(s_is_play) AS play_count, max(s_is_view) AS has_view
    FROM (${events}) AS events${pages}
    WHERE ${filterSql(ofSession, scope)}
    GROUP BY session_key, page
  )
  GROUP BY GROUPING SETS ((), (page))
  HAVING NOT is_page OR plays > 0
)
ORDER BY is_page ASC, plays DESC, page ASC
LIMIT ${checkedLimit(question.breakdown?.limit ?? USUAL_PAGES) + 1}`,
    scope.parameters.values(),
  );
}
