-- layer: gold
-- one row means: events of one name and platform in one UTC second; add up event_count
-- fed by: gold_event_counts_per_second_mv, from silver_events
-- read by: event volume and event rate
-- kept for: 2 days
CREATE TABLE IF NOT EXISTS {{database}}.gold_event_counts_per_second {{on_cluster}} (
  project_id LowCardinality(String),
  bucket_start DateTime64(3, 'UTC'),
  event_name LowCardinality(String),
  platform LowCardinality(String),
  is_bot Bool,
  event_count UInt64
)
ENGINE = {{engine SummingMergeTree(event_count)}}
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (project_id, bucket_start, event_name, platform, is_bot)
TTL toDateTime(bucket_start) + INTERVAL 2 DAY
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_event_counts_per_second_mv {{on_cluster}} TO {{database}}.gold_event_counts_per_second AS
SELECT project_id, toStartOfSecond(occurred_at) AS bucket_start, event_name, platform, is_bot, count() AS event_count
FROM {{database}}.silver_events
GROUP BY project_id, bucket_start, event_name, platform, is_bot;
