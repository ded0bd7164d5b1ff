-- layer: product
-- one row means: see each view; these carry the names of the product documents
-- fed by: nothing; plain views over bronze and silver, in a database of their own
-- read by: people and tools that know the product documents; the gateway does not read them
-- kept for: as long as the tables they show
--
-- Days are UTC days, sessions use the default timeout of 30 minutes, bots are left out behind bronze:
-- GraphQL answers in a project's own zone and settings, from tables made for the question.
CREATE VIEW IF NOT EXISTS {{product_database}}.app_events_bronze {{on_cluster}} AS
SELECT *, toDate(occurred_at) AS event_date
FROM {{database}}.bronze_events
WHERE platform = 'mobile';

CREATE VIEW IF NOT EXISTS {{product_database}}.page_views_bronze {{on_cluster}} AS
SELECT *, toDate(occurred_at) AS event_date
FROM {{database}}.bronze_events
WHERE event_name = 'page_view';

CREATE VIEW IF NOT EXISTS {{product_database}}.click_events_bronze {{on_cluster}} AS
SELECT *, toDate(occurred_at) AS event_date
FROM {{database}}.bronze_events
WHERE event_name = 'click';

CREATE VIEW IF NOT EXISTS {{product_database}}.user_sessions_bronze {{on_cluster}} AS
SELECT project_id, session_id, anonymous_id, user_id, event_id, event_name, occurred_at, received_at, platform
FROM {{database}}.bronze_events
WHERE session_id != '';

CREATE VIEW IF NOT EXISTS {{product_database}}.app_events_silver {{on_cluster}} AS
SELECT *
FROM {{database}}.silver_events
WHERE platform = 'mobile' AND NOT is_bot;

CREATE VIEW IF NOT EXISTS {{product_database}}.page_views_silver {{on_cluster}} AS
SELECT *
FROM {{database}}.silver_events
WHERE event_name = 'page_view' AND NOT is_bot;

CREATE VIEW IF NOT EXISTS {{product_database}}.user_behavior_silver {{on_cluster}} AS
SELECT
  project_id, event_id, event_name, occurred_at, anonymous_id, user_id, session_id, page, screen,
  JSONExtract(properties['x'], 'Nullable(Float64)') AS x,
  JSONExtract(properties['y'], 'Nullable(Float64)') AS y,
  JSONExtract(properties['viewport_width'], 'Nullable(Float64)') AS viewport_width,
  JSONExtract(properties['percent'], 'Nullable(Float64)') AS scroll_percent,
  JSONExtractString(properties['form_id']) AS form_id,
  JSONExtractString(properties['field']) AS form_field,
  engaged_ms
FROM {{database}}.silver_events
WHERE NOT is_bot
  AND event_name IN ('click', 'scroll', 'form_view', 'form_start', 'form_field', 'form_submit', 'video_play', 'engagement', 'page_leave');

-- One row per event with the session it belongs to (METRICS-SPEC 3): the client's id, else per device
-- a new one after more than 30 minutes, at a cold start, and more than 24 hours after its first event.
CREATE VIEW IF NOT EXISTS {{product_database}}.session_events {{on_cluster}} AS
SELECT
  project_id, concat('id:', session_id) AS session_key, event_id, event_name, occurred_at, platform,
  anonymous_id, user_id, page, is_view, is_interaction, engaged_ms
FROM {{database}}.silver_events
WHERE session_id != '' AND NOT is_bot
UNION ALL
SELECT
  project_id,
  concat('device:', toString(is_device), ':', device, ':', toString(island), ':',
    toString(arrayLast(cut -> cut <= event.2, cuts))) AS session_key,
  event.1 AS event_id, event.3 AS event_name, event.2 AS occurred_at, event.4 AS platform,
  event.5 AS anonymous_id, event.6 AS user_id, event.7 AS page, event.8 AS is_view,
  event.9 AS is_interaction, event.10 AS engaged_ms
