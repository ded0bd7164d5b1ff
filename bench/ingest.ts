import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createEventCodec } from '../ingest/event-codec.js';
import { createSchemaRegistry } from '../ingest/schema-registry.js';
import { createSegmentEventLog } from '../src/event-log/embedded/segment-event-log.js';
import { createKafkaEventLog } from '../src/event-log/kafka/kafka-event-log.js';
import { createTelemetry } from '../src/telemetry.js';
import { startProcess } from '../test/testkit/child-process.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { startKafka } from '../test/testkit/kafka.js';
import { startTestRegistry } from '../test/testkit/schema-registry.js';
import { startSluice } from '../test/testkit/stack.js';
import { type Benchmark, type Figure, median } from './benchmark.js';
import { run as enrichmentCost } from './enrichment.js';
import type { ConsumerArguments } from './ingest/engine-consumer.js';
import { type FilledLog, fillLog } from './ingest/fill-log.js';
import { type MeasuredRun, measureRun, RunTooShort } from './ingest/measured-run.js';
import {
  type Contents,
  contentsOf,
  DATABASE,
  type Guarantees,
  prepareWarehouse,
} from './ingest/prepare-warehouse.js';

/** At least the speed of the engine's own consumer (DESIGN §9). */
const BAR_AGAINST_ENGINE = 1;
/** Exactness costs at most a quarter. */
const BAR_EXACT = 0.75;
/** So often a round is made that is over too soon to tell a speed. */
const ATTEMPTS = 3;
const WEB_TOPIC = 'topic_web_events';
const TOPICS = [WEB_TOPIC, 'topic_app_events', 'topic_dead_letters'];
const JSON_TOPIC = 'bench_json_events';
const PARTITIONS = 4;
const SEED = 20_240_501;

/** Where the events of a size lie. */
interface Logs {
  readonly events: number;
  readonly filled: FilledLog;
  readonly kafkaUrl: string;
  readonly broker: string;
  readonly registryUrl: string;
  readonly segmentsUrl: string;
}

interface Run extends MeasuredRun {
  readonly contents: Contents;
}

/** One way from the log to gold. */
interface Contender {
  readonly name: string;
  readonly guarantees: Guarantees;
  readonly fsync: 'always' | 'never';
  run(logs: Logs, directory: string, group: string): Promise<MeasuredRun>;
}

function product(
  name: string,
  log: 'kafka' | 'segments',
  guarantees: Guarantees,
  fsync: 'always' | 'never' = 'always',
): Contender {
  return {
    name,
    guarantees,
    fsync,
    async run(logs, directory, group) {
      const { url, started } = await startSluice({
        DATA_DIR: directory,
        INGESTER_GROUP: group,
        WAREHOUSE_FSYNC: fsync,
        ...(log === 'kafka'
          ? { EVENT_LOG_URL: logs.kafkaUrl, SCHEMA_REGISTRY_URL: logs.registryUrl }
          : { EVENT_LOG_URL: logs.segmentsUrl }),
      });
      try {
        return await measureRun({
          pid: started.pid,
          total: logs.events,
          count: () => acceptedBy(url),
        });
      } finally {
        await started.stop();
      }
    },
  };
}

function engine(name: string, format: ConsumerArguments['format'], consumers: number): Contender {
  return {
    name,
    guarantees: 'at least once',
    fsync: 'never',
    async run(logs, directory, group) {
      const args: ConsumerArguments = {
        directory: join(directory, 'warehouse'),
        database: DATABASE,
        broker: logs.broker,
        topic: format === 'JSONEachRow' ? JSON_TOPIC : WEB_TOPIC,
        group,
        format,
        registryUrl: logs.registryUrl,
        consumers,
      };
      const started = await startProcess({
        command: process.execPath,
        args: [
          join(repositoryRoot(), 'dist/bench/ingest/engine-consumer.js'),
          JSON.stringify(args),
        ],
        env: { ...process.env, UV_THREADPOOL_SIZE: '24' },
        readyLine: /^ready$/,
      });
      try {
        return await measureRun({
          pid: started.pid,
          total: logs.events,
          count: async () => Number(/.*^count (\d+)$/ms.exec(started.tail())?.[1] ?? 0),
        });
      } finally {
        await started.stop();
      }
    },
  };
}

