import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GenericContainer } from 'testcontainers';
import { KAFKA_VERSION } from '../../scripts/install-kafka.js';
import { freePort } from './free-port.js';
import { brokerSettings, newClusterId, startKafkaNode, untilBrokerAnswers } from './kafka-node.js';
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
        Object.entries(brokerSettings(1)).map(([name, value]) => [
          `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
          value,
        ]),
      ),
    })
    .start();
  const broker = `127.0.0.1:${port}`;
  await untilBrokerAnswers(broker, () => null);
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
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'sluice-kafka-')));
  const node = await startKafkaNode({
    home,
    choose: async () => {
      const [broker, controller] = [await freePort(), await freePort()];
      return {
        nodeId: 1,
        brokerPort: broker,
        controllerPort: controller,
        voters: [`1@127.0.0.1:${controller}`],
        clusterId: newClusterId(),
      };
    },
    ...(proxy === undefined ? {} : { proxy }),
  });
  return {
    url: `kafka://${node.address}`,
    brokers: [node.address],
    pid: node.pid,
    async stop() {
      await node.stop();
      if (directory === undefined) await rm(home, { recursive: true, force: true });
    },
    kill: (signal) => node.kill(signal),
  };
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
