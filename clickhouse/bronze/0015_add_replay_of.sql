-- layer: bronze
-- one row means: as before; one with replay_of is no letter of its own but the return of that letter
-- fed by: the ingester, when it refuses an event that the replay of a dead letter had appended
-- read by: the lists of dead letters, which leave returns out, and the ledger, which counts them
-- kept for: as long as the row
ALTER TABLE {{database}}.bronze_dead_letters {{on_cluster}} ADD COLUMN IF NOT EXISTS replay_of String;
