import type { ConversionRateAnswer } from '../../../src/metric/conversion-rate.js';
import type { CrashFigures, CrashFreeAnswer } from '../../../src/metric/crash-free.js';
import type { EntryExitAnswer } from '../../../src/metric/entry-exit.js';
import type {
  BounceRateAnswer,
  SessionDurationAnswer,
  SessionsAnswer,
  TopRows,
} from '../../../src/metric/metric-query.js';
import type { SeoLandingAnswer } from '../../../src/metric/seo-landing.js';
import { D, EVENTS, FROM, type Peer, peer, TO, topTen, topTenCells } from './peer.js';
import { LINKED, USERS } from './people.js';

/** Sessions of more than a day without a pause are not cut, which ours are. */
export const LONG_DAYS = 1e-3;

const PARTS = `${D}.gold_session_parts WHERE project_id = 'large' AND NOT is_bot AND bucket_start >= '2025-12-31 00:00:00' AND bucket_start < '2026-04-01 23:00:00'`;
/** Quarter hours that a cold start cuts within; their events are there one by one. */
const CUT = `(unit, bucket_start) IN (SELECT unit, bucket_start FROM ${PARTS} AND NOT is_named AND NOT is_lone AND cold_count > first_event.is_cold_start)`;

/** Parts of devices that send no session ids, with whether a session begins and its number. */
function deviceParts(columns: string): string {
  const part = `SELECT unit, first_at, last_at, first_event.is_cold_start = 1 AS is_cold${columns} FROM ${PARTS} AND NOT is_named`;
  return `SELECT *, sum(is_new) OVER (PARTITION BY unit ORDER BY first_at) AS number FROM (
  SELECT *, is_cold OR dateDiff('millisecond', lagInFrame(last_at, 1, toDateTime64(0, 3, 'UTC')) OVER (PARTITION BY unit ORDER BY first_at), first_at) > 1800000 AS is_new
  FROM (${part} AND NOT is_lone AND NOT ${CUT} UNION ALL ${part} AND is_lone AND ${CUT}))`;
}

/**
 * Sessions by parts: by id, else by pauses of a device and cold starts. Approximate because a session
 * without a pause for more than a day stays one.
 */
export function sessions(columns: string, merged: string): string {
  return `SELECT unit, number, min(first_at) AS started, max(last_at) AS ended${merged} FROM (
  SELECT unit, first_at, last_at${columns}, toUInt64(0) AS number FROM ${PARTS} AND is_named AND NOT is_lone
  UNION ALL
  SELECT * EXCEPT (is_new, is_cold) FROM (${deviceParts(columns)})
) GROUP BY unit, number`;
}

/** Where sessions begin: those of devices without ids, and those by id. */
export const BEGINNINGS = `SELECT unit, number, first_at AS started FROM (${deviceParts('')}) WHERE is_new
  UNION ALL SELECT unit, toUInt64(0), min(first_at) FROM ${PARTS} AND is_named AND NOT is_lone GROUP BY unit`;

const IN_RANGE = `HAVING started >= ${FROM} AND started < ${TO}`;

/** The person of the first event of a session: its ids as numbers, then linked. */
export const IDS = (anonymousId: string, userId: string): string =>
  `(sipHash64(${anonymousId}), if(${userId} = '', 0, sipHash64(${userId}))) AS ids`;
const FIRST = {
  columns: `, ${IDS('first_event.anonymous_id', 'first_event.user_id')}`,
  merged: ', argMin(ids, first_at) AS first_ids',
};
export const FIRST_LINKED = LINKED.replace(
  'sipHash64(anonymous_id) = device',
  'first_ids.1 = device',
);
export const FIRST_PERSON =
  'if(first_ids.2 != 0, first_ids.2, if(account != 0, account, first_ids.1))';

function ofPeople(columns: string, merged: string): string {
  return `(${sessions(FIRST.columns + columns, FIRST.merged + merged)} ${IN_RANGE}) ${FIRST_LINKED}`;
}

