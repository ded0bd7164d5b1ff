-- layer: gold
-- one row means: the quarter hours of one UTC day in which a device (with a user) was active
-- fed by: gold_active_users_per_day_mv, from silver_events
-- read by: unique users, active users, new and returning, retention, in any time zone
-- kept for: ever
--
-- Bit n of quarter_hours is the n-th quarter hour of the UTC day. Every zone in use is a multiple of
-- 15 minutes from UTC, so any local day is a set of these bits; bit-or makes repeats harmless.
CREATE TABLE IF NOT EXISTS {{database}}.gold_active_users_per_day {{on_cluster}} (
  project_id LowCardinality(String),
  day Date32,
  is_bot Bool,
  anonymous_id String,
  user_id String,
  quarter_hours SimpleAggregateFunction(groupBitOr, UInt128)
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, day, is_bot, anonymous_id, user_id)
SETTINGS {{dedup_window}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{database}}.gold_active_users_per_day_mv {{on_cluster}} TO {{database}}.gold_active_users_per_day AS
SELECT
  project_id,
  toDate32(occurred_at) AS day,
  is_bot,
  anonymous_id,
  user_id,
  groupBitOr(bitShiftLeft(toUInt128(1), toUInt8(intDiv(toUnixTimestamp64Milli(occurred_at) % 86400000, 900000)))) AS quarter_hours
FROM {{database}}.silver_events
GROUP BY project_id, day, is_bot, anonymous_id, user_id;
