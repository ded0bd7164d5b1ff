/**
 * Runs DDL in an engine that believes it belongs to a cluster: macros, a cluster named `main`, and
 * ClickHouse's own in-memory keeper for tests. In a process of its own, since an engine takes its
 * configuration at the first start.
 *
 * Reads a JSON list of statements from stdin; prints a JSON list with null or the engine's error for
 * each, then the engine of every table of the database `sluice`. Argument: data directory.
 *
 * `ON CLUSTER` needs servers to run, so it is parsed here and left out of what is executed. A replica
 * never leaves read-only mode in this engine, which has no address for other servers, so `ALTER` is
 * parsed alone; the migrations of a single node execute it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Session } from 'chdb';

const CONFIGURATION = `<clickhouse>
  <zookeeper><implementation>testkeeper</implementation></zookeeper>
  <macros><shard>01</shard><replica>replica-1</replica></macros>
  <remote_servers><main><shard><replica>
    <host>localhost</host><port>9000</port>
  </replica></shard></main></remote_servers>
</clickhouse>`;

const [directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const configuration = join(directory, 'cluster.xml');
writeFileSync(configuration, CONFIGURATION);
const session = new Session(join(directory, 'data'), {
  connectionArgs: [`--config-file=${configuration}`],
});

async function errorOf(sql: string): Promise<string | null> {
  try {
    await session.queryBindAsync('SELECT formatQuery({sql:String})', { sql });
    if (!/^ALTER\b/.test(sql)) await session.queryAsync(sql.replace(/ON CLUSTER main/g, ''));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const statements = JSON.parse(await text(process.stdin)) as readonly string[];
const errors: (string | null)[] = [];
for (const sql of statements) errors.push(await errorOf(sql));
const tables = await session.queryAsync(
  "SELECT name, engine FROM system.tables WHERE database = 'sluice' ORDER BY name",
  { format: 'JSONCompact' },
);
const { data } = tables.json<{ readonly data: readonly unknown[] }>();
// Replicated tables never finish shutting down beside this keeper, so the process ends at once.
process.stdout.write(JSON.stringify({ errors, tables: data }), () => {
  process.kill(process.pid, 'SIGKILL');
});
