import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { GenericContainer } from 'testcontainers';
import { installKafka, KAFKA_VERSION } from '../../scripts/install-kafka.js';
import type { TcpProxy } from './tcp-proxy.js';

/** A real Kafka broker for one suite. */
export interface RunningKafka {
  /** `kafka://host:port`. */
  readonly url: string;
  /** `host:port` of the brokers. */
  readonly brokers: readonly string[];
  /** Process id of a native broker; null where the broker is in a container or elsewhere. */
  readonly pid: number | null;
  /** Ends it in order; removes its files unless the caller named their directory. */
  stop(): Promise<void>;
  /** Sends a signal to a native broker; with SIGKILL, resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface StartKafkaOptions {
  /**
   * Directory of its data. A broker started again in the directory of a former one has the same
   * port and the same records. Left out: a temporary one.
   */
  readonly directory?: string;
  /** Never a broker named by `TEST_KAFKA_URL`: the suite is going to kill it. */
  readonly isOwn?: boolean;
  /** A proxy to put in front of the broker: its target is set, and clients are told its port. */
  readonly proxy?: TcpProxy;
}

interface Ports {
  readonly broker: number;
  readonly controller: number;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

/**
 * Starts Kafka. In this order: the address in `TEST_KAFKA_URL`, a container when `docker info`
 * answers, a native broker in KRaft mode (one node, loopback) from the jars that `npm run setup`
 * installs; they are installed here if they are missing.
 */
export async function startKafka(options: StartKafkaOptions = {}): Promise<RunningKafka> {
  const given = process.env.TEST_KAFKA_URL ?? '';
  const isOwn = options.isOwn === true || options.proxy !== undefined;
  if (given !== '' && !isOwn) return givenBroker(given);
  if (options.directory === undefined && !isOwn && (await hasDocker())) return startContainer();
  return startNative(options);
}

function givenBroker(url: string): RunningKafka {
  return {
    url,
    brokers: url.replace(/^kafka:\/\//, '').split(','),
    pid: null,
    stop: async () => undefined,
    kill: async () => {
      throw new Error('TEST_KAFKA_URL names a broker that this suite may not kill');
    },
  };
}

async function startContainer(): Promise<RunningKafka> {
  const port = await freePort();
  const container = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      ...Object.fromEntries(
        Object.entries(SETTINGS).map(([name, value]) => [
          `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
          value,
        ]),
      ),
    })
    .start();
  const broker = `127.0.0.1:${port}`;
  await waitUntilReady(broker, () => null);
  return {
    url: `kafka://${broker}`,
    brokers: [broker],
    pid: null,
    stop: async () => {
      await container.stop();
    },
    kill: async () => {
      throw new Error('a broker in a container is not killed by signal; start it with isOwn');
    },
  };
}

async function startNative({ directory, proxy }: StartKafkaOptions): Promise<RunningKafka> {
  const { libs } = await installKafka({ directory: join(process.cwd(), '.cache', 'kafka') });
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'sluice-kafka-')));
  await mkdir(home, { recursive: true });
  const ports = await readPorts(home);
  const properties = join(home, 'server.properties');
  if (ports.isNew) {
    await writeFile(properties, serverProperties(home, ports, proxy?.port ?? ports.broker));
    // 16 random bytes as base64url: Kafka's own form of a cluster id.
    const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
    await promisify(execFile)('java', [
      ...javaOptions(libs),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      properties,
    ]);
    await writeFile(join(home, 'ports.json'), JSON.stringify(ports));
  }
  const output = openSync(join(home, 'broker.log'), 'a');
  const broker = spawn('java', [...javaOptions(libs), 'kafka.Kafka', properties], {
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = once(broker, 'exit');
  proxy?.setTarget(`127.0.0.1:${ports.broker}`);
  const address = `127.0.0.1:${proxy?.port ?? ports.broker}`;
  try {
    await waitUntilReady(address, () => broker.exitCode ?? broker.signalCode);
  } catch (cause) {
    broker.kill('SIGKILL');
    const log = await readFile(join(home, 'broker.log'), 'utf8');
    throw new Error(`Kafka did not start at ${address}:\n${log.slice(-4000)}`, { cause });
  }
  return {
    url: `kafka://${address}`,
    brokers: [address],
    pid: broker.pid ?? null,
    async stop() {
      await endProcess(broker, exited);
      if (directory === undefined) await rm(home, { recursive: true, force: true });
    },
    async kill(signal) {
      broker.kill(signal);
      if (signal === 'SIGKILL') await exited;
    },
  };
}

async function endProcess(broker: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (broker.exitCode !== null || broker.signalCode !== null) return;
  // A stopped process (SIGSTOP) does not see SIGTERM.
  broker.kill('SIGCONT');
  broker.kill('SIGTERM');
  const timer = setTimeout(() => broker.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}

/** What differs from Kafka's defaults: one node, quick rebalances, no topic by accident. */
const SETTINGS = {
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '2',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'log.retention.check.interval.ms': '500',
  'log.segment.delete.delay.ms': '500',
} as const;

function serverProperties(
  home: string,
  { broker, controller }: Ports,
  advertisedPort: number,
): string {
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(home, 'data'),
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...SETTINGS,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

function javaOptions(libs: string): string[] {
  return [
    '-Xms128m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-cp',
    `${libs}/*`,
  ];
}

async function readPorts(home: string): Promise<Ports & { readonly isNew: boolean }> {
  try {
    const ports: Ports = JSON.parse(await readFile(join(home, 'ports.json'), 'utf8'));
    return { broker: ports.broker, controller: ports.controller, isNew: false };
  } catch {
    // No broker ran here before.
    return { broker: await freePort(), controller: await freePort(), isNew: true };
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Ready means that the broker answers a metadata request naming its controller. */
async function waitUntilReady(
  broker: string,
  ended: () => number | NodeJS.Signals | null,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const kafka = new Kafka({
      brokers: [broker],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1000,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers, controller } = await admin.describeCluster();
      if (brokers.length > 0 && controller !== null) return;
    } catch (cause) {
      const end = ended();
      if (end !== null) throw new Error(`Kafka ended with ${end}`, { cause });
      if (Date.now() > deadline) throw cause;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether a Docker daemon answers; the `docker` command alone says nothing. */
async function hasDocker(): Promise<boolean> {
  try {
    await promisify(execFile)('docker', ['info'], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
