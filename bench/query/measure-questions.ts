import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { statement } from '../../src/warehouse/statement.js';
import { type Figure, median } from '../benchmark.js';
import { openWorld, type World } from '../world/open-world.js';
import { ASKED, type Asked, benchContext, measure, peakMemoryMb } from './ask.js';
import { HAND_WRITTEN } from './hand-written/hand-written.js';
import { difference } from './hand-written/peer.js';
import type { UsualQuestion } from './usual-question.js';

const ROUNDS = 5;
const MOST_MEMORY_MB = 1_024;
/** Ours may take so much longer than a hand-written statement. */
const PEER_BAR = 1.3;

interface Result {
  readonly ours: readonly Asked[];
  readonly peer: readonly Asked[] | null;
  /** What the hand-written statement tells otherwise; null when it tells the same. */
  readonly otherwise: string | null;
  readonly cold: Asked | null;
  readonly memoryMb: number;
}

/**
 * Asks questions over 90 days of generated worlds, warm and cold, beside their hand-written
 * statements, interleaved, which must tell the same numbers. Times are of the clock; processor time is told beside them, for machines
 * that do other work at the same time.
 *
 * `BENCH_EVENTS` asks for other sizes than 2 and 20 million, `BENCH_QUESTIONS` for questions whose
 * names begin so. The last size is held against the bars.
 */
export async function measureQuestions(
  benchmark: string,
  all: readonly UsualQuestion[],
): Promise<readonly Figure[]> {
  const wanted = (process.env.BENCH_QUESTIONS ?? '').split(',');
  const questions = all.filter(({ name }) => wanted.some((prefix) => name.startsWith(prefix)));
  const sizes = (process.env.BENCH_EVENTS ?? '2000000,20000000').split(',').map(Number);
  const bySize = new Map<number, Map<string, Result>>();
  for (const events of sizes) bySize.set(events, await askAll(events, questions));
  return questions.flatMap((question) => figuresOf(benchmark, question, bySize));
}

async function askAll(
  events: number,
  questions: readonly UsualQuestion[],
): Promise<Map<string, Result>> {
  const cold = new Map(questions.map(({ name }) => [name, askCold(events, name)]));
  const world = await openWorld(events);
  const results = new Map<string, Result>();
  for (const question of questions) {
    const warm = await askWarm(world, question);
    results.set(question.name, { ...warm, cold: cold.get(question.name) ?? null });
    process.stderr.write(
      `${events} ${question.name} ${median(warm.ours.map((each) => each.wallMs)).toFixed(0)} ms\n`,
    );
  }
  await world.stop();
  return results;
}

/** In a process of its own, which has none of the engine's caches. */
function askCold(events: number, name: string): Asked | null {
  const script = fileURLToPath(new URL('./ask-cold.js', import.meta.url));
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--no-warnings', script, String(events), name],
    { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '24' } },
  );
  return status === 0 ? (JSON.parse(stdout) as Asked) : null;
}

async function askWarm(world: World, question: UsualQuestion): Promise<Omit<Result, 'cold'>> {
  const { context, rows } = benchContext(world);
  const ask = () => question.ask(context, ASKED);
  const hand = HAND_WRITTEN[question.name];
  const byHand = async (): Promise<readonly object[]> => {
    const statements = [hand?.sql ?? []].flat();
    const results = await Promise.all(
      statements.map((sql) =>
        context.warehouse.query(statement<object>('bench.hand_written', sql)),
      ),
    );
    return results.flatMap((result) => result.rows);
  };
  const ours: Asked[] = [];
  const peer: Asked[] = [];
  const answer = await ask();
  const otherwise = hand === undefined ? null : difference(hand, answer, await byHand());
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await measure(rows, ask));
    if (hand !== undefined) peer.push(await measure(rows, byHand));
  }
  return {
    ours,
    peer: hand === undefined ? null : peer,
    otherwise,
    memoryMb: await peakMemoryMb(world, ask),
  };
}

function figuresOf(
  benchmark: string,
  { name, barMs }: UsualQuestion,
  bySize: ReadonlyMap<number, ReadonlyMap<string, Result>>,
): readonly Figure[] {
  const all = [...bySize].flatMap(([events, results]) => {
    const result = results.get(name);
    return result === undefined ? [] : [{ events, result }];
  });
  const last = all.at(-1);
  if (last === undefined) return [];
  const { ours, peer, otherwise, memoryMb } = last.result;
  const p95 = Math.max(...ours.map((each) => each.wallMs));
  const values: Record<string, string> = {};
  for (const { events, result } of all) values[`${events / 1e6}M`] = told(result);
  const upper = { isUpperBound: true, values } as const;
  const figures: Figure[] = [
    { name: `${benchmark}-${name}-p95`, ratio: p95 / barMs, bar: 1, ...upper },
    {
      name: `${benchmark}-${name}-memory`,
      ratio: memoryMb / MOST_MEMORY_MB,
      bar: 1,
      isUpperBound: true,
      values: { MB: memoryMb.toFixed(0) },
    },
  ];
  if (peer !== null) {
    const mine = median(ours.map((each) => each.cpuMs));
    const theirs = median(peer.map((each) => each.cpuMs));
    figures.push({
      name: `${benchmark}-${name}-hand-written`,
      // Whoever answers something else is no measure.
      ratio: otherwise === null ? mine / theirs : Number.POSITIVE_INFINITY,
      bar: PEER_BAR,
      isUpperBound: true,
      values: {
        ...(otherwise === null ? {} : { 'not the same numbers': otherwise }),
        'ours cpu ms': mine.toFixed(0),
        'hand-written cpu ms': theirs.toFixed(0),
        'hand-written rows': peer[0]?.rows ?? 0,
      },
    });
  }
  return figures;
}

function told({ ours, cold }: Result): string {
  const wall = ours.map((each) => each.wallMs);
  const cpu = median(ours.map((each) => each.cpuMs));
  return `p50 ${median(wall).toFixed(0)} ms p95 ${Math.max(...wall).toFixed(0)} ms cold ${cold?.wallMs.toFixed(0) ?? 'failed'} ms cpu ${cpu.toFixed(0)} ms rows ${ours[0]?.rows ?? 0}`;
}
