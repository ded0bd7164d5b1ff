-- layer: silver
-- one row means: the first account a device was linked to; merge with min()
-- fed by: silver_identity_links_mv, from silver_events
-- read by: every question about people, at the moment it is asked
-- kept for: ever
--
-- first_link is (time, event id, user id) of the earliest event that carries both ids. The minimum
-- of such tuples is the first link whatever the order of arrival, and a repeat changes nothing.
CREATE TABLE IF NOT EXISTS {{database}}.silver_identity_links {{on_cluster}} (
  project_id LowCardinality(String),
  anonymous_id String,
  first_link SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), String, String))
)
ENGINE = {{engine AggregatingMergeTree}}
ORDER BY (project_id, anonymous_id)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.silver_identity_links_mv {{on_cluster}} TO {{database}}.silver_identity_links AS
SELECT project_id, anonymous_id, min((occurred_at, event_id, user_id)) AS first_link
FROM {{database}}.silver_events
WHERE anonymous_id != '' AND user_id != ''
GROUP BY project_id, anonymous_id;
