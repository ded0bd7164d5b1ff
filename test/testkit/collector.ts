import { fastify } from 'fastify';
import { registerCollector } from '../../ingest/collector/collector.js';
import { createDeadLetterCodec, type DeadLetter } from '../../ingest/dead-letter.js';
import { createEventCodec, type EventCodec } from '../../ingest/event-codec.js';
import type { Config } from '../../src/config.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import type { EventLog } from '../../src/event-log/event-log.js';
import type { Principal, Project } from '../../src/project/project.js';
import { createTelemetry, type Telemetry } from '../../src/telemetry.js';
import { createMemoryEventLog, type MemoryEventLog } from './memory-event-log.js';

export const TOPICS = { web: 'web', app: 'app', deadLetters: 'dead' } as const;

/** Secrets of the keys that the collector of a test knows, and what they stand for. */
export const KEYS = {
  write: 'write-key',
  read: 'read-key',
  importer: 'importer-key',
  /** Writes to a project with a list of allowed origins. */
  guarded: 'guarded-key',
} as const;

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  [KEYS.write]: { keyId: 'k1', projectId: 'shop', scopes: ['write'] },
  [KEYS.read]: { keyId: 'k2', projectId: 'shop', scopes: ['read'] },
  [KEYS.importer]: { keyId: 'k3', projectId: 'shop', scopes: ['importer'] },
  [KEYS.guarded]: { keyId: 'k4', projectId: 'guarded', scopes: ['write'] },
};

const PROJECT: Project = {
  id: 'shop',
  name: 'Shop',
  timeZone: 'UTC',
  sessionTimeoutSeconds: 1800,
  linkedDomains: [],
  channelRules: {},
  allowedOrigins: [],
  version: 1,
};

const PROJECTS: Readonly<Record<string, Project>> = {
  shop: PROJECT,
  guarded: { ...PROJECT, id: 'guarded', allowedOrigins: ['https://shop.example'] },
};

/** A collector on a port of its own, over a log in memory. */
export interface TestCollector {
  /** Address of `/v1/events`. */
  readonly url: string;
  readonly port: number;
  readonly log: MemoryEventLog;
  readonly telemetry: Telemetry;
  /** Posts with the write key unless the headers name another. */
  post(
    body: Exclude<RequestInit['body'], undefined>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** The events on both topics, in the order of appending. */
  events(): readonly TrackedEvent[];
  deadLetters(): readonly DeadLetter[];
  stop(): Promise<void>;
}

export interface TestCollectorOptions {
  readonly config?: Partial<Config['collector']>;
  readonly codec?: EventCodec;
  readonly clock?: () => number;
  readonly trustProxy?: boolean;
  /** Another log to append to, with its topics; what is read back here is then nothing. */
  readonly into?: {
    readonly log: Pick<EventLog, 'append' | 'partitionCount'>;
    readonly topics: { readonly web: string; readonly app: string; readonly deadLetters: string };
  };
}

export async function startTestCollector({
  config,
  codec = createEventCodec({ registry: null }),
  clock = Date.now,
  trustProxy = false,
  into,
}: TestCollectorOptions = {}): Promise<TestCollector> {
  const log = createMemoryEventLog({ clock });
  const telemetry = createTelemetry({ level: 'silent' });
  const letters = createDeadLetterCodec();
  const app = fastify();
  await registerCollector(app, {
    log: into?.log ?? log,
    codec,
    projects: {
      authenticate: async (secret) => PRINCIPALS[secret] ?? null,
      project: async (id) => PROJECTS[id] ?? null,
    },
    topics: into?.topics ?? TOPICS,
    config: {
      maxBodyBytes: 5_242_880,
      maxEventBytes: 262_144,
      eventsPerSecond: 0,
      ...config,
    },
    telemetry,
    clock,
    trustProxy,
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${address}/v1/events`;
  return {
    url,
    port: Number(new URL(address).port),
    log,
    telemetry,
    post: (body, headers = {}) =>
      fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          ...(headers['x-sluice-key'] === undefined && headers.authorization === undefined
            ? { 'x-sluice-key': KEYS.write }
            : {}),
          ...headers,
        },
      }),
    events: () =>
      [TOPICS.web, TOPICS.app].flatMap((topic) =>
        log.records(topic).map((record) => codec.decode(record.value)),
      ),
    deadLetters: () => log.records(TOPICS.deadLetters).map(({ value }) => letters.decode(value)),
    stop: () => app.close(),
  };
}
