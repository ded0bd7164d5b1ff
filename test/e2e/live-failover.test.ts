import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../testkit/deadline.js';
import { openGraphqlSocket } from '../testkit/graphql-client.js';
import { between, randomNumbers } from '../testkit/random-numbers.js';
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
  readonly sequence: number;
  readonly run: string;
  readonly isGap: boolean;
  readonly value: string;
}

interface TailBatch {
  readonly events: readonly { readonly eventId: string }[];
}

let stack: Stack;
let gateways: Awaited<ReturnType<Stack['startGateway']>>[];
beforeAll(async () => {
  stack = await startStack('scaled');
  gateways = [await stack.startGateway(), await stack.startGateway()];
}, 240_000);
afterAll(() => stack?.stop(), 120_000);

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
          resumeFrom = live.resumeFrom;
          seen.push({
            sequence: live.sequence,
            run: live.resumeFrom.split('.')[0] ?? '',
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

test(`either of two gateways is killed ${KILLS} times: no subscriber misses or repeats a result`, async () => {
  const random = randomNumbers(SEED);
  const { importerKey, readKey } = await createTestProject(stack, 'failover');
  let posted = 0;
  const sent: string[] = [];
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
    /** Posts until every subscriber has seen something new. */
    const progress = async (what: string): Promise<void> => {
      const before = subscribers.map(({ seen }) => seen.length);
      await eventually(
        what,
        async () => {
          await post();
          return subscribers.every(({ seen }, index) => seen.length > (before[index] ?? 0));
        },
        90_000,
      );
    };
    await progress('the first results');
    const before = new Set(sent);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const place = between(random, 0, 1);
      const victim = gateways[place];
      await Promise.all([victim?.started.kill('SIGKILL'), post(), post()]);
      await progress(`results after kill ${kill}`);
      gateways[place] = await stack.startGateway();
    }
    await progress('results at the end');
    await untilIngested({
      ...stack,
      urls: stack.urls.filter((url) => !stack.gatewayUrls.includes(url)),
    });
    for (const { question, seen, refusals } of subscribers) {
      const { field, args, selection } = question;
      if (question === TAIL) {
        const last = sent.filter((id) => !before.has(id)).sort();
        const arrived = (): string[] =>
          seen
            .flatMap(({ value }) => (JSON.parse(value) as TailBatch).events)
            .map(({ eventId }) => eventId)
            .filter((id) => !before.has(id))
            .sort();
        await eventually('the last event', () => arrived().length >= last.length);
        expect(arrived()).toEqual(last);
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
      expect(seen.filter(({ isGap }) => isGap)).toEqual([]);
      expect(new Set(seen.map(({ run }) => run)).size).toBe(1);
      const from = seen[0]?.sequence ?? 0;
      expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, index) => from + index));
    }
    // What both subscribers of a question have seen under one number is one result.
    for (const { field } of [...QUESTIONS, TAIL]) {
      const results = new Map<number, Set<string>>();
      for (const { question, seen } of subscribers) {
        if (question.field !== field) continue;
        for (const { sequence, value } of seen) {
          results.set(sequence, (results.get(sequence) ?? new Set()).add(value));
        }
      }
      expect([...results.values()].every(({ size }) => size === 1)).toBe(true);
    }
  } finally {
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
  }
}, 600_000);
