import type { EngagementTimeAnswer } from '../../../src/metric/engagement-time.js';
import type { FormAnalyticsAnswer } from '../../../src/metric/form-analytics.js';
import type { PageViewsAnswer, TopRows } from '../../../src/metric/metric-query.js';
import type { RageClicksAnswer } from '../../../src/metric/rage-clicks.js';
import type { ScrollDepthAnswer } from '../../../src/metric/scroll-depth.js';
import type { VideoPlaysAnswer } from '../../../src/metric/video-plays.js';
import {
  D,
  FROM,
  IN_RANGE,
  PEOPLE_EVENTS,
  type Peer,
  peer,
  TO,
  topTen,
  topTenCells,
} from './peer.js';
import {
  BEGINNINGS,
  FIRST_LINKED,
  FIRST_PERSON,
  IDS,
  LONG_DAYS,
  sessions,
  TOP_MERGED,
  topCells,
} from './sessions.js';

const UNIT = `reinterpretAsUInt128(if(session_id = '', sipHash128(anonymous_id, ''), sipHash128('i', session_id)))`;

/** Events with the number of their session, `key`, looked up among the beginnings that parts tell. */
function inSessions(columns: string, where: string): string {
  return `SELECT unit + number AS key, at, ${columns} FROM (
  SELECT ${UNIT} AS event_unit, occurred_at AS at, * FROM ${PEOPLE_EVENTS} AND ${where}
) AS events ASOF JOIN (${BEGINNINGS}) AS begun ON event_unit = unit AND at >= started`;
}

/** Events of the sessions that began in the range, wherever they lie. */
export function ofSessions(columns: string, where: string): string {
  return `${inSessions(columns, where)} WHERE started >= ${FROM} AND started < ${TO}`;
}

const PLACE = `if(screen != '', screen, page)`;

function topOf(value: string, where: string, order: string): string {
  return topTen(
    `SELECT value, uniqExactState(${FIRST_PERSON}) AS people, uniqExactState(key) AS visits, sum(n) AS views FROM (
  SELECT key, value, ids AS first_ids, countIf(event_name = 'page_view') AS n FROM (${inSessions(`${value} AS value, event_name, ${IDS('anonymous_id', 'user_id')}`, where)}) GROUP BY key, value, ids
) ${FIRST_LINKED} GROUP BY value`,
    order,
    TOP_MERGED.replace('sum(session_sum), sum(view_sum)', 'uniqExactMerge(visits), sum(views)'),
  );
}

