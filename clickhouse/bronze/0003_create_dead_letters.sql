-- layer: bronze
-- one row means: one input that could not become an event, byte for byte; read it with FINAL
-- fed by: the ingester, from the dead-letter topic
-- read by: administrators, data quality
-- kept for: 90 days after it was received
--
-- Input may be any bytes, which JSON inserts cannot carry: they are inserted as base64 through the
-- ephemeral columns, which are not stored.
CREATE TABLE IF NOT EXISTS {{database}}.bronze_dead_letters {{on_cluster}} (
  dead_letter_id String,
  project_id LowCardinality(String),
  reason LowCardinality(String),
  message String,
  source LowCardinality(String),
  source_partition Int32,
  source_offset Int64,
  attempts UInt32,
  received_at DateTime64(3, 'UTC'),
  key Nullable(String) DEFAULT base64Decode(key_base64),
  value String DEFAULT base64Decode(value_base64) CODEC(ZSTD(1)),
  headers Map(String, String) DEFAULT mapApply((name, text) -> (name, base64Decode(text)), headers_base64),
  topic LowCardinality(String),
  log_partition UInt32,
  log_offset UInt64,
  appended_at DateTime64(3, 'UTC'),
  batch UInt64,
  key_base64 Nullable(String) EPHEMERAL,
  value_base64 String EPHEMERAL,
  headers_base64 Map(String, String) EPHEMERAL
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (project_id, dead_letter_id)
TTL toDateTime(appended_at) + INTERVAL 90 DAY
SETTINGS {{dedup_window}};
