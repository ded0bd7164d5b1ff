-- layer: gold
-- one row means: events of one name and platform in one UTC day; add up event_count
-- fed by: gold_event_counts_per_day_mv, from silver_events
-- read by: event volume and event rate
-- kept for: ever
CREATE TABLE IF NOT EXISTS {{database}}.gold_event_counts_per_day {{on_cluster}} (
  project_id LowCardinality(String),
  bucket_start DateTime('UTC'),
  event_name LowCardinality(String),
  platform LowCardinality(String),
  is_bot Bool,
  event_count UInt64
)
ENGINE = {{engine SummingMergeTree(event_count)}}
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (project_id, bucket_start, event_name, platform, is_bot)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_event_counts_per_day_mv {{on_cluster}} TO {{database}}.gold_event_counts_per_day AS
SELECT project_id, toStartOfDay(occurred_at) AS bucket_start, event_name, platform, is_bot, count() AS event_count
FROM {{database}}.silver_events
GROUP BY project_id, bucket_start, event_name, platform, is_bot;
