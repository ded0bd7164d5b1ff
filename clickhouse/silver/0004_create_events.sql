-- layer: silver
-- one row means: one event, the copy the log took first
-- fed by: silver_events_mv, from bronze_events
-- read by: every question no rollup fits, and all gold views
-- kept for: ever
--
-- silver_event_ids is the memory of known ids. The view leaves out an event whose id is known from
-- another batch; ids of its own batch do not count, so that a retry completes what a crash left half
-- done. Copies within a batch are marked by the ingester (is_repeat).
--
-- Time-ordered ids (UUIDv7) of a block lie together under the key. Random ones lie everywhere: then
-- id_hash, four bytes an id, is what is scanned, and only ids whose hash occurs in the block are
-- compared (docs/decisions/0004).
-- control_write_holds: one row is one version of a hold, while which no event passes from bronze into
-- silver; the highest version is in force (src/ledger/write-hold.ts). A rebuilt partition takes the place
-- of the old one in an instant. An event that is written between the last look at the source and that
-- instant would be lost, so for this moment the view refuses blocks: the ingester tries again with the
-- same token, which completes what the refusal left. A hold ends by itself, so that a rebuild which was
-- killed stops nobody for long. 242 is the engine's TABLE_IS_READ_ONLY, which every writer takes for a
-- state that passes.
--
-- The query of a view is never changed in place: until the engine starts anew, the tokens of its blocks
-- would be other ones, and a replay over that start would count twice (docs/decisions/0010).
CREATE TABLE IF NOT EXISTS {{database}}.silver_events {{on_cluster}} (
  project_id LowCardinality(String),
  event_id String,
  event_name LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  queryable_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  platform LowCardinality(String),
  anonymous_id String,
  user_id String,
  session_id String,
  url String CODEC(ZSTD(1)),
  referrer String CODEC(ZSTD(1)),
  user_agent String CODEC(ZSTD(1)),
  ip String,
  properties Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  host LowCardinality(String),
  page String,
  screen String,
  referrer_host String,
  utm_source String,
  utm_medium String,
  utm_campaign String,
  utm_content String,
  utm_term String,
  click_id LowCardinality(String),
  device_type LowCardinality(String),
  browser LowCardinality(String),
  browser_version LowCardinality(String),
  os LowCardinality(String),
  os_version LowCardinality(String),
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  language LowCardinality(String),
  app_version LowCardinality(String),
  is_bot Bool,
  bot_reason LowCardinality(String),
  is_view Bool,
  is_interaction Bool,
  is_cold_start Bool,
  engaged_ms UInt32,
  revenue Nullable(Decimal(18, 4)),
  currency LowCardinality(String),
  order_id String,
  batch UInt64,
  content_hash UInt64
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (project_id, toDate(occurred_at), event_name, anonymous_id, occurred_at)
SETTINGS {{dedup_window}};

CREATE TABLE IF NOT EXISTS {{database}}.silver_event_ids {{on_cluster}} (
  project_id LowCardinality(String),
  event_id String,
  id_hash UInt32 DEFAULT toUInt32(cityHash64(event_id)) CODEC(NONE),
  batch UInt64,
  content_hash UInt64
)
ENGINE = {{engine MergeTree}}
ORDER BY (project_id, event_id)
SETTINGS {{dedup_window}}, index_granularity = 512;

CREATE TABLE IF NOT EXISTS {{database}}.control_write_holds {{on_cluster}} (
  hold_id String,
  version UInt64,
  expires_at DateTime64(3, 'UTC'),
  reason String,
  changed_at DateTime64(3, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY hold_id
TTL toDateTime(changed_at) + INTERVAL 1 DAY
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.silver_event_ids_mv {{on_cluster}} TO {{database}}.silver_event_ids AS
SELECT project_id, event_id, batch, content_hash
FROM {{database}}.silver_events;

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.silver_events_mv {{on_cluster}} TO {{database}}.silver_events AS
SELECT
  project_id, event_id, event_name, occurred_at, received_at,
  ifNull(queryable_at, ingested_at) AS queryable_at,
  platform, anonymous_id, user_id, session_id, url, referrer, user_agent, ip, properties,
  host, page, screen, referrer_host, utm_source, utm_medium, utm_campaign, utm_content, utm_term, click_id,
  device_type, browser, browser_version, os, os_version, country, region, city, language, app_version,
  is_bot, bot_reason, is_view, is_interaction, is_cold_start, engaged_ms, revenue, currency, order_id,
  batch, content_hash
FROM {{database}}.bronze_events
WHERE (
    SELECT throwIf(max(ends_at) > now64(3), 'writes are held for a moment', toInt16(242))
    FROM (SELECT argMax(expires_at, version) AS ends_at FROM {{database}}.control_write_holds GROUP BY hold_id)
    SETTINGS allow_custom_error_code_in_throwif = 1
  ) = 0
  AND NOT is_repeat
  AND (project_id, event_id) NOT IN (
    SELECT project_id, event_id
    FROM {{database}}.silver_event_ids
    PREWHERE id_hash IN (SELECT toUInt32(cityHash64(event_id)) FROM {{database}}.bronze_events)
    WHERE (project_id, event_id) IN (SELECT project_id, event_id FROM {{database}}.bronze_events)
      AND batch NOT IN (SELECT batch FROM {{database}}.bronze_events)
  );
