import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { installKafka } from '../../scripts/install-kafka.js';
import type { TcpProxy } from './tcp-proxy.js';

/** Who a node is in its cluster; kept beside its data, so that it comes back as the same. */
export interface NodeIdentity {
  readonly nodeId: number;
  readonly brokerPort: number;
  readonly controllerPort: number;
  /** Every controller of the cluster, as `id@host:port`. */
  readonly voters: readonly string[];
  readonly clusterId: string;
}

/** A native node: broker and controller in one process. */
export interface KafkaNode {
  readonly nodeId: number;
  /** `host:port` that clients are told. */
  readonly address: string;
  readonly pid: number | null;
  stop(): Promise<void>;
  /** Sends a signal; with SIGKILL, resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface StartKafkaNodeOptions {
  /** Folder of its data and of its identity. */
  readonly home: string;
  /** Who it is, asked when the folder is new. */
  readonly choose: () => Promise<NodeIdentity>;
  /** A proxy to put in front of it: its target is set, and clients are told its port. */
  readonly proxy?: TcpProxy;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

/**
 * Starts a node from the jars that `npm run setup` installs (they are installed here if they are
 * missing), on loopback in KRaft mode, and resolves when it answers clients.
 */
export async function startKafkaNode({
  home,
  choose,
  proxy,
}: StartKafkaNodeOptions): Promise<KafkaNode> {
  const { libs } = await installKafka({ directory: join(process.cwd(), '.cache', 'kafka') });
  await mkdir(home, { recursive: true });
  const properties = join(home, 'server.properties');
  const kept = await readIdentity(home);
  const identity = kept ?? (await choose());
  if (kept === null) {
    const text = serverProperties(home, identity, proxy?.port ?? identity.brokerPort);
    await writeFile(properties, text);
    await promisify(execFile)('java', [
      ...javaOptions(libs),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      identity.clusterId,
      '-c',
      properties,
    ]);
    await writeFile(join(home, 'identity.json'), JSON.stringify(identity));
  }
  const output = openSync(join(home, 'broker.log'), 'a');
  const broker = spawn('java', [...javaOptions(libs), 'kafka.Kafka', properties], {
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = once(broker, 'exit');
  proxy?.setTarget(`127.0.0.1:${identity.brokerPort}`);
  const address = `127.0.0.1:${proxy?.port ?? identity.brokerPort}`;
  try {
    await untilBrokerAnswers(address, () => broker.exitCode ?? broker.signalCode);
  } catch (cause) {
    broker.kill('SIGKILL');
    const log = await readFile(join(home, 'broker.log'), 'utf8');
    throw new Error(`Kafka did not start at ${address}:\n${log.slice(-4000)}`, { cause });
  }
  return {
    nodeId: identity.nodeId,
    address,
    pid: broker.pid ?? null,
    stop: () => endProcess(broker, exited),
    async kill(signal) {
      broker.kill(signal);
      if (signal === 'SIGKILL') await exited;
    },
  };
}

/** 16 random bytes as base64url: Kafka's own form of a cluster id, which may not begin with a dash. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
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

/**
 * What differs from Kafka's defaults on a cluster of so many nodes: quick rebalances and elections,
 * no topic by accident, and with several nodes every write on two of them.
 */
export function brokerSettings(nodes: number): Readonly<Record<string, string>> {
  const copies = String(nodes);
  const inSync = String(Math.max(1, nodes - 1));
  return {
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'min.insync.replicas': inSync,
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': '2',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'log.retention.check.interval.ms': '500',
    'log.segment.delete.delay.ms': '500',
    ...(nodes === 1
      ? {}
      : { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }),
  };
}

function serverProperties(home: string, identity: NodeIdentity, advertisedPort: number): string {
  const { nodeId, brokerPort, controllerPort, voters } = identity;
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': voters.join(','),
    listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(home, 'data'),
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...brokerSettings(voters.length),
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

async function readIdentity(home: string): Promise<NodeIdentity | null> {
  let text: string;
  try {
    text = await readFile(join(home, 'identity.json'), 'utf8');
  } catch {
    // No node ran here before.
    return null;
  }
  return JSON.parse(text) as NodeIdentity;
}

/** Resolves when a broker answers a metadata request naming its controller. */
export async function untilBrokerAnswers(
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
