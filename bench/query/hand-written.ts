/**
 * Statements that somebody trying to win might write for the same numbers, knowing the tables: one
 * zone, one project, no settings, no options. Bounds are those of the question as UTC instants.
 */
const D = 'sluice';
const FROM = `toDateTime64('2025-12-31 23:00:00', 3, 'UTC')`;
const TO = `toDateTime64('2026-03-31 22:00:00', 3, 'UTC')`;
const EVENTS = `${D}.silver_events WHERE project_id = 'large' AND NOT is_bot AND occurred_at >= ${FROM} AND occurred_at < ${TO}`;
const HOURS = `${D}.gold_event_counts_per_hour WHERE project_id = 'large' AND NOT is_bot AND bucket_start >= '2025-12-31 23:00:00' AND bucket_start < '2026-03-31 22:00:00'`;
const ACTIVE = `${D}.gold_active_users_per_day WHERE project_id = 'large' AND NOT is_bot AND day >= '2025-12-31' AND day <= '2026-03-31'`;
const LINKS = `(SELECT sipHash64(anonymous_id) AS device, sipHash64(tupleElement(min(first_link), 3)) AS account FROM ${D}.silver_identity_links WHERE project_id = 'large' GROUP BY anonymous_id)`;
const PERSON = `if(user_id != '', sipHash64(user_id), if(account != 0, account, sipHash64(anonymous_id)))`;
const PARTS = `${D}.gold_session_parts WHERE project_id = 'large' AND NOT is_lone AND NOT is_bot AND bucket_start >= '2025-12-31 00:00:00' AND bucket_start < '2026-04-01 23:00:00'`;

/**
 * Sessions as one would cut them without caring for days without a pause and cold starts: by window
 * functions over the parts of devices, by id otherwise.
 */
function sessions(columns: string, merged: string): string {
  return `SELECT unit, number, min(first_at) AS started, max(last_at) AS ended, ${merged} FROM (
  SELECT unit, first_at, last_at, ${columns}, 0 AS number FROM ${PARTS} AND is_named
  UNION ALL
  SELECT * EXCEPT is_new, sum(is_new) OVER (PARTITION BY unit ORDER BY first_at) AS number FROM (
    SELECT unit, first_at, last_at, ${columns}, first_event.is_cold_start = 1 OR dateDiff('second', lagInFrame(last_at) OVER (PARTITION BY unit ORDER BY first_at), first_at) > 1800 AS is_new
    FROM ${PARTS} AND NOT is_named
  )
) GROUP BY unit, number HAVING started >= ${FROM} AND started < ${TO}`;
}

