-- layer: gold
-- one row means: what is known of one visit within a stretch of time; merge with the function of each column
-- fed by: gold_session_parts_mv, from silver_events
-- read by: every question about sessions that asks nothing of single events
-- kept for: ever
--
-- Sessions change with every late event, and with the project's timeout; parts of them do not. For
-- events with a client's session id a part is one UTC hour of the session. For others it is a quarter
-- hour of the device, within which no pause is longer than the timeout, so sessions are made of whole
-- parts when a question is asked (src/session/session-parts.ts). A cold start can cut anywhere: where
-- there may be one, each event is a row of its own besides (is_lone, lone_id), which takes the place of
-- the quarter hour when that is cut. Every column merges in any order.
--
-- unit is the session or the device, as 128 bits. rank sorts in canonical order: the time in 8 bytes,
-- largest first, then the event id ('~' is behind all); a leading 0 or 1 tells whether a traffic source can be read from
-- the event. Of entry, the columns that breakdowns and filters ask for are kept.
CREATE TABLE IF NOT EXISTS {{database}}.gold_session_parts {{on_cluster}} (
  project_id LowCardinality(String),
  is_lone Bool,
  bucket_start DateTime('UTC'),
  is_bot Bool,
  is_named Bool,
  unit UInt128,
  lone_id String,
  first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  event_count SimpleAggregateFunction(sum, UInt64),
  view_count SimpleAggregateFunction(sum, UInt64),
  interaction_count SimpleAggregateFunction(sum, UInt64),
  mobile_count SimpleAggregateFunction(sum, UInt64),
  cold_count SimpleAggregateFunction(sum, UInt64),
  lone_count SimpleAggregateFunction(sum, UInt64),
  engaged_sum SimpleAggregateFunction(sum, UInt64),
  event_counts SimpleAggregateFunction(sumMap, Map(String, UInt64)),
  page_counts SimpleAggregateFunction(sumMap, Map(String, UInt64)),
  first_event SimpleAggregateFunction(min, Tuple(rank String, anonymous_id String, user_id String, is_cold_start UInt8)),
  first_page SimpleAggregateFunction(min, Tuple(rank String, page String)),
  last_page SimpleAggregateFunction(max, Tuple(rank String, page String)),
  first_version SimpleAggregateFunction(min, Tuple(rank String, app_version String)),
  entry SimpleAggregateFunction(min, Tuple(
    rank String, host String, referrer_host String,
    utm_source String, utm_medium String, utm_campaign String, utm_content String, utm_term String, click_id String,
    device_type String, browser String, browser_version String, os String, os_version String,
    country String, region String, city String, language String, platform String, app_version String, event_name String
  ))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (project_id, is_lone, is_named, bucket_start, is_bot, unit, lone_id)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_session_parts_mv {{on_cluster}} TO {{database}}.gold_session_parts AS
SELECT
  project_id, is_lone, bucket_start, is_bot, is_named, unit, lone_id,
  min(at) AS first_at,
  max(at) AS last_at,
  count() AS event_count,
  countIf(is_view) AS view_count,
  countIf(is_interaction) AS interaction_count,
  countIf(platform_text = 'mobile') AS mobile_count,
  sum(is_cold) AS cold_count,
  sum(can_be_lone) AS lone_count,
  sum(engaged_ms) AS engaged_sum,
  sumMap(map(name, toUInt64(1))) AS event_counts,
  sumMapIf(map(page_text, toUInt64(1)), name = 'page_view') AS page_counts,
  (min(rank), argMin(anonymous_id, rank), argMin(user_id, rank), argMin(is_cold, rank)) AS first_event,
  (min(if(name = 'page_view', rank, '~')), argMin(if(name = 'page_view', page_text, ''), if(name = 'page_view', rank, '~'))) AS first_page,
  (max(if(name = 'page_view', rank, '')), argMax(if(name = 'page_view', page_text, ''), if(name = 'page_view', rank, ''))) AS last_page,
  (min(if(version != '', rank, '~')), argMin(version, if(version != '', rank, '~'))) AS first_version,
  tupleConcat(tuple(min(entry_rank)), argMin(entry_columns, entry_rank)) AS entry
FROM (
  SELECT
    project_id,
    if(session_id = '', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toStartOfHour(toDateTime(occurred_at, 'UTC'))) AS bucket_start,
    is_bot,
    session_id != '' AS is_named,
    reinterpretAsUInt128(if(session_id = '', sipHash128(anonymous_id, if(anonymous_id = '', user_id, '')), sipHash128('i', session_id))) AS unit,
    session_id = '' AND (platform = 'mobile' OR is_cold_start) AS can_be_lone,
    arrayJoin(if(can_be_lone, [false, true], [false])) AS is_lone,
    if(is_lone, event_id, '') AS lone_id,
    occurred_at AS at,
    toUInt8(is_cold_start) AS is_cold,
    is_view, is_interaction, engaged_ms, anonymous_id, user_id,
    page AS page_text,
    toString(event_name) AS name,
    toString(platform) AS platform_text,
    toString(app_version) AS version,
    concat(reinterpretAsFixedString(byteSwap(toUInt64(toUnixTimestamp64Milli(occurred_at)))), event_id) AS rank,
    concat(if(event_name IN ('page_view', 'screen_view', 'app_start', 'app_foreground'), '0', '1'), rank) AS entry_rank,
    (toString(host), referrer_host, utm_source, utm_medium, utm_campaign, utm_content, utm_term, toString(click_id),
      toString(device_type), toString(browser), toString(browser_version), toString(os), toString(os_version),
      toString(country), toString(region), toString(city), toString(language), platform_text, version, name) AS entry_columns
  FROM {{database}}.silver_events
)
GROUP BY project_id, is_lone, bucket_start, is_bot, is_named, unit, lone_id;
