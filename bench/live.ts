import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createClickHouseWarehouse } from '../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../src/warehouse/statement.js';
import {
  createTestProject,
  postEvents,
  type Stack,
  type StackMode,
  startStack,
} from '../test/testkit/stack.js';
import type { Benchmark, Figure } from './benchmark.js';

const SECONDS = Number(process.env.LIVE_SECONDS ?? 180);
/** Background, events a second, posted ten times a second. */
const BACKGROUND = 1_000;
const PROBE_EVERY_MS = 500;
const INTERVAL_MS = 250;
const TAIL_MS = 250;
const METRIC_MS = INTERVAL_MS + 500;
/** Active parts of one table at which an engine begins to slow inserts down. */
const MANY_PARTS = 150;
/** Memory may grow by a fifth after the first third: caches fill. */
const FLAT = 1.2;

const now = (): string => new Date().toISOString();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function event(id: string, name: string): Record<string, unknown> {
  const at = now();
  return {
    event_id: id,
    event_name: name,
    timestamp: at,
    received_at: at,
    platform: 'web',
    anonymous_id: `d${id.length}-${id.slice(-3)}`,
    url: 'https://shop.example/',
  };
}

function residentMb({ processes }: Stack): number {
  return processes.reduce((sum, { pid }) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return sum + Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }, 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Calls at fixed moments, however long a call takes, until the time is over. */
async function every(ms: number, seconds: number, call: (n: number) => Promise<unknown>) {
  const startedAt = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let n = 1; n * ms <= seconds * 1_000; n += 1) {
    await pause(startedAt + n * ms - performance.now());
    calls.push(call(n));
  }
  await Promise.all(calls);
}

/** Most active parts that a table of an embedded warehouse has, read after its process has ended. */
async function mostParts(directory: string): Promise<number> {
  const warehouse = await createClickHouseWarehouse({
    url: `chdb://${directory}/warehouse`,
    connections: 1,
  });
  const { rows } = await warehouse.query(
    statement<{ readonly parts: number }>(
      'bench.parts',
      "SELECT count() AS parts FROM system.parts WHERE active AND database = 'sluice' GROUP BY table ORDER BY parts DESC LIMIT 1",
      {},
    ),
  );
  await warehouse.stop();
  return rows[0]?.parts ?? 0;
}

async function measure(mode: StackMode): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-live-bench-'));
  const stack = await startStack(mode, mode === 'embedded' ? { DATA_DIR: directory } : {});
  const tailDelays: number[] = [];
  const metricDelays: number[] = [];
  const memory: number[] = [];
  try {
    const { importerKey, readKey } = await createTestProject(stack, 'bench');
    const client = createClient({
      url: `${(stack.gatewayUrls.at(-1) ?? '').replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${readKey}` },
    });
    /** When each probe was posted. */
    const posted = new Map<string, number>();
    let counted = 0;
    let isTailing = false;
    const tailing = (async () => {
      const query = 'subscription { eventTail(event: { event: "probe" }) { events { eventId } } }';
      for await (const { data } of client.iterate<{ eventTail: { events: { eventId: string }[] } }>(
        { query },
      )) {
        isTailing = true;
        for (const { eventId } of data?.eventTail.events ?? []) {
          const at = posted.get(eventId);
          if (at !== undefined) tailDelays.push(performance.now() - at);
        }
      }
    })();
    const today = now().slice(0, 10);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const counting = (async () => {
      const query = `subscription { eventVolume(range: { from: "${today}", to: "${tomorrow}" }, timeZone: "UTC", event: { event: "probe" }, intervalMs: ${INTERVAL_MS}) { total } }`;
      for await (const { data } of client.iterate<{ eventVolume: { total: number } }>({ query })) {
        const total = data?.eventVolume.total ?? 0;
        for (counted += 1; counted <= total; counted += 1) {
          const at = posted.get(`probe-${counted}`);
          if (at !== undefined) metricDelays.push(performance.now() - at);
        }
        counted = total;
      }
    })();
    let probes = 0;
    const probe = async (): Promise<void> => {
      probes += 1;
      const id = `probe-${probes}`;
      posted.set(id, performance.now());
      await postEvents(stack, importerKey, [event(id, 'probe')]);
    };
    // Until the tail is open nothing of it can be measured.
    while (!isTailing || counted < 1) {
      await probe();
      await pause(PROBE_EVERY_MS);
    }
    tailDelays.length = 0;
    metricDelays.length = 0;
    await Promise.all([
      every(100, SECONDS, (n) =>
        postEvents(
          stack,
          importerKey,
          Array.from({ length: BACKGROUND / 10 }, (_, i) => event(`b-${n}-${i}`, 'background')),
        ),
      ),
      every(PROBE_EVERY_MS, SECONDS, probe),
      every(5_000, SECONDS, async () => memory.push(residentMb(stack))),
    ]);
    await pause(2_000);
    await client.dispose();
    await Promise.all([tailing, counting]);
  } finally {
    await stack.stop();
  }
  const third = quantile(memory.slice(0, Math.ceil(memory.length / 3)), 1);
  const end = quantile(memory.slice(-3), 0.5);
  const ms = (values: readonly number[]) => ({
    probes: values.length,
    'p50 ms': quantile(values, 0.5).toFixed(0),
    'p99 ms': quantile(values, 0.99).toFixed(0),
  });
  const figures: Figure[] = [
    {
      name: `live ${mode} POST to tail, p99 ÷ ${TAIL_MS} ms`,
      ratio: quantile(tailDelays, 0.99) / TAIL_MS,
      bar: 1,
      isUpperBound: true,
      values: ms(tailDelays),
    },
    {
      name: `live ${mode} POST to metric, p99 ÷ ${METRIC_MS} ms`,
      ratio: quantile(metricDelays, 0.99) / METRIC_MS,
      bar: 1,
      isUpperBound: true,
      values: ms(metricDelays),
    },
    {
      name: `live ${mode} memory at the end ÷ after a third`,
      ratio: end / third,
      bar: FLAT,
      isUpperBound: true,
      values: { 'third MB': third.toFixed(0), 'end MB': end.toFixed(0) },
    },
  ];
  if (mode === 'embedded') {
    const parts = await mostParts(directory);
    figures.push({
      name: `live ${mode} most parts of a table ÷ ${MANY_PARTS}`,
      ratio: parts / MANY_PARTS,
      bar: 1,
      isUpperBound: true,
      values: { parts },
    });
  }
  rmSync(directory, { recursive: true, force: true });
  return figures;
}

/** From the POST of an event to the tail and to a subscribed metric, while other events come. */
export const live: Benchmark = {
  name: 'live',
  async run() {
    return [...(await measure('embedded')), ...(await measure('scaled'))];
  },
};
