/**
 * ClickHouse's own Kafka table engine as a process of its own, at least once. Arguments: the directory
 * of a prepared warehouse, its database, and a JSON object with what {@link ConsumerArguments} names.
 * Prints `ready`, then `count N` ten times a second.
 */
import { setTimeout } from 'node:timers/promises';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';

export interface ConsumerArguments {
  readonly directory: string;
  readonly database: string;
  /** `host:port`. */
  readonly broker: string;
  readonly topic: string;
  readonly group: string;
  readonly format: 'JSONEachRow' | 'AvroConfluent';
  readonly registryUrl: string;
  readonly consumers: number;
}

/** What is in a message, with the types of bronze. */
const MESSAGE_COLUMNS = `
  project_id LowCardinality(String), event_id String, event_name LowCardinality(String),
  occurred_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'),
  queryable_at Nullable(DateTime64(3, 'UTC')), platform LowCardinality(String),
  anonymous_id String, user_id String, session_id String, url String, referrer String,
  user_agent String, ip String, utm_source String, utm_medium String, utm_campaign String,
  utm_content String, utm_term String, properties Map(String, String)`;

const args = JSON.parse(process.argv[2] ?? '{}') as ConsumerArguments;
const { database } = args;
const warehouse = await createClickHouseWarehouse({
  url: `chdb://${args.directory}`,
  connections: 2,
});
const run = (sql: string): Promise<void> => warehouse.execute(statement('peer', sql));
let isStopping = false;
process.once('SIGTERM', () => {
  isStopping = true;
});

await run(`CREATE TABLE ${database}.kafka_events (${MESSAGE_COLUMNS}) ENGINE = Kafka SETTINGS
  kafka_broker_list = '${args.broker}', kafka_topic_list = '${args.topic}',
  kafka_group_name = '${args.group}', kafka_format = '${args.format}',
  kafka_num_consumers = ${args.consumers}, kafka_thread_per_consumer = ${args.consumers > 1 ? 1 : 0}
  ${args.format === 'AvroConfluent' ? `, format_avro_schema_registry_url = '${args.registryUrl}'` : ''}`);
// The page is the one column of enrichment that a rollup is keyed by, so it is computed here too.
await run(`CREATE MATERIALIZED VIEW ${database}.kafka_events_mv TO ${database}.bronze_events AS
  SELECT *, path(url) AS page, event_name = 'page_view' AS is_view, true AS is_interaction,
    _topic AS topic, toUInt32(_partition) AS log_partition, _offset AS log_offset,
    ifNull(_timestamp_ms, now64(3)) AS appended_at, now64(3) AS ingested_at
  FROM ${database}.kafka_events`);
process.stdout.write('ready\n');

while (!isStopping) {
  const { rows } = await warehouse.query(
    statement<{ n: number }>(
      'peer.count',
      `SELECT toFloat64(sum(event_count)) AS n FROM ${database}.gold_event_counts_per_day`,
    ),
  );
  process.stdout.write(`count ${rows[0]?.n ?? 0}\n`);
  await setTimeout(100);
}
await run(`DROP TABLE ${database}.kafka_events_mv SYNC`);
await run(`DROP TABLE ${database}.kafka_events SYNC`);
await warehouse.stop();
