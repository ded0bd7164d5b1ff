import { createMemoryCache } from '../src/cache/memory/memory-cache.js';
import { type Statement, statement } from '../src/warehouse/statement.js';
import type { WarehouseReader } from '../src/warehouse/warehouse.js';
import { type AnsweringGateway, startAnsweringGateway } from '../test/testkit/answering-gateway.js';
import { type EventJson, seedEvents } from '../test/testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../test/testkit/warehouse.js';
import { type Benchmark, type Figure, median } from './benchmark.js';

const SECONDS = Number(process.env.CACHE_SECONDS ?? 15);
const ROUNDS = Number(process.env.CACHE_ROUNDS ?? 3);
const CLIENTS = 50;
/** Events of the thirty days before. */
const HISTORY = 200_000;
/** Arriving, events a second, as so many blocks. */
const ARRIVING = 1_000;
const BLOCKS = 5;
/** From one look of a client at its dashboard to the next, ms. */
const RELOAD_MS = 1_000;
const DAY_MS = 86_400_000;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Twelve tiles: half of them with the day that events arrive for, half of days that are over. */
function dashboard(nowMs: number): string {
  const days = (from: number, to: number): string =>
    `range: { from: "${date(nowMs - from * DAY_MS)}", to: "${date(nowMs - to * DAY_MS)}" }, timeZone: "UTC"`;
  const meta = 'meta { asOf rowsRead }';
  const [now, before] = [days(29, 0), days(30, 1)];
  return `{
    today: eventVolume(${days(0, 0)}) { total ${meta} }
    volume: eventVolume(${now}, grain: DAY) { total series { values } ${meta} }
    users: uniqueUsers(${now}, grain: DAY) { total series { values } ${meta} }
    pages: pageViews(${now}) { total unique pages { values counts } ${meta} }
    sessions: sessions(${now}) { total ${meta} }
    bounce: bounceRate(${now}) { bounceRatePercent ${meta} }
    yesterday: eventVolume(${days(1, 1)}) { total ${meta} }
    volumeBefore: eventVolume(${before}, grain: DAY) { total series { values } ${meta} }
    usersBefore: uniqueUsers(${before}, grain: DAY) { total series { values } ${meta} }
    browsers: eventVolume(${before}, breakdown: "browser") { total breakdown { values counts } ${meta} }
    countries: uniqueUsers(${before}, breakdown: "country") { total breakdown { values counts } ${meta} }
    names: eventVolume(${before}, breakdown: "event_name") { total breakdown { values counts } ${meta} }
  }`;
}

interface Tile {
  readonly total?: number;
  readonly meta: { readonly asOf: string; readonly rowsRead: number };
}

interface Run {
  readonly answers: number;
  /** Of all answers, those that were kept, and those that somebody was computing anyway. */
  readonly hitShare: number;
  readonly joinedShare: number;
  readonly statementsPerSecond: number;
  readonly statementsPerAnswer: number;
  readonly stale: number;
  readonly medianMs: number;
  readonly arrivedPerSecond: number;
}

/** The warehouse, counting the statements that it runs. */
function counted(warehouse: WarehouseReader): { reader: WarehouseReader; statements: number } {
  const counting = {
    statements: 0,
    reader: {
      query<Row>(asked: Statement<Row>, options?: Parameters<WarehouseReader['query']>[1]) {
        counting.statements += 1;
        return warehouse.query(asked, options);
      },
      queryBytes(...asked: Parameters<WarehouseReader['queryBytes']>) {
        counting.statements += 1;
        return warehouse.queryBytes(...asked);
      },
    },
  };
  return counting;
}

async function fill({ warehouse, database }: TestWarehouse, nowMs: number): Promise<void> {
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const first = midnight - 30 * DAY_MS;
  await warehouse.execute(
    statement<never>(
      'bench.fill',
      `INSERT INTO ${database}.silver_events (project_id, event_id, event_name, occurred_at, received_at, queryable_at, platform, anonymous_id, url, page, browser, country, is_view)
SELECT 'default', concat('h', toString(number)), ['page_view', 'click', 'signup'][1 + number % 3] AS name,
  fromUnixTimestamp64Milli(toInt64(${first} + intDiv(number * ${30 * DAY_MS}, ${HISTORY})), 'UTC') AS at, at, at, 'web',
  toString(cityHash64(number) % 20000), 'https://shop.example/', concat('/', toString(number % 50)),
  ['Chrome', 'Safari', 'Firefox'][1 + number % 3], ['DE', 'FR', 'US'][1 + number % 3], name = 'page_view'
FROM numbers(${HISTORY})`,
    ),
  );
}

function outcomesIn(metrics: string): ReadonlyMap<string, number> {
  const outcomes = new Map<string, number>();
  for (const [, outcome = '', count] of metrics.matchAll(
    /^sluice_gateway_answers_total\{.*outcome="(\w+)".*\} (\d+)$/gm,
  )) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + Number(count));
  }
  return outcomes;
}

