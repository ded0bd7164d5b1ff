-- layer: control
-- one row means: the latest use of a key that some process has noted; read it with max
-- fed by: gateways and collectors, at most once a minute and key
-- read by: lists of keys
-- kept for: ever
--
-- Keys of browsers are held to origins, and any key may have a budget of its own; null: that of the
-- installation.
ALTER TABLE {{database}}.control_keys {{on_cluster}}
  ADD COLUMN IF NOT EXISTS allowed_origins Array(String),
  ADD COLUMN IF NOT EXISTS budget_rows Nullable(UInt64);

CREATE TABLE IF NOT EXISTS {{database}}.control_key_uses {{on_cluster}} (
  key_id String,
  last_used_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = {{engine AggregatingMergeTree}}
ORDER BY key_id
SETTINGS {{dedup_window}};