FROM (
  SELECT
    project_id, is_device, device, island,
    groupArray((event_id, occurred_at, event_name, platform, anonymous_id, user_id, page, is_view, is_interaction, engaged_ms)) AS events,
    arrayFold(
      (found, at) -> if(dateDiff('millisecond', found[-1], at) > 86400000, arrayPushBack(found, at), found),
      arraySort(groupArray(occurred_at)),
      [min(occurred_at)]
    ) AS cuts
  FROM (
    SELECT *, sum(opens) OVER (
      PARTITION BY project_id, is_device, device ORDER BY occurred_at, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
    FROM (
      SELECT *, is_cold_start OR dateDiff('millisecond', lagInFrame(occurred_at, 1, toDateTime64(0, 3, 'UTC')) OVER (
        PARTITION BY project_id, is_device, device ORDER BY occurred_at, event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ), occurred_at) > 1800000 AS opens
      FROM (
        SELECT *, anonymous_id != '' AS is_device, if(anonymous_id != '', anonymous_id, user_id) AS device
        FROM {{database}}.silver_events
        WHERE session_id = '' AND NOT is_bot
      )
    )
  )
  GROUP BY project_id, is_device, device, island
)
ARRAY JOIN events AS event;

CREATE VIEW IF NOT EXISTS {{product_database}}.sessions_silver {{on_cluster}} AS
SELECT
  project_id,
  session_key,
  min(occurred_at) AS started_at,
  max(occurred_at) AS ended_at,
  toInt64(dateDiff('millisecond', started_at, ended_at)) AS duration_ms,
  argMin(platform, (occurred_at, event_id)) AS first_platform,
  argMin(anonymous_id, (occurred_at, event_id)) AS first_anonymous_id,
  argMin(user_id, (occurred_at, event_id)) AS first_user_id,
  count() AS event_count,
  countIf(is_view) AS view_count,
  countIf(is_interaction) AS interaction_count,
  sum(engaged_ms) AS engaged_ms_sum,
  argMinIf(page, (occurred_at, event_id), event_name = 'page_view') AS entry_page,
  argMaxIf(page, (occurred_at, event_id), event_name = 'page_view') AS exit_page,
  CAST(duration_ms >= 10000 OR view_count >= 2 OR interaction_count >= 1, 'Bool') AS is_engaged,
  CAST(view_count > 0 AND NOT is_engaged, 'Bool') AS is_bounce
FROM {{product_database}}.session_events
GROUP BY project_id, session_key;

CREATE VIEW IF NOT EXISTS {{product_database}}.session_analytics {{on_cluster}} AS
SELECT
  project_id,
  toDate(started_at) AS day,
  first_platform AS platform,
  count() AS session_count,
  avg(duration_ms) / 1000 AS average_duration_seconds,
  quantileExactInclusive(0.5)(duration_ms) / 1000 AS median_duration_seconds,
  sum(view_count) / count() AS views_per_session,
  if(countIf(view_count > 0) = 0, NULL, 100 * countIf(is_bounce) / countIf(view_count > 0)) AS bounce_rate_percent
FROM {{product_database}}.sessions_silver
GROUP BY project_id, day, platform;

CREATE VIEW IF NOT EXISTS {{product_database}}.daily_user_metrics {{on_cluster}} AS
SELECT
  e.project_id AS project_id,
  toDate(e.occurred_at) AS day,
  e.platform AS platform,
  count() AS event_count,
  uniqExact(multiIf(
    e.user_id != '', ('user', e.user_id),
    l.linked_user != '', ('user', l.linked_user),
    ('device', e.anonymous_id)
  )) AS active_users,
  countIf(e.event_name = 'page_view') AS page_view_count,
  countIf(e.event_name = 'screen_view') AS screen_view_count,
  countIf(e.event_name = 'app_crash') AS crash_count
FROM {{database}}.silver_events AS e
LEFT ANY JOIN (
  SELECT project_id, anonymous_id, min(first_link).3 AS linked_user
  FROM {{database}}.silver_identity_links
  GROUP BY project_id, anonymous_id
) AS l ON l.project_id = e.project_id AND l.anonymous_id = e.anonymous_id
WHERE NOT e.is_bot
GROUP BY project_id, day, platform;

CREATE VIEW IF NOT EXISTS {{product_database}}.page_performance_metrics {{on_cluster}} AS
SELECT
  project_id,
  toDate(occurred_at) AS day,
  page,
  countIf(event_name = 'page_view') AS view_count,
  countIf(load_ms IS NOT NULL) AS sample_count,
  if(sample_count = 0, NULL, quantileExactInclusiveIf(0.5)(assumeNotNull(load_ms), load_ms IS NOT NULL)) AS load_ms_p50,
  if(sample_count = 0, NULL, quantileExactInclusiveIf(0.75)(assumeNotNull(load_ms), load_ms IS NOT NULL)) AS load_ms_p75,
  if(sample_count = 0, NULL, quantileExactInclusiveIf(0.95)(assumeNotNull(load_ms), load_ms IS NOT NULL)) AS load_ms_p95
FROM (
  SELECT *, if(event_name = 'page_performance', JSONExtract(properties['load_ms'], 'Nullable(Float64)'), NULL) AS load_ms
  FROM {{database}}.silver_events
  WHERE NOT is_bot AND event_name IN ('page_view', 'page_performance')
)
GROUP BY project_id, day, page;
