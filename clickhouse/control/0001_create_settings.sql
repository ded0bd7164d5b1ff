-- layer: control
-- one row means: one version of a project's settings, or of a key; the highest version is in force
-- fed by: the project store (src/project)
-- read by: every role, to admit requests and to answer in the project's zone
-- kept for: ever
CREATE TABLE IF NOT EXISTS {{database}}.control_projects {{on_cluster}} (
  project_id String,
  version UInt64,
  name String,
  time_zone String,
  session_timeout_seconds UInt32,
  linked_domains Array(String),
  allowed_origins Array(String),
  updated_at DateTime64(3, 'UTC'),
  is_deleted Bool DEFAULT false
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY project_id
SETTINGS {{dedup_window}};

CREATE TABLE IF NOT EXISTS {{database}}.control_keys {{on_cluster}} (
  key_hash String,
  version UInt64,
  key_id String,
  project_id String,
  name String,
  scopes Array(LowCardinality(String)),
  hint String,
  created_at DateTime64(3, 'UTC'),
  expires_at Nullable(DateTime64(3, 'UTC')),
  revoked_at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY key_hash
SETTINGS {{dedup_window}};
