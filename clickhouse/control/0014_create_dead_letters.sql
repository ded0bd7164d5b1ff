-- layer: control
-- one row means: what became of a dead letter; the highest version is in force, without a row it is open
-- fed by: replay and drop (src/dead-letter), and the ingester when it refuses a replayed event
-- read by: the lists of dead letters, the ledger
-- kept for: a year after the log took the letter, far longer than the letter itself
--
-- The version is a function of the row's content (src/dead-letter/letter-change.ts), so the rows may
-- come in any order and any number of times and give the same answer: who replayed or dropped a
-- letter first stays recorded, and a letter that a replay of the log brings again finds its state.
--
-- An event that a replay had appended and that the ingester refused after all has a row among the
-- dead letters too. It is the return of another letter and none of its own: its row here has the
-- state returned, and replay_of names that letter.
CREATE TABLE IF NOT EXISTS {{database}}.control_dead_letters {{on_cluster}} (
  project_id LowCardinality(String),
  dead_letter_id String,
  version UInt64,
  generation UInt32,
  state LowCardinality(String),
  attempts UInt32,
  reason LowCardinality(String),
  message String,
  changed_at DateTime64(3, 'UTC'),
  changed_by String,
  event_project_id LowCardinality(String),
  event_ids Array(String),
  replay_of String,
  letter_appended_at DateTime64(3, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY (project_id, dead_letter_id)
TTL toDateTime(letter_appended_at) + INTERVAL 365 DAY
SETTINGS {{dedup_window}};
