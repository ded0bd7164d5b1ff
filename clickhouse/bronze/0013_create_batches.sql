-- layer: bronze
-- one row means: what became of the records of one UTC day in one batch of a topic partition; read it with FINAL
-- fed by: the ingester, beside the blocks of the batch and before the batch is confirmed
-- read by: the ledger, the guard of the deduplication window
-- kept for: 90 days after it was written, which is at least as long as the rows it counts
--
-- Everything but ingested_at is a function of the batch, so a replay replaces its row by an equal one.
-- A batch lies in one day as a rule; every row of it carries the boundaries of the whole batch.
-- record_count = accepted_count + forwarded_count + refused_count; repeats are among the accepted.
--
-- Not partitioned: records of other producers bear any day, and an insert may not touch more than 100.
CREATE TABLE IF NOT EXISTS {{database}}.bronze_batches {{on_cluster}} (
  topic LowCardinality(String),
  log_partition UInt32,
  first_offset UInt64 CODEC(Delta, ZSTD(1)),
  day Date32,
  last_offset UInt64 CODEC(Delta, ZSTD(1)),
  batch UInt64,
  record_count UInt64,
  accepted_count UInt64,
  repeat_count UInt64,
  forwarded_count UInt64,
  refused_count UInt64,
  value_bytes UInt64,
  -- Places of the deduplication window that the whole batch takes in the table where it takes most.
  -- It stands in the batch's first row and is 0 in others, so that a sum over rows is one over batches.
  places UInt32,
  ingested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (topic, log_partition, first_offset, day)
TTL toDateTime(ingested_at) + INTERVAL 90 DAY
SETTINGS {{dedup_window}};
