import { deepStrictEqual } from 'node:assert';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Figure, median } from './benchmark.js';
import type { LoadCommand, LoadResult } from './gateway/gateway-load.js';
import { bodiesOf, type GatewayCase } from './gateway/gateway-questions.js';
import type { GatewayUsage, Rival } from './gateway/gateway-server.js';
import { SECRET } from './gateway/gateway-stub.js';
import { measureWarehouseShare } from './gateway/warehouse-share.js';

const ROUNDS = Number(process.env.GATEWAY_ROUNDS ?? 9);
const WINDOW_MS = Number(process.env.GATEWAY_WINDOW_MS ?? 1_500);
const CONNECTIONS = 16;
/** Answers that each server gives first, so that all of its code is compiled. */
const WARM_UP = Number(process.env.GATEWAY_WARM_UP ?? 5_000);
const RIVALS: readonly Rival[] = ['raw', 'sluice', 'mercurius', 'yoga'];
const CASES: readonly GatewayCase[] = ['small', 'series'];

interface Server {
  readonly rival: Rival;
  readonly port: number;
  readonly child: ChildProcess;
}

/** What a window with one server came to. */
interface Window {
  readonly perSecond: number;
  /** Processor time of the server for each answer, which other work on the machine lengthens less. */
  readonly cpuMicros: number;
}

/** A child in its first state: it tells that it is ready. */
async function forked(file: string, args: readonly string[]) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [...args], {
    // As the program itself runs: the executors of all servers do less for developers then.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [ready] = (await once(child, 'message')) as [unknown];
  return { child, ready };
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function askChild<T>(child: ChildProcess, message: object): Promise<T> {
  const done = new AbortController();
  const answered = once(child, 'message', { signal: done.signal });
  const ended = once(child, 'exit', { signal: done.signal }).then(() => {
    throw new Error('a process of the benchmark has ended');
  });
  for (const each of [answered, ended]) each.catch(() => undefined);
  child.send(message);
  try {
    const [answer] = (await Promise.race([answered, ended])) as [T];
    return answer;
  } finally {
    done.abort();
  }
}

/** The answer to the last body of a case, without what is of the moment. */
async function answerOf({ port }: Server, kind: GatewayCase): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
    body: bodiesOf(kind).at(-1) ?? '',
  });
  return JSON.parse(await response.text(), (key, value: unknown) =>
    key === 'asOf' ? 'a moment' : value,
  );
}

async function measure(
  load: ChildProcess,
  server: Server,
  kind: GatewayCase,
  atLeast = 0,
): Promise<Window> {
  const before = await askChild<GatewayUsage>(server.child, {});
  const result = await askChild<LoadResult>(load, {
    port: server.port,
    secret: SECRET,
    bodies: bodiesOf(kind),
    connections: CONNECTIONS,
    forMs: WINDOW_MS,
    atLeast,
  } satisfies LoadCommand);
  const after = await askChild<GatewayUsage>(server.child, {});
  const { answers, seconds, failures } = result;
  if (failures > 0) throw new Error(`${server.rival}: ${failures} of ${answers} answers failed`);
  return {
    perSecond: answers / seconds,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / answers,
  };
}

function figuresOf(windows: ReadonlyMap<string, readonly Window[]>): readonly Figure[] {
  const of = (rival: Rival, kind: GatewayCase, value: keyof Window): number =>
    median((windows.get(`${rival} ${kind}`) ?? []).map((window) => window[value]));
  const figure = (kind: GatewayCase, against: Rival, bar: number): Figure => {
    const told = (rival: Rival): string =>
      `${of(rival, kind, 'perSecond').toFixed(0)}/s, ${of(rival, kind, 'cpuMicros').toFixed(0)} µs of processor`;
    const byClock = of('sluice', kind, 'perSecond') / of(against, kind, 'perSecond');
    return {
      name: `gateway ${kind} ÷ ${against}, answers per processor time`,
      ratio: of(against, kind, 'cpuMicros') / of('sluice', kind, 'cpuMicros'),
      bar,
      values: {
        ours: told('sluice'),
        [against]: told(against),
        'by the clock': byClock.toFixed(2),
      },
    };
  };
  return [
    figure('series', 'raw', 0.6),
    figure('series', 'mercurius', 0.9),
    figure('small', 'yoga', 4),
  ];
}

/**
 * A small answer and a series of 500 by 6 over HTTP, with authentication, limits, cost and metrics,
 * no answer kept, over a warehouse that answers at once; beside raw Fastify, Mercurius with jit and
 * Yoga, which have the same schema and their answers ready. Interleaved; each server and the load are
 * processes of their own. Then the share of the gateway in answers of the embedded engine.
 */
export const gateway: Benchmark = {
  name: 'gateway',
  async run() {
    const children: ChildProcess[] = [];
    const windows = new Map<string, Window[]>();
    try {
      const servers: Server[] = [];
      for (const rival of RIVALS) {
        const { child, ready } = await forked('./gateway/gateway-server.js', [rival]);
        children.push(child);
        servers.push({ rival, child, ...(ready as { port: number }) });
      }
      const { child: load } = await forked('./gateway/gateway-load.js', []);
      children.push(load);
      for (const kind of CASES) {
        const [raw, ...others] = await Promise.all(servers.map((each) => answerOf(each, kind)));
        for (const other of others) deepStrictEqual(other, raw);
        // The first windows warm up and count for nothing.
        for (let round = -1; round < ROUNDS; round += 1) {
          for (const server of servers) {
            const window = await measure(load, server, kind, round < 0 ? WARM_UP : 0);
            process.stderr.write(`${round} ${server.rival} ${kind} ${JSON.stringify(window)}\n`);
            if (round < 0) continue;
            const name = `${server.rival} ${kind}`;
            windows.set(name, [...(windows.get(name) ?? []), window]);
          }
        }
      }
    } finally {
      for (const child of children) await stopped(child);
    }
    return [...figuresOf(windows), ...(await measureWarehouseShare())];
  },
};