async function acceptedBy(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^sluice_ingester_accepted_total (\d+)$/m.exec(text)?.[1] ?? 0);
}

const EXACT_KAFKA = product('kafka exact', 'kafka', 'exact');
const EXACT_SEGMENTS = product('segments exact', 'segments', 'exact');
const PLAIN_KAFKA = product('kafka, exactness off', 'kafka', 'at least once');
const PLAIN_SEGMENTS = product('segments, exactness off', 'segments', 'at least once');
const ENGINES = [
  engine('engine JSONEachRow', 'JSONEachRow', 2),
  engine('engine AvroConfluent', 'AvroConfluent', 2),
  engine('engine AvroConfluent, one consumer', 'AvroConfluent', 1),
];
const CONTENDERS = [...ENGINES, EXACT_KAFKA, PLAIN_KAFKA, EXACT_SEGMENTS, PLAIN_SEGMENTS];

/** A round; made again when it was over too soon to tell a speed. */
async function runRound(contender: Contender, logs: Logs, group: string): Promise<Run> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(contender, logs, `${group}-${attempt}`);
    } catch (error) {
      if (!(error instanceof RunTooShort) || attempt === ATTEMPTS) throw error;
      process.stdout.write(`${group}-${attempt} made again: ${error.message}\n`);
    }
  }
}

