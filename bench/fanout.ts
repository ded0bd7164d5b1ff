import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Figure, median } from './benchmark.js';
import { openFanoutClients } from './fanout/fanout-clients.js';
import type { FanoutCommand, FanoutUsage } from './fanout/fanout-server.js';

const CLIENTS = Number(process.env.FANOUT_CLIENTS ?? 5_000);
const ROUNDS = Number(process.env.FANOUT_ROUNDS ?? 3);
/** Ticks per second, and for how many seconds. */
const RATES = [
  { perSecond: 1, seconds: 6 },
  { perSecond: 10, seconds: 4 },
] as const;
const SETTLE_MS = 2_500;
/** Longest wait for what a server that cannot keep up sends late. */
const LATE_MS = 60_000;
const DELIVERY_MS = 150;
const CLIENT_KB = 15;

type Rival = 'raw' | 'raw-sse' | 'plain' | 'sluice';
type Transport = 'websocket' | 'sse';

/** What one run at one rate came to. */
interface Run {
  readonly case: string;
  readonly microsPerMessage: number;
  readonly p50: number;
  readonly p99: number;
  readonly kbPerClient: number;
  readonly executions: number;
  readonly deliveredShare: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function usageOf(
  server: ChildProcess,
  kind: 'usage' | 'usage of memory' = 'usage',
): Promise<FanoutUsage> {
  const answered = once(server, 'message');
  server.send({ kind } satisfies FanoutCommand);
  const [usage] = (await answered) as [FanoutUsage];
  return usage;
}

function caseOf(rival: Rival, transport: Transport, questions: number, perSecond: number): string {
  return `${rival} ${transport} ${questions} ${perSecond}`;
}

/** One server with all its clients, at both rates. */
async function measure(rival: Rival, transport: Transport, questions: number): Promise<Run[]> {
  const path = fileURLToPath(new URL('./fanout/fanout-server.js', import.meta.url));
  const server = fork(path, [rival], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const empty = await usageOf(server, 'usage of memory');
    const clients = await openFanoutClients({ port, count: CLIENTS, questions, transport });
    await pause(SETTLE_MS);
    // The first result is sent in a run that counts for nothing.
    server.send({ kind: 'tick', perSecond: 1, seconds: 1 } satisfies FanoutCommand);
    await pause(SETTLE_MS);
    const full = await usageOf(server, 'usage of memory');
    const runs: Run[] = [];
    for (const { perSecond, seconds } of RATES) {
      clients.begin();
      const before = await usageOf(server);
      server.send({ kind: 'tick', perSecond, seconds } satisfies FanoutCommand);
      await pause(seconds * 1_000 + SETTLE_MS);
      // A tick that comes late is late, not lost.
      const expected = CLIENTS * perSecond * seconds;
      const until = Date.now() + LATE_MS;
      let after = await usageOf(server);
      while ((!after.isDone || clients.received < expected) && Date.now() < until) {
        await pause(100);
        after = await usageOf(server);
      }
      const delays = clients.delays();
      const at = (share: number): number =>
        delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
      runs.push({
        case: caseOf(rival, transport, questions, perSecond),
        microsPerMessage: (after.cpuMicros - before.cpuMicros) / clients.received,
        p50: at(0.5),
        p99: at(0.99),
        kbPerClient: (full.rssBytes - empty.rssBytes) / CLIENTS / 1_000,
        executions: after.executions,
        deliveredShare: clients.received / expected,
      });
    }
    clients.stop();
    return runs;
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
}

function figuresOf(runs: readonly Run[]): Figure[] {
  const of = (name: string, value: (run: Run) => number): number =>
    median(runs.filter((run) => run.case === name).map(value));
  const micros = (name: string): number => of(name, (run) => run.microsPerMessage);
  const figures: Figure[] = [];
  for (const questions of [1, 500]) {
    for (const { perSecond } of RATES) {
      const title = `fanout ${questions} question${questions === 1 ? '' : 's'} ${perSecond}/s`;
      for (const transport of ['websocket', 'sse'] as const) {
        const rawOf = { websocket: 'raw', sse: 'raw-sse' } as const;
        const raw = caseOf(rawOf[transport], transport, questions, perSecond);
        const ours = caseOf('sluice', transport, questions, perSecond);
        const plain = caseOf('plain', 'websocket', questions, perSecond);
        const values = {
          'raw µs/message': micros(raw).toFixed(1),
          'ours µs/message': micros(ours).toFixed(1),
          ...(questions === 1 ? { 'plain graphql-ws µs/message': micros(plain).toFixed(1) } : {}),
          'raw p50/p99 ms': `${of(raw, (run) => run.p50)}/${of(raw, (run) => run.p99)}`,
          'p50/p99 ms': `${of(ours, (run) => run.p50)}/${of(ours, (run) => run.p99)}`,
          'kB/client': of(ours, (run) => run.kbPerClient).toFixed(1),
          'raw kB/client': of(raw, (run) => run.kbPerClient).toFixed(1),
          'delivered share': of(ours, (run) => run.deliveredShare).toFixed(3),
        };
        const name = `${title} ${transport}`;
        // The bar on the processor is that of one question; more of them cost executions too.
        if (questions === 1) {
          figures.push({
            name: `${name} per CPU`,
            ratio: micros(raw) / micros(ours),
            bar: 0.9,
            values,
          });
        }
        const p99 = of(ours, (run) => run.p99);
        const kb = of(ours, (run) => run.kbPerClient);
        figures.push(
          {
            name: `${name} delivered`,
            ratio: of(ours, (run) => run.deliveredShare),
            bar: 1,
            values: {},
          },
          {
            name: `${name} p99 ÷ ${DELIVERY_MS} ms`,
            ratio: p99 / DELIVERY_MS,
            bar: 1,
            isUpperBound: true,
            values,
          },
          {
            name: `${name} memory ÷ ${CLIENT_KB} kB`,
            ratio: kb / CLIENT_KB,
            bar: 1,
            isUpperBound: true,
            values,
          },
          {
            name: `${name} executions ÷ questions`,
            ratio: of(ours, (run) => run.executions) / questions,
            bar: 1,
            isUpperBound: true,
            values: {},
          },
        );
      }
    }
  }
  return figures;
}

/**
 * Subscribers of one question and of 500, beside raw broadcasts over `ws` and `node:http`, and
 * plain graphql-ws, in turns. Every server is a process of its own; the clients are bytes on sockets in this one.
 */
export const fanout: Benchmark = {
  name: 'fanout',
  async run() {
    const runs: Run[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const contestants = [
        ['raw', 'websocket', 1],
        ['sluice', 'websocket', 1],
        ['plain', 'websocket', 1],
        ['raw-sse', 'sse', 1],
        ['sluice', 'sse', 1],
        ['raw', 'websocket', 500],
        ['sluice', 'websocket', 500],
        ['raw-sse', 'sse', 500],
        ['sluice', 'sse', 500],
      ] as const;
      for (const [rival, transport, questions] of contestants) {
        const measured = await measure(rival, transport, questions);
        for (const run of measured) process.stderr.write(`${round} ${JSON.stringify(run)}\n`);
        runs.push(...measured);
      }
    }
    return figuresOf(runs);
  },
};