/** One gateway with all clients, while events arrive. */
async function measure(kit: TestWarehouse, isShared: boolean, round: string): Promise<Run> {
  const counting = counted(kit.warehouse);
  const server: AnsweringGateway = await startAnsweringGateway({
    warehouse: counting.reader,
    database: kit.database,
    ...(isShared ? { answers: createMemoryCache({ maxEntries: 10_000, clock: Date.now }) } : {}),
  });
  const client = server.client('reader');
  const nowMs = Date.now();
  const query = dashboard(nowMs);
  const totalNow = async (): Promise<number> =>
    (await client.query(query)).expectNoErrors<Record<string, Tile>>().today?.total ?? 0;
  const before = await totalNow();
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt > SECONDS * 1_000;
  /** How many events were queryable at least, from a moment on. */
  const queryable = [{ atMs: 0, total: before }];
  counting.statements = 0;
  const arriving = (async () => {
    for (let block = 0; !isOver(); block += 1) {
      const events = Array.from(
        { length: ARRIVING / BLOCKS },
        (_, n): EventJson => ({
          event_id: `${round}-${block}-${n}`,
          event_name: 'page_view',
          timestamp: new Date(nowMs).toISOString(),
          received_at: new Date(nowMs).toISOString(),
          platform: 'web',
          anonymous_id: `d${(block * 7 + n) % 3_000}`,
          url: `https://shop.example/${n % 50}`,
        }),
      );
      await seedEvents({ ...kit, projectId: 'default', batch: `${round} ${block}`, events });
      const total = (queryable.at(-1)?.total ?? 0) + events.length;
      queryable.push({ atMs: Date.now(), total });
      await pause(startedAt + ((block + 1) * 1_000) / BLOCKS - performance.now());
    }
  })();
  let answers = 0;
  let stale = 0;
  const times: number[] = [];
  const looking = Array.from({ length: CLIENTS }, async (_, index) => {
    await pause((index * RELOAD_MS) / CLIENTS);
    while (!isOver()) {
      const askedAt = performance.now();
      const sentAt = Date.now();
      const tiles = (await client.query(query)).expectNoErrors<Record<string, Tile>>();
      times.push(performance.now() - askedAt);
      for (const { meta } of Object.values(tiles)) {
        answers += 1;
        if (Date.parse(meta.asOf) < sentAt) stale += 1;
      }
      const { today } = tiles;
      const asOf = Date.parse(today?.meta.asOf ?? '');
      const least = queryable.findLast(({ atMs }) => atMs < asOf)?.total ?? 0;
      if ((today?.total ?? 0) < least) stale += 1;
      await pause(askedAt + RELOAD_MS - performance.now());
    }
  });
  await Promise.all([arriving, ...looking]);
  const seconds = (performance.now() - startedAt) / 1_000;
  const outcomes = outcomesIn(await server.metrics());
  await server.stop();
  return {
    answers,
    hitShare: (outcomes.get('hit') ?? 0) / answers,
    joinedShare: (outcomes.get('joined') ?? 0) / answers,
    statementsPerSecond: counting.statements / seconds,
    statementsPerAnswer: counting.statements / answers,
    stale,
    medianMs: median(times),
    arrivedPerSecond: ((queryable.at(-1)?.total ?? 0) - before) / seconds,
  };
}

/** A dashboard that fifty people look at while a thousand events arrive each second. */
export const cache: Benchmark = {
  name: 'cache',
  async run(): Promise<readonly Figure[]> {
    const kit = await startTestWarehouse();
    const shared: Run[] = [];
    const plain: Run[] = [];
    try {
      await fill(kit, Date.now());
      for (let round = 0; round < ROUNDS; round += 1) {
        plain.push(await measure(kit, false, `plain ${round}`));
        shared.push(await measure(kit, true, `shared ${round}`));
      }
    } finally {
      await kit.stop();
    }
    const middle = (runs: readonly Run[], of: keyof Run): number =>
      median(runs.map((run) => run[of]));
    const told = (runs: readonly Run[]): string =>
      `${middle(runs, 'statementsPerSecond').toFixed(0)} statements/s, ${(middle(runs, 'answers') / SECONDS).toFixed(0)} answers/s, dashboard p50 ${middle(runs, 'medianMs').toFixed(0)} ms, ${middle(runs, 'arrivedPerSecond').toFixed(0)} events/s`;
    const values = { shared: told(shared), 'asked anew': told(plain) };
    const stale = [...shared, ...plain].reduce((sum, run) => sum + run.stale, 0);
    return [
      {
        name: 'cache answers that lack what was queryable at their asOf',
        ratio: stale,
        bar: 0,
        isUpperBound: true,
        values: { ...values, answers: shared.reduce((sum, run) => sum + run.answers, 0) },
      },
      {
        name: 'cache hit rate, answers that nothing was asked for',
        ratio: middle(shared, 'hitShare') + middle(shared, 'joinedShare'),
        bar: 0.8,
        values: {
          kept: middle(shared, 'hitShare').toFixed(2),
          joined: middle(shared, 'joinedShare').toFixed(2),
        },
      },
      {
        name: 'cache statements per answer, shared ÷ asked anew',
        ratio: middle(shared, 'statementsPerAnswer') / middle(plain, 'statementsPerAnswer'),
        bar: 0.5,
        isUpperBound: true,
        values: {
          shared: middle(shared, 'statementsPerAnswer').toFixed(2),
          'asked anew': middle(plain, 'statementsPerAnswer').toFixed(2),
        },
      },
    ];
  },
};