async function runOnce(contender: Contender, logs: Logs, group: string): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-ingest-'));
  try {
    const warehouse = join(directory, 'warehouse');
    await prepareWarehouse(warehouse, contender.guarantees, contender.fsync);
    const run = await contender.run(logs, directory, group);
    const contents = await contentsOf(warehouse);
    checkContents(contender, logs, contents);
    process.stdout.write(`${group} ${describe(run)}\n`);
    return { ...run, contents };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A number is worth nothing when the tables do not hold what was sent. */
function checkContents({ name, guarantees }: Contender, logs: Logs, contents: Contents): void {
  const expected = guarantees === 'exact' ? logs.filled.distinct : logs.events;
  const { bronzeRows, silverRows, goldEvents } = contents;
  const isRight =
    guarantees === 'exact'
      ? bronzeRows === logs.events && silverRows === expected && goldEvents === expected
      : bronzeRows >= expected && silverRows >= expected && goldEvents >= expected;
  if (isRight) return;
  throw new Error(
    `${name}: expected ${logs.events} deliveries and ${expected} events, got ${bronzeRows} in bronze, ${silverRows} in silver, ${goldEvents} in gold`,
  );
}

function describe(run: MeasuredRun): string {
  return `${Math.round(run.eventsPerSecond)} events/s, ${run.cpuSecondsPerMillion.toFixed(1)} CPU s a million, peak ${Math.round(run.peakMb)} MB`;
}

const { values: flags } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    events: { type: 'string', default: '600000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});

/**
 * Log → queryable gold. `--events N` of one size or several (`1000000,5000000`), `--rounds N`, `--only
 * TEXT` for the contenders whose name holds it.
 */
export const ingest: Benchmark = {
  name: 'ingest',
  async run() {
    const sizes = String(flags.events).split(',').map(Number);
    const contenders = CONTENDERS.filter(({ name }) => name.includes(String(flags.only)));
    const figures: Figure[] = [];
    for (const events of sizes) figures.push(...(await runSize(events, contenders)));
    return [...figures, ...(await enrichmentCost())];
  },
};

async function runSize(events: number, contenders: readonly Contender[]): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-bench-log-'));
  const kafka = await startKafka();
  const registry = await startTestRegistry();
  try {
    const logs = await fillLogs(events, home, kafka.url, kafka.brokers[0] ?? '', registry.url);
    const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < Number(flags.rounds); round += 1) {
      for (const [at, contender] of contenders.entries()) {
        const group = `bench-${events}-${round}-${at}-${contender.name.replace(/\W+/g, '-')}`;
        runs.get(contender)?.push(await runRound(contender, logs, group));
      }
    }
    return figuresOf(logs, runs);
  } finally {
    await registry.stop();
    await kafka.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function fillLogs(
  events: number,
  home: string,
  kafkaUrl: string,
  broker: string,
  registryUrl: string,
): Promise<Logs> {
  const { log } = createTelemetry({ level: 'warn' });
  const common = { partitionCount: PARTITIONS, clock: Date.now, log };
  const generate = { seed: SEED, count: events, until: Date.now() };
  const startedAt = performance.now();

  const kafkaLog = createKafkaEventLog({
    ...common,
    url: kafkaUrl,
    replication: 1,
    topics: [...TOPICS, JSON_TOPIC],
    sessionTimeoutMs: 30_000,
  });
  await kafkaLog.checkReady();
  const codec = createEventCodec({ registry: createSchemaRegistry({ url: registryUrl }) });
  await codec.prepareToEncode();
  const filled = await fillLog({
    eventLog: kafkaLog,
    codec,
    events: generate,
    topic: WEB_TOPIC,
    jsonTopic: JSON_TOPIC,
  });
  await kafkaLog.stop();

  const segmentsUrl = pathToFileURL(join(home, 'segments')).href;
  const segments = await createSegmentEventLog({
    ...common,
    url: segmentsUrl,
    topics: TOPICS,
    fsync: 'never',
  });
  const plainCodec = createEventCodec({ registry: null });
  await fillLog({ eventLog: segments, codec: plainCodec, events: generate, topic: WEB_TOPIC });
  await segments.stop();
  process.stdout.write(
    `${events} events, ${filled.distinct} different, ${Math.round(filled.avroBytes)} bytes as Avro, ${Math.round(filled.jsonBytes)} as JSON; logs filled in ${Math.round((performance.now() - startedAt) / 1000)} s\n`,
  );
  return { events, filled, kafkaUrl, broker, registryUrl, segmentsUrl };
}

function figuresOf(logs: Logs, runs: ReadonlyMap<Contender, readonly Run[]>): Figure[] {
  const speed = (contender: Contender) =>
    median(runs.get(contender)?.map(({ eventsPerSecond }) => eventsPerSecond) ?? []);
  const [fastest] = ENGINES.filter((contender) => runs.has(contender)).sort(
    (a, b) => speed(b) - speed(a),
  );
  const size = `${logs.events / 1e6}M`;
  const compare = (name: string, one: Contender, other: Contender, bar: number): Figure[] => {
    const [ours, theirs] = [runs.get(one), runs.get(other)];
    if (ours === undefined || theirs === undefined) return [];
    return [
      {
        name: `ingest ${size} ${name}`,
        ratio: speed(one) / speed(other),
        bar,
        values: {
          [one.name]: summary(ours),
          [other.name]: summary(theirs),
          rounds: ours.length,
          rollups: ours[0]?.contents.rollups ?? 0,
        },
      },
    ];
  };
  for (const [contender, list] of runs) {
    process.stdout.write(`${contender.name}: ${summary(list)}\n  ${bytesPerEvent(logs, list)}\n`);
  }
  return [
    ...(fastest === undefined
      ? []
      : [
          ...compare('kafka against engine', EXACT_KAFKA, fastest, BAR_AGAINST_ENGINE),
          ...compare('segments against engine', EXACT_SEGMENTS, fastest, BAR_AGAINST_ENGINE),
        ]),
    ...compare('kafka exactness', EXACT_KAFKA, PLAIN_KAFKA, BAR_EXACT),
    ...compare('segments exactness', EXACT_SEGMENTS, PLAIN_SEGMENTS, BAR_EXACT),
  ];
}

/** Medians of the rounds. */
function summary(list: readonly Run[]): string {
  return describe({
    events: 0,
    eventsPerSecond: median(list.map((run) => run.eventsPerSecond)),
    cpuSecondsPerMillion: median(list.map((run) => run.cpuSecondsPerMillion)),
    peakMb: median(list.map((run) => run.peakMb)),
  });
}

function bytesPerEvent(logs: Logs, list: readonly Run[]): string {
  const tables = [...(list.at(-1)?.contents.bytesByTable ?? [])];
  const total = tables.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [['all tables', total] as const, ...tables]
    .map(([table, bytes]) => `${table} ${(bytes / logs.events).toFixed(1)}`)
    .filter((text) => !text.endsWith(' 0.0'))
    .join(', ')
    .concat(' bytes an event');
}
