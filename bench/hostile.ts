import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ACCESS } from '../test/testkit/hostile/hostile-access.js';
import { RANGE } from '../test/testkit/hostile/hostile-case.js';
import { DOCUMENTS } from '../test/testkit/hostile/hostile-documents.js';
import { INPUT } from '../test/testkit/hostile/hostile-input.js';
import { REQUESTS } from '../test/testkit/hostile/hostile-requests.js';
import { createHostileWorld } from '../test/testkit/hostile/hostile-world.js';
import { askGraphql, startStack } from '../test/testkit/stack.js';
import { startTokenIssuer } from '../test/testkit/token-issuer.js';
import { type Benchmark, median } from './benchmark.js';
import type { Attack } from './hostile/attack.js';

const ROUNDS = Number(process.env.HOSTILE_ROUNDS ?? 5);
/** Length of a window, quiet or under attack. */
const SECONDS = Number(process.env.HOSTILE_SECONDS ?? 15);
/** Clients that mean no harm, and how often each asks: far from what one process can answer. */
const CLIENTS = 8;
const EVERY_MS = 250;
/** How much slower than in quiet the slowest hundredth of their answers may be. */
const BAR = 2;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Asks as all clients do for one window. @returns Times from the due moment to the answer, ms. */
async function askAll(ask: () => Promise<unknown>): Promise<readonly number[]> {
  const delays: number[] = [];
  const startedAt = performance.now();
  const asked: Promise<void>[] = [];
  const between = EVERY_MS / CLIENTS;
  // Moments are fixed: an answer that is late makes no question wait.
  for (let n = 0; n * between < SECONDS * 1_000; n += 1) {
    const dueAt = startedAt + n * between;
    await pause(dueAt - performance.now());
    asked.push(
      ask().then(() => {
        delays.push(performance.now() - dueAt);
      }),
    );
  }
  await Promise.all(asked);
  return delays;
}

/** Sends the suite from a thread of its own while work is done. @returns Operations a second too. */
async function underAttack<T>(attack: Attack, work: () => Promise<T>) {
  const thread = new Worker(new URL('./hostile/attack.js', import.meta.url), {
    workerData: attack,
  });
  await once(thread, 'online');
  const startedAt = performance.now();
  const result = await work();
  thread.postMessage('stop');
  const [sent] = (await once(thread, 'message')) as [number];
  await thread.terminate();
  return { result, perSecond: (sent * 1_000) / (performance.now() - startedAt) };
}

/** How well other clients are answered while somebody sends the hostile suite without a pause. */
export const hostile: Benchmark = {
  name: 'hostile',
  async run() {
    const issuer = await startTokenIssuer();
    const stack = await startStack('embedded', issuer.env);
    try {
      const world = await createHostileWorld(stack, issuer);
      const classes = [...DOCUMENTS, ...INPUT, ...REQUESTS, ...ACCESS];
      const attack = { url: world.url, cases: classes.flatMap((each) => each.cases(world)) };
      const query = `{ eventVolume(${RANGE}, grain: DAY) { total series { values } } }`;
      const ask = () => askGraphql(world.url, world.keys.reader, query);
      // The first of everything is slower.
      await underAttack(attack, () => askAll(ask));
      const quiet: (readonly number[])[] = [];
      const attacked: (readonly number[])[] = [];
      const rates: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        quiet.push(await askAll(ask));
        const { result, perSecond } = await underAttack(attack, () => askAll(ask));
        attacked.push(result);
        rates.push(perSecond);
      }
      const of = (windows: readonly (readonly number[])[], share: number): number =>
        median(windows.map((delays) => quantile(delays, share)));
      return [
        {
          name: 'hostile p99 of others under attack ÷ in quiet',
          ratio: of(attacked, 0.99) / of(quiet, 0.99),
          bar: BAR,
          isUpperBound: true,
          values: {
            'hostile operations': attack.cases.length,
            'hostile operations/s': median(rates).toFixed(0),
            'questions of others/s': ((CLIENTS * 1_000) / EVERY_MS).toFixed(0),
            'quiet p50/p99 ms': `${of(quiet, 0.5).toFixed(1)}/${of(quiet, 0.99).toFixed(1)}`,
            'attacked p50/p99 ms': `${of(attacked, 0.5).toFixed(1)}/${of(attacked, 0.99).toFixed(1)}`,
          },
        },
      ];
    } finally {
      await stack.stop();
      await issuer.stop();
    }
  },
};
