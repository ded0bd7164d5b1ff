import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { eventually } from './deadline.js';
import { freePort } from './free-port.js';
import { type KafkaNode, newClusterId, startKafkaNode } from './kafka-node.js';

/** Several brokers, each of which can be killed and come back. */
export interface KafkaCluster {
  /** `kafka://host:port,host:port,…`. */
  readonly url: string;
  /** The node that leads a partition now. */
  leaderOf(topic: string, partition: number): Promise<number>;
  /** The node that coordinates a consumer group now: the leader of the partition of its offsets. */
  coordinatorOf(group: string): Promise<number>;
  /** The node whose controller leads now. */
  controller(): Promise<number>;
  /** SIGKILL; resolves when the process is gone. */
  kill(nodeId: number): Promise<void>;
  /** Starts a killed node on its data; resolves when every replica of the topics is in sync. */
  restart(nodeId: number, topics: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Partitions of `__consumer_offsets`, as the nodes are configured. */
const OFFSETS_PARTITIONS = 4;

/** Starts three native nodes; a write is acknowledged once two of them have it. */
export async function startKafkaCluster(): Promise<KafkaCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-kafka-cluster-'));
  const clusterId = newClusterId();
  const ids = [1, 2, 3];
  const ports = new Map<number, { readonly broker: number; readonly controller: number }>();
  for (const id of ids) {
    ports.set(id, { broker: await freePort(), controller: await freePort() });
  }
  const voters = ids.map((id) => `${id}@127.0.0.1:${ports.get(id)?.controller}`);
  const start = (nodeId: number): Promise<KafkaNode> =>
    startKafkaNode({
      home: join(directory, `node-${nodeId}`),
      choose: async () => ({
        nodeId,
        brokerPort: ports.get(nodeId)?.broker ?? 0,
        controllerPort: ports.get(nodeId)?.controller ?? 0,
        voters,
        clusterId,
      }),
    });
  // None answers before most of them are there.
  const nodes = new Map(
    (await Promise.all(ids.map(start))).map((node) => [node.nodeId, node] as const),
  );
  const brokers = [...nodes.values()].map(({ address }) => address);

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }
  async function partitionsOf(topic: string) {
    const { topics } = await ask((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
    return topics[0]?.partitions ?? [];
  }
  async function leaderOf(topic: string, partition: number): Promise<number> {
    const found = (await partitionsOf(topic)).find(({ partitionId }) => partitionId === partition);
    if (found === undefined) throw new Error(`no partition ${partition} of ${topic}`);
    return found.leader;
  }
  async function isInSync(topic: string): Promise<boolean> {
    const partitions = await partitionsOf(topic);
    return partitions.every(({ isr, replicas }) => isr.length === replicas.length);
  }

  return {
    url: `kafka://${brokers.join(',')}`,
    leaderOf,
    coordinatorOf: (group) => leaderOf('__consumer_offsets', offsetsPartition(group)),
    async controller() {
      const { controller } = await ask((admin) => admin.describeCluster());
      if (controller === null) throw new Error('no controller is known');
      return controller;
    },
    async kill(nodeId) {
      await nodes.get(nodeId)?.kill('SIGKILL');
    },
    async restart(nodeId, topics) {
      nodes.set(nodeId, await start(nodeId));
      for (const topic of [...topics, '__consumer_offsets']) {
        await eventually(`all replicas of ${topic} to be in sync`, () =>
          isInSync(topic).catch(() => false),
        );
      }
    },
    async stop() {
      await Promise.all([...nodes.values()].map((node) => node.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where Kafka keeps a group's offsets: Java's hash of its name, without sign, by the partitions. */
function offsetsPartition(group: string): number {
  let hash = 0;
  for (let at = 0; at < group.length; at += 1) {
    hash = (Math.imul(hash, 31) + group.charCodeAt(at)) | 0;
  }
  return (hash & 0x7fffffff) % OFFSETS_PARTITIONS;
}
