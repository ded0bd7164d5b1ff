-- layer: gold
-- one row means: page views of one page in one UTC hour; add up view_count
-- fed by: gold_page_views_per_hour_mv, from silver_events
-- read by: page views and top pages
-- kept for: ever
CREATE TABLE IF NOT EXISTS {{database}}.gold_page_views_per_hour {{on_cluster}} (
  project_id LowCardinality(String),
  bucket_start DateTime('UTC'),
  page String,
  is_bot Bool,
  view_count UInt64
)
ENGINE = {{engine SummingMergeTree(view_count)}}
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (project_id, bucket_start, page, is_bot)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_page_views_per_hour_mv {{on_cluster}} TO {{database}}.gold_page_views_per_hour AS
SELECT project_id, toStartOfHour(occurred_at) AS bucket_start, page, is_bot, count() AS view_count
FROM {{database}}.silver_events
WHERE event_name = 'page_view'
GROUP BY project_id, bucket_start, page, is_bot;