/** Names what tells the source of a session, from its entry, and the rules for those that occur. */
const TRAFFIC = {
  columns: `, entry.rank AS entry_rank, (entry.utm_source, entry.utm_medium, entry.utm_campaign, entry.referrer_host) AS traffic`,
  merged: `, argMin(traffic, entry_rank) AS t`,
};
export const SOURCE = `multiIf(t.1 != '', t.1, t.4 != '', t.4, '(none)')`;
export const CHANNEL = `multiIf(t.1 = '' AND t.4 = '', 'Direct', t.3 = 'shopping-feed' AND t.2 IN ('cpc', 'paid-social'), 'Paid Shopping',
  t.2 = 'cpc', 'Paid Search', t.2 = 'paid-social', 'Paid Social', t.2 = 'display', 'Display', t.3 = 'shopping-feed', 'Organic Shopping', t.2 = 'email', 'Email', t.2 = 'referral', 'Referral',
  t.4 IN ('www.google.com', 'www.bing.com', 'duckduckgo.com'), 'Organic Search', t.4 IN ('t.co', 'l.facebook.com', 'news.ycombinator.com'), 'Organic Social',
  t.4 = 'www.youtube.com', 'Organic Video', t.4 = 'chatgpt.com', 'AI Assistants', t.4 = 'mail.google.com', 'Email', 'Referral')`;

/** One row per session: its person, when it began, its place among those of one instant, and its source. */
export const TOUCHES = `SELECT ${FIRST_PERSON} AS toucher, started, place, ${SOURCE} AS source, ${CHANNEL} AS channel FROM ${ofPeople(`${TRAFFIC.columns}, first_event.rank AS first_rank`, `${TRAFFIC.merged}, min(first_rank) AS place`)}`;

const VIEWS = [', view_count', ', sum(view_count) AS views'] as const;
const ACTIONS = [', interaction_count', ', sum(interaction_count) AS actions'] as const;
const BOUNCED = `views < 2 AND actions = 0 AND dateDiff('millisecond', started, ended) < 10000`;
const ENTRY_PAGE = [', first_page', ', min(first_page) AS entry_page'] as const;

/** What a top list tells of its values; the whole is people alone. */
export const TOP_MERGED =
  'uniqExactMerge(people) AS u, if(grouping(shown) = 1, [], [sum(session_sum), sum(view_sum)]) AS sums';

const figures = (of: CrashFigures | undefined) => [
  of?.sessions ?? 0,
  of?.crashedSessions ?? 0,
  of?.users ?? 0,
  of?.crashFreeUsersPercent ?? 0,
  of?.anrRatePercent ?? 0,
];

