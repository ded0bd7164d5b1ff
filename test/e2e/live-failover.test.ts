import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../testkit/deadline.js';
import { freePort } from '../testkit/free-port.js';
import { openGraphqlSocket } from '../testkit/graphql-client.js';
import { between, type Random, randomNumbers } from '../testkit/random-numbers.js';
import { type RunningRedis, startRedis } from '../testkit/redis.js';
import {
  askGraphql,
  createTestProject,
  postEvents,
  type Stack,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

const KILLS = Number(process.env.FAILOVER_KILLS ?? 10);
const SEED = Number(process.env.FAILOVER_SEED ?? 20_261_128);
const RANGE = 'range: { from: "2026-03-01", to: "2026-03-31" }';
const STEPS = 'steps: [{ event: "page_view" }, { event: "signup" }]';
/** What is asked, as a query and as its twin, and the number that it is about. */
const QUESTIONS = [
  { field: 'eventVolume', args: RANGE, selection: '{ total }' },
  { field: 'uniqueUsers', args: `${RANGE}, event: { event: "signup" }`, selection: '{ total }' },
  { field: 'sessions', args: RANGE, selection: '{ total users }' },
  { field: 'funnel', args: `${RANGE}, ${STEPS}`, selection: '{ result { counts } }' },
] as const;
/** Has no query beside it: each event is in one batch, as often as it was sent. */
const TAIL = { field: 'eventTail', args: '', selection: '{ events { eventId } dropped }' } as const;
type Followed = (typeof QUESTIONS)[number] | typeof TAIL;

interface Seen {
  /** Both null for a result that was not kept: Redis was away. */
  readonly sequence: number | null;
  readonly run: string | null;
  readonly isGap: boolean;
  readonly value: string;
}

interface TailBatch {
  readonly events: readonly { readonly eventId: string }[];
}

let stack: Stack;
let gateways: Awaited<ReturnType<Stack['startGateway']>>[];
let redis: RunningRedis;
let redisPort: number;
let redisFolder: string;
/** Starts Redis where it was, with what it had written down. */
const openRedis = (): Promise<RunningRedis> =>
  startRedis({ isOwn: true, port: redisPort, directory: redisFolder });

beforeAll(async () => {
  redisPort = await freePort();
  redisFolder = await mkdtemp(join(tmpdir(), 'sluice-failover-'));
  redis = await openRedis();
  stack = await startStack('scaled', { CACHE_URL: redis.url, PUBSUB_URL: redis.url });
  gateways = [await stack.startGateway(), await stack.startGateway()];
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  await redis?.stop();
  await rm(redisFolder, { recursive: true, force: true });
}, 120_000);

/** A subscriber that goes to the other gateway whenever its own is gone. */
function follow(question: Followed, key: string, first: number) {
  const seen: Seen[] = [];
  const refusals: unknown[] = [];
  let resumeFrom: string | undefined;
  let isOver = false;
  let close = (): void => undefined;
  const { field, args, selection } = question;
  const given = args === '' ? '' : `(${args}, intervalMs: 250)`;
  const query = `subscription { ${field}${given} ${selection} }`;
  const running = (async () => {
    for (let turn = first; !isOver; turn += 1) {
      const url = gateways[turn % 2]?.url ?? '';
      try {
        const socket = await openGraphqlSocket({
          url: `${url.replace('http', 'ws')}/graphql`,
          deadlineMs: 60_000,
        });
        close = () => socket.close();
        await socket.init(key);
        const extensions = resumeFrom === undefined ? {} : { extensions: { resumeFrom } };
        socket.send({ id: 'a', type: 'subscribe', payload: { query, ...extensions } });
        for (;;) {
          const { payload } = (await socket.next()) as {
            payload: {
              data?: Record<string, unknown>;
              errors?: unknown;
              extensions: { live: { sequence: number; resumeFrom: string; isGap?: true } };
            };
          };
          if (payload.errors !== undefined) refusals.push(payload.errors);
          const { live } = payload.extensions;
          resumeFrom = live.resumeFrom ?? resumeFrom;
          seen.push({
            sequence: live.sequence,
            run: live.resumeFrom?.split('.')[0] ?? null,
            isGap: live.isGap === true,
            value: JSON.stringify(payload.data?.[field]),
          });
        }
      } catch {
        // The gateway is gone, or not there yet: the other one is asked.
      }
    }
  })();
  return {
    question,
    seen,
    refusals,
    async stop() {
      isOver = true;
      close();
      await running;
    },
  };
}

/**
 * Who is killed, in random order: the two gateways, by place, and Redis, each as often as the others.
 * Of ten kills four are of Redis: it comes back twice with what it had written and twice without.
 */
function randomVictims(random: Random): readonly (0 | 1 | 'redis')[] {
  const inTurn = ['redis', 0, 1] as const;
  return Array.from({ length: KILLS }, (_, kill) => ({
    victim: inTurn[kill % inTurn.length] ?? 'redis',
    at: random(),
  }))
    .sort((one, other) => one.at - other.at)
    .map(({ victim }) => victim);
}

const placeOf = ({ run, sequence }: Seen): string => `${run}.${sequence}`;

const tailedIds = (seen: readonly Seen[]): string[] =>
  seen
    .flatMap(({ value }) => (JSON.parse(value) as TailBatch).events)
    .map(({ eventId }) => eventId);

test(`either of two gateways or Redis is killed ${KILLS} times: no subscriber misses or repeats a result unless it is told`, async () => {
  const random = randomNumbers(SEED);
  const victims = randomVictims(random);
  const { importerKey, readKey } = await createTestProject(stack, 'failover');
  let posted = 0;
  let sent: string[] = [];
  /** Sent while Redis could not be relied on: the tail says that such events may be missing. */
  const uncertain = new Set<string>();
  const post = async (): Promise<void> => {
    const events = Array.from({ length: 5 }, () => {
      posted += 1;
      const day = String(between(random, 1, 28)).padStart(2, '0');
      return {
        // One in five is a copy of an earlier one.
        event_id: `e${random() < 0.2 ? between(random, 1, posted) : posted}`,
        event_name: random() < 0.5 ? 'page_view' : 'signup',
        timestamp: `2026-03-${day}T10:00:00Z`,
        received_at: `2026-03-${day}T10:00:01Z`,
        platform: 'web',
        // Answers must not stop moving: half of the devices are new.
        anonymous_id: `d${random() < 0.5 ? between(random, 1, 40) : posted}`,
        url: 'https://shop.example/',
      };
    });
    sent.push(...events.map(({ event_id: id }) => id));
    await postEvents(stack, importerKey, events);
  };
  const subscribers = [...QUESTIONS, TAIL].flatMap((question) => [
    follow(question, readKey, 0),
    follow(question, readKey, 1),
  ]);
  try {
    /** Posts until every subscriber has seen something new that another gateway could go on behind. */
    const progress = async (what: string): Promise<void> => {
      const before = keptCounts();
      await eventually(
        what,
        async () => {
          await post();
          return keptCounts().every((count, index) => count > (before[index] ?? 0));
        },
        90_000,
      );
    };
    const keptCounts = (): number[] =>
      subscribers.map(({ seen }) => seen.filter(({ sequence }) => sequence !== null).length);
    await progress('the first results');
    const before = new Set(sent);
    const tails = subscribers.filter(({ question }) => question === TAIL);
    const isCertain = (id: string): boolean => !before.has(id) && !uncertain.has(id);
    /** Until the tails have what was sent, so that nothing is on its way when Redis dies. */
    const untilTailed = async (): Promise<void> => {
      const expected = sent.filter(isCertain).length;
      await eventually('the last event', () =>
        tails.every(({ seen }) => tailedIds(seen).filter(isCertain).length >= expected),
      );
    };
    /** Where in the results of each subscriber something may be missing, and is said to be. */
    const outages: { readonly from: number[]; readonly to: number[] }[] = [];
    const killRedis = async (kill: number): Promise<void> => {
      const isForgotten = outages.length % 2 === 1;
      await untilTailed();
      const from = subscribers.map(({ seen }) => seen.length);
      const certain = sent;
      sent = [];
      await Promise.all([redis.kill(), post(), post()]);
      if (isForgotten) await rm(join(redisFolder, 'appendonlydir'), { recursive: true });
      redis = await openRedis();
      await progress(`results after kill ${kill}, of Redis`);
      for (const id of sent) uncertain.add(id);
      sent = [...certain, ...sent];
      // What is still on its way of the time without Redis.
      await progress('results with Redis again');
      outages.push({ from, to: subscribers.map(({ seen }) => seen.length) });
    };
    for (const [index, victim] of victims.entries()) {
      const kill = index + 1;
      if (victim === 'redis') {
        await killRedis(kill);
        continue;
      }
      await Promise.all([gateways[victim]?.started.kill('SIGKILL'), post(), post()]);
      await progress(`results after kill ${kill}`);
      gateways[victim] = await stack.startGateway();
    }
    expect(outages.length).toBeGreaterThan(KILLS >= 10 ? 1 : -1);
    await progress('results at the end');
    await untilIngested({
      ...stack,
      urls: stack.urls.filter((url) => !stack.gatewayUrls.includes(url)),
    });
    for (const [index, { question, seen, refusals }] of subscribers.entries()) {
      const { field, args, selection } = question;
      if (question === TAIL) {
        await untilTailed();
        expect(tailedIds(seen).filter(isCertain).sort()).toEqual(sent.filter(isCertain).sort());
      } else
        await eventually(`the final answer of ${field}`, async () => {
          const answer = await askGraphql<Record<string, unknown>>(
            gateways[0]?.url ?? '',
            readKey,
            `{ ${field}(${args}) ${selection} }`,
          );
          return seen.at(-1)?.value === JSON.stringify(answer[field]);
        });
      expect(refusals).toEqual([]);
      // Gaps are told of outages of Redis alone: a row is lost with it, or cannot be read meanwhile.
      const mayBreak = (at: number): boolean =>
        outages.some(({ from, to }) => at >= (from[index] ?? 0) && at < (to[index] ?? 0));
      const broken = seen.flatMap(({ isGap }, at) => (isGap ? [at] : []));
      expect(broken.filter((at) => !mayBreak(at))).toEqual([]);
      const kept = seen.filter(({ sequence }) => sequence !== null);
      const isSilentBreak = (each: Seen, at: number): boolean => {
        const previous = kept[at - 1];
        if (previous === undefined || each.isGap) return false;
        return each.run !== previous.run || each.sequence !== (previous.sequence ?? 0) + 1;
      };
      expect(kept.filter(isSilentBreak)).toEqual([]);
      expect(new Set(kept.map(placeOf)).size).toBe(kept.length);
    }
    // What both subscribers of a question have seen under one number is one result.
    for (const { field } of [...QUESTIONS, TAIL]) {
      const results = new Map<string, Set<string>>();
      for (const { question, seen } of subscribers) {
        if (question.field !== field) continue;
        for (const each of seen) {
          if (each.sequence === null) continue;
          const place = placeOf(each);
          results.set(place, (results.get(place) ?? new Set()).add(each.value));
        }
      }
      expect([...results.values()].every(({ size }) => size === 1)).toBe(true);
    }
  } finally {
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
  }
}, 600_000);
