-- layer: control
-- one row means: a version of a project's settings, which say too what kind of place some sources are
-- fed by: the project store (src/project)
-- read by: every gateway, for channels and media
-- kept for: ever
ALTER TABLE {{database}}.control_projects {{on_cluster}}
  ADD COLUMN IF NOT EXISTS channel_rules Map(String, Array(String));
