-- layer: control
-- one row means: one version of a definition (goal, funnel, cohort, experiment, saved query); the highest version is in force
-- fed by: the definition store (src/definition)
-- read by: every gateway, when a question names a definition, and by the lists of definitions
-- kept for: ever; a deletion is a version too, so that an id that is used again goes on counting
--
-- A version is written under a token made of its number, so of two gateways that write the same one
-- the table keeps the first; change_id tells each whether it was that one.
CREATE TABLE IF NOT EXISTS {{database}}.control_definitions {{on_cluster}} (
  project_id String,
  definition_id String,
  version UInt64,
  change_id String,
  kind LowCardinality(String),
  name String,
  description String,
  content String,
  used_ids Array(String),
  created_at DateTime64(3, 'UTC'),
  updated_at DateTime64(3, 'UTC'),
  is_deleted Bool DEFAULT false
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY (project_id, definition_id)
SETTINGS {{dedup_window}};
