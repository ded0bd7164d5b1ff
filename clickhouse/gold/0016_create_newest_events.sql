-- layer: gold
-- one row means: the newest moments at which an event of a project was received and became queryable; merge with max()
-- fed by: gold_newest_events_mv, from silver_events
-- read by: the freshness of every answer
-- kept for: ever
CREATE TABLE IF NOT EXISTS {{database}}.gold_newest_events {{on_cluster}} (
  project_id LowCardinality(String),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  queryable_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = {{engine AggregatingMergeTree}}
ORDER BY project_id
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_newest_events_mv {{on_cluster}} TO {{database}}.gold_newest_events AS
SELECT project_id, max(silver_events.received_at) AS received_at, max(silver_events.queryable_at) AS queryable_at
FROM {{database}}.silver_events
GROUP BY project_id;