export const OF_SESSIONS: Readonly<Record<string, Peer>> = {
  sessions: peer<SessionsAnswer>(
    `SELECT count() AS n, if(grouping(day) = 1, [uniqExact(person), sum(views)], []) AS total
FROM (SELECT toDate(started, 'Europe/Berlin') AS day, ${FIRST_PERSON} AS person, views FROM ${ofPeople(...VIEWS)})
GROUP BY GROUPING SETS ((), (day)) ORDER BY grouping(day) DESC, day`,
    ({ total, users, viewsPerSession, series }) => [
      total,
      users,
      Math.round((viewsPerSession ?? 0) * total),
      series?.values ?? [],
    ],
    LONG_DAYS,
  ),
  'sessions-channel': peer<SessionsAnswer>(
    topTen(
      `SELECT ${CHANNEL} AS value, count() AS sessions, uniqExactState(${FIRST_PERSON}) AS people, sum(views) AS view_sum FROM ${ofPeople(VIEWS[0] + TRAFFIC.columns, VIEWS[1] + TRAFFIC.merged)} GROUP BY value`,
      'sessions DESC',
      `sum(sessions) AS s, if(grouping(shown) = 1, [uniqExactMerge(people), sum(view_sum)], []) AS total`,
    ),
    ({ total, users, viewsPerSession, breakdown: rows }) =>
      topTenCells(
        rows?.values ?? [],
        [rows?.counts ?? []],
        [rows?.otherValues ?? 0, rows?.otherCount ?? 0],
        [total, users, Math.round((viewsPerSession ?? 0) * total)],
      ),
    LONG_DAYS,
  ),
  session_duration: peer<SessionDurationAnswer>(
    `SELECT avg(length), quantilesExactInclusive(0.5, 0.9)(length) FROM (SELECT dateDiff('millisecond', started, ended) / 1000 AS length FROM (${sessions('', '')} ${IN_RANGE}))`,
    ({ averageSeconds, medianSeconds, p90Seconds }) => [averageSeconds, medianSeconds, p90Seconds],
    LONG_DAYS,
  ),
  bounce_rate: peer<BounceRateAnswer>(
    `SELECT countIf(views > 0), countIf(views > 0 AND ${BOUNCED}) FROM (${sessions(VIEWS[0] + ACTIONS[0], VIEWS[1] + ACTIONS[1])} ${IN_RANGE})`,
    ({ eligibleSessions, bounces }) => [eligibleSessions, bounces],
    LONG_DAYS,
  ),
  conversion_rate: peer<ConversionRateAnswer>(
    `WITH ofSessions AS (SELECT (count(), countIf(bought)) FROM (${sessions(`, mapContains(event_counts, 'purchase') AS has`, ', max(has) AS bought')} ${IN_RANGE}))
SELECT ${USERS}, uniqExact(if(user_id != '', sipHash64(user_id), if(account != 0, account, sipHash64(anonymous_id)))), count(), (SELECT * FROM ofSessions).1, (SELECT * FROM ofSessions).2 FROM ${EVENTS.replace(' WHERE', ` ${LINKED} WHERE`)} AND event_name = 'purchase'`,
    ({ users, convertedUsers, totalConversions, sessions: all, convertedSessions }) => [
      users,
      convertedUsers,
      totalConversions,
      all,
      convertedSessions,
    ],
    LONG_DAYS,
  ),
  crash_free: peer<CrashFreeAnswer>(
    `SELECT if(grouping(version) = 1, 'total', version), count() AS n, countIf(crashed), uniqExact(person) AS users, 100 * (users - uniqExactIf(person, crashed)) / users, 100 * uniqExactIf(person, hung) / users
FROM (SELECT ${FIRST_PERSON} AS person, if(first_version.2 = '', '(unknown)', first_version.2) AS version, crashed, hung
  FROM ${ofPeople(`, mobile_count, first_version AS v, mapContains(event_counts, 'app_crash') AS crash, mapContains(event_counts, 'app_anr') AS anr`, ', min(v) AS first_version, max(crash) AS crashed, max(anr) AS hung, sum(mobile_count) AS mobile')} WHERE mobile > 0)
GROUP BY GROUPING SETS ((version), ()) ORDER BY grouping(version), n DESC, version`,
    ({ overall, versions, figures: rows }) => [
      versions.map((version, at) => [version, figures(rows[at])]),
      ['total', figures(overall)],
    ],
    LONG_DAYS,
  ),
  entry_exit: peer<EntryExitAnswer>(
    topTen(
      `SELECT part.1 AS value, sum(part.2) AS entries, sum(part.3) AS exits, sum(part.4) AS views FROM (
  SELECT arrayJoin(arrayConcat([(first.2, 1, 0, 0), (last.2, 0, 1, 0)], arrayMap((page, n) -> (page, 0, 0, n), mapKeys(pages), mapValues(pages)))) AS part
  FROM (${sessions(', page_counts, first_page, last_page', ', sumMap(page_counts) AS pages, min(first_page) AS first, max(last_page) AS last')} ${IN_RANGE} AND notEmpty(pages))
) GROUP BY value`,
      'views DESC',
      'sum(entries) AS e, sum(exits) AS x, sum(views) AS v',
    ),
    ({
      pages,
      entries,
      exits,
      pageViews,
      otherPages,
      otherEntries,
      otherExits,
      otherPageViews,
    }) => {
      const all = (column: readonly number[], rest: number) =>
        column.reduce((sum, n) => sum + n, rest);
      return topTenCells(
        pages,
        [entries, exits, pageViews],
        [otherPages, otherEntries, otherExits, otherPageViews],
        [all(entries, otherEntries), all(exits, otherExits), all(pageViews, otherPageViews)],
      );
    },
    LONG_DAYS,
  ),
  'top-source': peer<TopRows>(
    topTen(
      `SELECT ${SOURCE} AS value, uniqExactState(${FIRST_PERSON}) AS people, count() AS session_sum, sum(views) AS view_sum FROM ${ofPeople(`, event_counts['page_view'] AS page_views${TRAFFIC.columns}`, `, sum(page_views) AS views${TRAFFIC.merged}`)} GROUP BY value`,
      'finalizeAggregation(people) DESC, view_sum DESC',
      TOP_MERGED,
    ),
    topCells,
    LONG_DAYS,
  ),
  seo_landing: peer<SeoLandingAnswer>(
    [
      `WITH landed AS (SELECT ${CHANNEL} AS channel, entry_page.2 AS page, ${BOUNCED} AS bounced FROM (${sessions(VIEWS[0] + ACTIONS[0] + ENTRY_PAGE[0] + TRAFFIC.columns, VIEWS[1] + ACTIONS[1] + ENTRY_PAGE[1] + TRAFFIC.merged)} ${IN_RANGE} AND entry_page.1 != '~'))
SELECT if(grouping(channel) = 1, 'all', channel) AS c, if(grouping(page) = 1, '', page) AS p, count() AS n, if(grouping(page) = 0, [countIf(bounced)], []) FROM landed GROUP BY GROUPING SETS ((), (channel), (channel, page)) HAVING c IN ('all', 'Organic Search', 'AI Assistants') ORDER BY c = 'all', c DESC, grouping(page) DESC, n DESC, p LIMIT 11 BY c`,
      `SELECT *, count() OVER (), sum(n) OVER () FROM (SELECT page AS value, count() AS n FROM ${EVENTS.replace('NOT is_bot', 'is_bot')} AND event_name = 'page_view' AND match(user_agent, 'Googlebot|bingbot|YandexBot|DuckDuckBot|Baiduspider|Applebot') GROUP BY value) ORDER BY n DESC, value LIMIT 10`,
    ],
    ({ organic, aiAssistants, sessionsWithEntryPage, crawlHits }) => [
      [organic, aiAssistants].map(
        ({ sessions: all, pages, pageSessions, bounceRatePercents }, at) => [
          at === 0 ? 'Organic Search' : 'AI Assistants',
          '',
          all,
          pages.map((page, row) => [
            at === 0 ? 'Organic Search' : 'AI Assistants',
            page,
            pageSessions[row] ?? 0,
            Math.round(((bounceRatePercents[row] ?? 0) * (pageSessions[row] ?? 0)) / 100),
          ]),
        ],
      ),
      ['all', '', sessionsWithEntryPage],
      crawlHits.values.map((page, row) => [
        page,
        crawlHits.counts[row] ?? 0,
        crawlHits.values.length + crawlHits.otherValues,
        crawlHits.counts.reduce((sum, n) => sum + n, crawlHits.otherCount),
      ]),
    ],
    LONG_DAYS,
  ),
};

/** The cells of a top list. */
export function topCells({ values, users, sessions: all, pageViews, ...rest }: TopRows) {
  return [
    values.map((value, at) => [value, 1, users[at] ?? 0, all[at] ?? 0, pageViews[at] ?? 0]),
    ['rest', rest.otherValues, rest.otherUsers, rest.otherSessions, rest.otherPageViews],
    ['total', values.length + rest.otherValues],
    Math.round(((users[0] ?? 0) * 100) / (rest.userSharePercents[0] ?? 1)),
  ];
}
