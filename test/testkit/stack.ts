import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Started, startProcess } from './child-process.js';
import { repositoryRoot, startClickHouseStandIn } from './clickhouse-stand-in.js';
import { startKafka } from './kafka.js';
import { startRedis } from './redis.js';

export type StackMode = 'embedded' | 'scaled';

/** A running installation as its users see it. */
export interface Stack {
  readonly mode: StackMode;
  /** Where events are posted. */
  readonly collectorUrl: string;
  /** Where questions are asked; two in scaled mode. */
  readonly gatewayUrls: readonly string[];
  /** Every process that serves `/readyz` and `/metrics`. */
  readonly urls: readonly string[];
  readonly adminKey: string;
  readonly processes: readonly Started[];
  /** Starts one more gateway; in scaled mode only. */
  startGateway(): Promise<{ readonly url: string; readonly started: Started }>;
  stop(): Promise<void>;
}

const ADMIN_KEY = 'test-admin-key-of-a-temporary-stack';

/** Starts one process of the product from the compiled sources, on a port of its own. */
export async function startSluice(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly started: Started }> {
  const started = await startProcess({
    command: process.execPath,
    args: [join(repositoryRoot(), 'dist/src/main.js')],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ADMIN_KEY,
      ...env,
    },
    readyLine: /Sluice is ready at (\S+)/,
    deadlineMs: 90_000,
  });
  return { url: started.match[1] ?? '', started };
}

/** One process with everything in it. */
async function startEmbedded(env: Readonly<Record<string, string>>): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-embedded-'));
  const { url, started } = await startSluice({ DATA_DIR: directory, ...env });
  return {
    mode: 'embedded',
    collectorUrl: url,
    gatewayUrls: [url],
    urls: [url],
    adminKey: ADMIN_KEY,
    processes: [started],
    startGateway: () => Promise.reject(new Error('an embedded stack is one process')),
    async stop() {
      await started.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Kafka, Redis and one warehouse over HTTP; a collector, two ingesters, two gateways. */
async function startScaled(env: Readonly<Record<string, string>>): Promise<Stack> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const eventLogUrl = env.EVENT_LOG_URL ?? (await startOwnKafka(closers));
    const redis = await startRedis();
    closers.push(() => redis.stop());
    const warehouse = await startClickHouseStandIn();
    closers.push(() => warehouse.stop());
    const directory = mkdtempSync(join(tmpdir(), 'sluice-scaled-'));
    closers.push(async () => rmSync(directory, { recursive: true, force: true }));
    const shared = {
      EVENT_LOG_URL: eventLogUrl,
      WAREHOUSE_URL: warehouse.url,
      CACHE_URL: redis.url,
      PUBSUB_URL: redis.url,
      INGESTER_TIMEOUT_MS: '10000',
      ...env,
    };
    const processes: Started[] = [];
    const startOne = async (role: string, name: string) => {
      const sluice = await startSluice({
        ...shared,
        ROLES: role,
        DATA_DIR: join(directory, name),
      });
      processes.push(sluice.started);
      closers.push(() => sluice.started.stop());
      return sluice;
    };
    const startRole = async (role: string, name: string): Promise<string> =>
      (await startOne(role, name)).url;
    // The first process applies the migrations and makes the keys; the others then start at once.
    const gateway = await startRole('gateway', 'gateway-1');
    const [collector, second, ...ingesters] = await Promise.all([
      startRole('collector', 'collector'),
      startRole('gateway', 'gateway-2'),
      startRole('ingester', 'ingester-1'),
      startRole('ingester', 'ingester-2'),
    ]);
    return {
      mode: 'scaled',
      collectorUrl: collector,
      gatewayUrls: [gateway, second],
      urls: [gateway, collector, second, ...ingesters],
      adminKey: ADMIN_KEY,
      processes,
      startGateway: () => startOne('gateway', `gateway-${processes.length}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOwnKafka(closers: (() => Promise<void>)[]): Promise<string> {
  const kafka = await startKafka();
  closers.push(() => kafka.stop());
  return kafka.url;
}

/** Starts an installation of the given kind in temporary folders; on the Kafka of `EVENT_LOG_URL` where given. */
export function startStack(
  mode: StackMode,
  env: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  return mode === 'embedded' ? startEmbedded(env) : startScaled(env);
}

/** Asks GraphQL; any error of the answer is thrown with its code. */
export async function askGraphql<T>(
  url: string,
  key: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as {
    data?: T;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  const error = answer.errors?.[0];
  if (error !== undefined || answer.data === undefined) {
    throw Object.assign(new Error(error?.message ?? `status ${response.status}`), {
      code: error?.extensions?.code ?? 'UNKNOWN',
    });
  }
  return answer.data;
}

/** A project with a key of the scopes given, made through the public API. */
export async function createTestProject(
  stack: Pick<Stack, 'gatewayUrls' | 'adminKey'>,
  projectId: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly importerKey: string; readonly readKey: string }> {
  const url = stack.gatewayUrls[0] ?? '';
  const { createProject } = await askGraphql<{
    createProject: { userErrors: readonly { message: string }[] };
  }>(
    url,
    stack.adminKey,
    'mutation($input: CreateProjectInput!) { createProject(input: $input) { userErrors { code message } } }',
    { input: { projectId, ...settings } },
  );
  const [refusal] = createProject.userErrors;
  if (refusal !== undefined) throw new Error(`project ${projectId}: ${refusal.message}`);
  const keyOf = async (scope: string): Promise<string> => {
    const { createKey } = await askGraphql<{ createKey: { secret: string } }>(
      url,
      stack.adminKey,
      'mutation($input: CreateKeyInput!) { createKey(input: $input) { secret userErrors { code message } } }',
      { input: { projectId, name: scope.toLowerCase(), scopes: [scope] } },
    );
    return createKey.secret;
  };
  return { importerKey: await keyOf('IMPORTER'), readKey: await keyOf('READ') };
}

/** Posts events as one NDJSON body. */
export async function postEvents(
  stack: Stack,
  key: string,
  events: readonly unknown[],
): Promise<{ accepted: number; rejected: { index: number; code: string }[] }> {
  const response = await fetch(`${stack.collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${key}` },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  if (!response.ok) throw new Error(`collector: ${response.status} ${await response.text()}`);
  return (await response.json()) as {
    accepted: number;
    rejected: { index: number; code: string }[];
  };
}

/** Waits until the ingesters have confirmed everything on the log. */
export async function untilIngested(stack: Stack, deadlineMs = 60_000): Promise<void> {
  const until = Date.now() + deadlineMs;
  let calm = 0;
  for (;;) {
    const lags = await Promise.all(stack.urls.map(lagOf));
    const known = lags.filter((lag) => lag !== null);
    // Two looks in a row: a forwarding step may append while the first one is taken.
    calm = known.length > 0 && known.every((lag) => lag === 0) ? calm + 1 : 0;
    if (calm >= 2) return;
    if (Date.now() > until) {
      throw new Error(
        `events were not ingested in time, lag ${lags.join(', ')}\n${stack.processes.map((p) => p.tail()).join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Sum of the consumer lag a process reports; null when it runs no ingester. */
async function lagOf(url: string): Promise<number | null> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(/^sluice_ingester_consumer_lag_records(?:\{[^}]*\})? (\S+)$/gm)];
  if (values.length === 0) return null;
  return values.reduce((sum, match) => sum + Number(match[1]), 0);
}