export const OF_BEHAVIOUR: Readonly<Record<string, Peer>> = {
  page_views: peer<PageViewsAnswer>(
    [
      `SELECT multiIf(grouping(page) = 0, page, grouping(day) = 0, 'day', 'all') AS label, sum(view_count) AS n, if(grouping(page) = 0, [count() OVER (PARTITION BY grouping(page))], []) AS pages
FROM (SELECT page, toDate(bucket_start, 'Europe/Berlin') AS day, view_count FROM ${D}.gold_page_views_per_hour WHERE project_id = 'large' AND NOT is_bot AND bucket_start >= '2025-12-31 23:00:00' AND bucket_start < '2026-03-31 22:00:00')
GROUP BY GROUPING SETS ((), (day), (page)) ORDER BY label != 'all', label != 'day', day, n DESC, page LIMIT 101`,
      `SELECT uniqExact(key, page) FROM (${inSessions('page', `${IN_RANGE} AND event_name = 'page_view'`)})`,
    ],
    ({ total, unique, series, pages }) => [
      ['all', total],
      series?.values.map((n) => ['day', n]) ?? [],
      pages?.values.map((page, at) => [
        page,
        pages.counts[at] ?? 0,
        pages.values.length + pages.otherValues,
      ]) ?? [],
      unique,
    ],
    LONG_DAYS,
  ),
  'top-page': peer<TopRows>(
    topOf(
      'page',
      `${IN_RANGE} AND event_name = 'page_view'`,
      'views DESC, finalizeAggregation(people) DESC',
    ),
    topCells,
    LONG_DAYS,
  ),
  'top-country': peer<TopRows>(
    topOf('toString(country)', IN_RANGE, 'finalizeAggregation(people) DESC, views DESC'),
    topCells,
    LONG_DAYS,
  ),
  engagement_time: peer<EngagementTimeAnswer>(
    [
      `SELECT avg(engaged) / 1000 FROM (${sessions(', engaged_sum', ', sum(engaged_sum) AS engaged')} HAVING started >= ${FROM} AND started < ${TO})`,
      topTen(
        `SELECT value, avgState(ms) AS mean FROM (SELECT key, value, sum(engaged_ms) AS ms FROM (${ofSessions(`${PLACE} AS value, engaged_ms`, `event_name = 'engagement'`)}) GROUP BY key, value) GROUP BY value`,
        'finalizeAggregation(mean) DESC',
        'if(grouping(shown) = 1, [], [avgMerge(mean) / 1000]) AS seconds',
      ),
    ],
    ({ averageSecondsPerSession, byPage }) => [
      averageSecondsPerSession,
      topTenCells(
        byPage?.pages ?? [],
        [byPage?.averageSeconds ?? []],
        [byPage?.otherPages ?? 0, byPage?.otherAverageSeconds ?? 0],
        [],
      ),
    ],
    LONG_DAYS,
  ),
  // Clicks follow each other within a second, so only the sessions of bursts are looked up. A cold
  // start between two of them is no cut here.
  rage_clicks: peer<RageClicksAnswer>(
    `SELECT if(grouping(page) = 1, 'all', page) AS label, count() AS n, uniqExact(unit, number) FROM (
  SELECT event_unit, burst_at, page FROM (
    SELECT event_unit, page, at AS burst_at, follows, lagInFrame(follows, 1) OVER w AS before, lagInFrame(follows, 2) OVER w AS first FROM (
      SELECT *, at - lagInFrame(at) OVER w <= 1 AND abs(x - lagInFrame(x) OVER w) + abs(y - lagInFrame(y) OVER w) < 30 AND row_number() OVER w > 1 AS follows FROM (
        SELECT ${UNIT} AS event_unit, page, occurred_at AS at, event_id, toInt32(properties['x']) AS x, toInt32(properties['y']) AS y FROM ${PEOPLE_EVENTS} AND event_name = 'click'
      ) WINDOW w AS (PARTITION BY event_unit, page ORDER BY at, event_id)
    ) WINDOW w AS (PARTITION BY event_unit, page ORDER BY at, event_id)
  ) WHERE follows AND before AND NOT first
) AS bursts ASOF JOIN (${BEGINNINGS}) AS begun ON event_unit = unit AND burst_at >= started WHERE started >= ${FROM} AND started < ${TO}
GROUP BY GROUPING SETS ((), (page)) ORDER BY label != 'all', n DESC, page LIMIT 11`,
    ({ bursts, sessions: all, pages, pageBursts, pageSessions }) => [
      ['all', bursts, all],
      pages.map((page, at) => [page, pageBursts[at] ?? 0, pageSessions[at] ?? 0]),
    ],
    LONG_DAYS,
  ),
  scroll_depth: peer<ScrollDepthAnswer>(
    `SELECT *, countIf(label != 'all') OVER () FROM (SELECT if(grouping(page) = 1, 'all', page) AS label, count() AS n, avg(depth), if(grouping(page) = 1, [], [countIf(depth >= 25), countIf(depth >= 50), countIf(depth >= 75), countIf(depth >= 90), countIf(depth >= 100)]) AS reached
FROM (SELECT key, page, max(percent) AS depth FROM (${ofSessions(`${PLACE} AS page, toUInt8(properties['percent']) AS percent`, `event_name = 'scroll'`)}) GROUP BY key, page)
GROUP BY GROUPING SETS ((), (page))) ORDER BY label != 'all', n DESC, label LIMIT 11`,
    ({
      samples,
      averagePercent,
      pages,
      pageSamples,
      averagePercents,
      reachPercents,
      otherPages,
    }) => {
      const all = pages.length + otherPages;
      return [
        ['all', samples, averagePercent, all],
        pages.map((page, at) => [
          page,
          pageSamples[at] ?? 0,
          averagePercents[at] ?? 0,
          reachPercents[at]?.map((share) => Math.round((share * (pageSamples[at] ?? 0)) / 100)) ??
            [],
          all,
        ]),
      ];
    },
    LONG_DAYS,
  ),
  form_analytics: peer<FormAnalyticsAnswer>(
    `SELECT if(grouping(field) = 1, 'all', field) AS label, count() AS n, if(grouping(field) = 1, [toFloat64(countIf(stage >= 2)), toFloat64(countIf(stage = 4)), avgIf(took, took >= 0) / 1000], emptyArrayFloat64())
FROM (
  SELECT key, max(place) AS stage, if(stage = 4 AND countIf(place IN (2, 3)) > 0, minIf(toUnixTimestamp64Milli(at), place = 4) - minIf(toUnixTimestamp64Milli(at), place IN (2, 3)), -1) AS took,
    multiIf(stage NOT IN (2, 3), '', countIf(place = 3) = 0, '(none)', argMaxIf(JSONExtractString(text), (at, event_id), place = 3)) AS field
  FROM (${ofSessions(`event_id, indexOf(['form_view', 'form_start', 'form_field', 'form_submit'], event_name) AS place, properties['field'] AS text`, `event_name IN ('form_view', 'form_start', 'form_field', 'form_submit') AND properties['form_id'] = '"form-1"'`)})
  GROUP BY key
) GROUP BY GROUPING SETS ((), (field)) HAVING label != '' ORDER BY label != 'all', n DESC, label LIMIT 101`,
    ({ views, starts, submits, averageSeconds, dropOff }) => [
      ['all', views, starts, submits, averageSeconds],
      dropOff.fields.map((field, at) => [field, dropOff.sessions[at] ?? 0]),
    ],
    LONG_DAYS,
  ),
  video_plays: peer<VideoPlaysAnswer>(
    `SELECT *, countIf(label != 'all') OVER () FROM (
  SELECT if(grouping(page) = 1, 'all', page) AS label, sum(plays) AS n, uniqExactIf(key, viewed), uniqExactIf(key, viewed AND plays > 0)
  FROM (SELECT key, page, countIf(NOT is_view) AS plays, max(is_view) AS viewed FROM (${inSessions(`${PLACE} AS page, is_view`, `${IN_RANGE} AND event_name IN ('page_view', 'screen_view', 'video_play')`)}) GROUP BY key, page)
  GROUP BY GROUPING SETS ((), (page)) HAVING n > 0
) ORDER BY label != 'all', n DESC, label LIMIT 11`,
    (answer) => {
      const all = answer.pages.length + answer.otherPages;
      return [
        ['all', answer.plays, answer.viewingSessions, answer.playingSessions, all],
        answer.pages.map((page, at) => [
          page,
          answer.pagePlays[at] ?? 0,
          answer.pageViewingSessions[at] ?? 0,
          answer.pagePlayingSessions[at] ?? 0,
          all,
        ]),
      ];
    },
    LONG_DAYS,
  ),
};