/** By the name of the usual question. */
export const HAND_WRITTEN: Readonly<Record<string, string>> = {
  event_volume: `SELECT toDate(bucket_start, 'Europe/Berlin') AS day, sum(event_count) FROM ${HOURS} GROUP BY day ORDER BY day`,
  unique_users: `SELECT toDate(occurred, 'Europe/Berlin') AS d, uniqExact(person) FROM (
    SELECT person, arrayJoin([toDateTime(day, 'UTC'), toDateTime(day, 'UTC') + 82800]) AS occurred, bits, occurred = toDateTime(day, 'UTC') AS is_early
    FROM (SELECT day, quarter_hours AS bits, ${PERSON} AS person FROM ${ACTIVE.replace(' WHERE', ` LEFT ANY JOIN ${LINKS} AS links ON sipHash64(anonymous_id) = device WHERE`)})
    WHERE if(is_early, bitAnd(bits, bitShiftLeft(toUInt128(1), 92) - 1) != 0, bitShiftRight(bits, 92) != 0)
  ) GROUP BY d ORDER BY d`,
  'unique_users-country': `SELECT country, uniqExact(${PERSON}) AS n FROM ${EVENTS.replace(' WHERE', ` LEFT ANY JOIN ${LINKS} AS links ON sipHash64(anonymous_id) = device WHERE`)} GROUP BY country ORDER BY n DESC LIMIT 10`,
  bot_traffic: `SELECT count(), countIf(is_bot) FROM ${EVENTS.replace('AND NOT is_bot', '')} AND platform = 'web'`,
  screen_views: `SELECT screen, count() AS n FROM ${EVENTS} AND event_name = 'screen_view' GROUP BY screen ORDER BY n DESC LIMIT 10`,
  sessions: `SELECT toDate(started, 'Europe/Berlin') AS day, count(), sum(views), uniqExact(person) FROM (${sessions('view_count, first_event.anonymous_id AS person', 'sum(view_count) AS views, sipHash64(argMin(person, first_at)) AS person')}) GROUP BY day ORDER BY day`,
  session_duration: `SELECT avg(length), quantilesExactInclusive(0.5, 0.9)(length) FROM (SELECT dateDiff('millisecond', started, ended) AS length FROM (${sessions('view_count', 'sum(view_count) AS views')}))`,
  bounce_rate: `SELECT countIf(views > 0), countIf(views = 1 AND actions = 0 AND dateDiff('millisecond', started, ended) < 10000) FROM (${sessions('view_count, interaction_count', 'sum(view_count) AS views, sum(interaction_count) AS actions')})`,
  revenue: `SELECT currency, sum(if(event_name = 'refund', -abs(revenue), revenue)) FROM (
    SELECT currency, event_name, revenue, occurred_at FROM ${D}.silver_events WHERE project_id = 'large' AND NOT is_bot AND event_name IN ('purchase', 'refund') AND revenue IS NOT NULL
    ORDER BY occurred_at LIMIT 1 BY if(event_name = 'purchase', order_id, event_id)
  ) WHERE occurred_at >= ${FROM} AND occurred_at < ${TO} GROUP BY currency`,
  page_load: `SELECT page, quantilesExactInclusive(0.5, 0.75, 0.95)(toFloat64(properties['load_ms'])), count() AS n FROM ${EVENTS} AND event_name = 'page_performance' GROUP BY page ORDER BY n DESC LIMIT 10`,
  app_performance: `SELECT quantilesExactInclusiveIf(0.5, 0.95, 0.99)(toFloat64(properties['duration_ms']), event_name = 'app_start'), quantilesExactInclusiveIf(0.5, 0.95, 0.99)(toFloat64(properties['duration_ms']), event_name = 'network_request') FROM ${EVENTS} AND event_name IN ('app_start', 'network_request')`,
  web_vitals: `SELECT name, quantileExactInclusive(0.75)(value) FROM (SELECT properties['name'] AS name, argMax(toFloat64(properties['value']), occurred_at) AS value FROM ${EVENTS} AND event_name = 'web_vital' GROUP BY name, properties['metric_id']) GROUP BY name`,
  heatmap: `SELECT intDiv(toInt32(properties['x']) * 100, toInt32(properties['viewport_width'])) AS x, intDiv(toInt32(properties['y']), 16) AS y, count() FROM ${EVENTS} AND event_name = 'click' AND page = '/' GROUP BY x, y`,
  data_quality: `SELECT (SELECT count() FROM ${D}.bronze_events WHERE project_id = 'large' AND received_at >= ${FROM} AND received_at < ${TO}), count(), countIf(if(platform = 'mobile', app_version != '', url != '' AND user_agent != '')), countIf(dateDiff('second', occurred_at, received_at) > 86400) FROM ${D}.silver_events WHERE project_id = 'large' AND received_at >= ${FROM} AND received_at < ${TO}`,
  ingestion_latency: `SELECT quantilesExactInclusive(0.5, 0.95, 0.99)(dateDiff('millisecond', received_at, queryable_at)), quantilesExactInclusive(0.5, 0.95, 0.99)(dateDiff('millisecond', occurred_at, queryable_at)) FROM ${D}.silver_events WHERE project_id = 'large' AND queryable_at >= ${FROM} AND queryable_at < ${TO}`,
};
