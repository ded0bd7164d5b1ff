-- layer: bronze
-- one row means: one accepted delivery of an event, copies included, enriched
-- fed by: the ingester, one block per batch of a topic partition
-- read by: bronze_events → silver_events, rebuilds, the ledger
-- kept for: 90 days after the log took it
--
-- Partitioned by the moment the log took the record, which a replay repeats: the engine keeps its
-- deduplication tokens per partition, so a key that moved with the clock would let a replay in twice.
CREATE TABLE IF NOT EXISTS {{database}}.bronze_events {{on_cluster}} (
  project_id LowCardinality(String),
  event_id String,
  event_name LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  queryable_at Nullable(DateTime64(3, 'UTC')),
  platform LowCardinality(String),
  anonymous_id String,
  user_id String,
  session_id String,
  url String CODEC(ZSTD(1)),
  referrer String CODEC(ZSTD(1)),
  user_agent String CODEC(ZSTD(1)),
  ip String,
  properties Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  -- enrichment
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
  -- lineage
  topic LowCardinality(String),
  log_partition UInt32,
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  appended_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  ingested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  batch UInt64,
  content_hash UInt64,
  is_repeat Bool
)
ENGINE = {{engine MergeTree}}
PARTITION BY toDate(appended_at)
ORDER BY (topic, log_partition, log_offset)
TTL toDateTime(appended_at) + INTERVAL 90 DAY
SETTINGS {{dedup_window}}, ttl_only_drop_parts = 1;
