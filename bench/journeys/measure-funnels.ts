import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import { statement } from '../../src/warehouse/statement.js';
import { type Figure, median } from '../benchmark.js';
import { type Contender, contender, interleave, p95, told } from './contenders.js';
import { EXCLUDED, type JourneyData, STEPS } from './fill-events.js';

const ROUNDS = Number(process.env.JOURNEY_ROUNDS ?? 20);
const WINDOW_MS = 14 * 86_400_000;
/** Bars of 30 days of 10 million events, p95. */
const FULL_MS = 1_500;
const DEPTH_MS = 600;
const MEMORY_MB = 1_024;

/**
 * Funnels of 5 steps: ours for depth alone, and with times, an exclusion and a breakdown; beside
 * them `windowFunnel`, which knows depth alone, and a statement with times as one writes it by hand,
 * which takes the first event of every step after the one before. Interleaved, so that all meet the
 * same machine.
 */
export async function measureFunnels(data: JourneyData): Promise<readonly Figure[]> {
  const { warehouse, database } = data;
  const context = {
    warehouse,
    database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
    clock: () => data.toMs,
  };
  const depth = questionOf(data);
  const full: FunnelQuestion = {
    ...depth,
    exclusions: [{ event: { event: EXCLUDED }, fromStep: 1, toStep: 5 }],
    breakdown: { dimension: 'browser', attribution: 'first_touch' },
    timeBounds: [60, 3_600, 86_400],
    grain: 'day',
  };
  const ours = contender('depth', () => computeFunnel(context, depth));
  const oursFull = contender('full', () => computeFunnel(context, full));
  const engine = contender('windowFunnel', () => warehouse.query(windowFunnel(data)));
  const byHand = contender('by hand', () => warehouse.query(handWritten(data)));
  const contenders = [ours, engine, oursFull, byHand];
  const peakMb = await interleave(contenders, ROUNDS);
  await expectEqualDepth(ours, engine);
  const values = told(contenders);
  const upper = (name: string, ratio: number, bar: number): Figure => ({
    ...{ name, ratio, bar, isUpperBound: true },
    values: { events: data.events, ...values },
  });
  return [
    upper('journeys-funnel-full-p95', p95(oursFull.ms) / FULL_MS, 1),
    upper('journeys-funnel-depth-p95', p95(ours.ms) / DEPTH_MS, 1),
    upper('journeys-funnel-windowFunnel', median(ours.ms) / median(engine.ms), 1.5),
    upper('journeys-funnel-hand-written', median(oursFull.ms) / median(byHand.ms), 1),
    upper('journeys-funnel-memory', peakMb / MEMORY_MB, 1),
  ];
}

function questionOf({ projectId, fromMs, toMs }: JourneyData): FunnelQuestion {
  return {
    projectId,
    range: {
      kind: 'instants',
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    },
    timeZone: 'UTC',
    steps: STEPS.map((event) => ({ event })),
    order: 'ordered',
    windowSeconds: WINDOW_MS / 1000,
    per: 'user',
    exclusions: [],
    filter: [],
    includeBots: false,
  };
}

const LIST = STEPS.map((name) => `'${name}'`).join(', ');

/** The events of the steps with their person, as both statements read them. */
function personEvents({ database, projectId, fromMs, toMs }: JourneyData): string {
  const at = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;
  return `SELECT multiIf(user_id != '', concat('u', user_id), link_user != '', concat('u', link_user), concat('d', anonymous_id)) AS person, toUInt64(toUnixTimestamp64Milli(occurred_at)) AS ms, event_name
FROM ${database}.silver_events
LEFT ANY JOIN (SELECT anonymous_id AS device, tupleElement(min(first_link), 3) AS link_user FROM ${database}.silver_identity_links WHERE project_id = '${projectId}' GROUP BY anonymous_id) AS links ON anonymous_id = device
WHERE project_id = '${projectId}' AND occurred_at >= ${at(fromMs)} AND occurred_at < ${at(toMs)} AND NOT is_bot AND event_name IN (${LIST})`;
}

function windowFunnel(data: JourneyData) {
  const steps = STEPS.map((name) => `event_name = '${name}'`).join(', ');
  return statement<{ readonly depth: number; readonly n: number }>(
    'bench.window_funnel',
    `SELECT depth, count() AS n FROM (SELECT person, windowFunnel(${WINDOW_MS})(ms, ${steps}) AS depth FROM (${personEvents(data)}) GROUP BY person) GROUP BY depth`,
  );
}

function handWritten(data: JourneyData) {
  const times = STEPS.map(
    (name, i) => `arraySort(groupArrayIf(ms, event_name = '${name}')) AS times_${i}`,
  );
  const steps = STEPS.slice(1).map(
    (_, i) =>
      `if(step_${i} = 0, 0, arrayFirst(t -> t >= step_${i} AND t - step_0 <= ${WINDOW_MS}, times_${i + 1})) AS step_${i + 1}`,
  );
  const columns = STEPS.slice(1).map(
    (_, i) =>
      `countIf(step_${i + 1} > 0), avgIf(step_${i + 1} - step_${i}, step_${i + 1} > 0), quantileExactIf(0.5)(step_${i + 1} - step_${i}, step_${i + 1} > 0)`,
  );
  return statement(
    'bench.by_hand',
    `SELECT countIf(step_0 > 0), ${columns.join(', ')} FROM (SELECT if(empty(times_0), 0, times_0[1]) AS step_0, ${steps.join(', ')} FROM (SELECT ${times.join(', ')} FROM (${personEvents(data)}) GROUP BY person))`,
  );
}

/** What is compared for speed must give the same numbers. */
async function expectEqualDepth(ours: Contender, engine: Contender): Promise<void> {
  const { result } = (await ours.run()) as Awaited<ReturnType<typeof computeFunnel>>;
  const { rows } = (await engine.run()) as {
    readonly rows: readonly { readonly depth: number; readonly n: number }[];
  };
  const counts = STEPS.map((_, i) =>
    rows.reduce((sum, { depth, n }) => sum + (depth > i ? n : 0), 0),
  );
  if (JSON.stringify(counts) === JSON.stringify(result?.counts)) return;
  throw new Error(`windowFunnel counts ${counts.join(', ')}, ours ${result?.counts.join(', ')}`);
}
