import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { eventually } from '../testkit/deadline.js';
import { type GraphqlSocket, openGraphqlSocket } from '../testkit/graphql-client.js';
import { eventStream } from '../testkit/live/event-stream.js';
import { openLiveWorld } from '../testkit/live/live-world.js';
import { createSteppedSleep } from '../testkit/live/stepped-sleep.js';
import { type TwinQuestion, twinQuestions } from '../testkit/live/twin-questions.js';
import { randomNumbers } from '../testkit/random-numbers.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/** `LIVE_QUESTIONS=100` asks more of them, for a run of its own. */
const QUESTIONS = Number(process.env.LIVE_QUESTIONS ?? 40);
const BATCHES = 4;
const SEED = Number(process.env.LIVE_SEED ?? 20_261_128);
const PROJECT = 'default';

type World = Awaited<ReturnType<typeof openLiveWorld>>;
type Answer = Readonly<Record<string, unknown>> & { readonly meta: { readonly asOf: string } };

let kit: TestWarehouse;
let schema: GraphQLSchema;
beforeAll(async () => {
  kit = await startTestWarehouse();
  schema = await createGraphqlSchema();
});
afterAll(() => kit.stop());

async function connect({ server }: World): Promise<GraphqlSocket> {
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const socket = await openGraphqlSocket({ url, deadlineMs: 300_000 });
  await socket.init('reader');
  return socket;
}

/** What tells when an answer was given; cursors of a list hold the moment of its first page. */
const ABOUT_ITS_MOMENT = new Set(['meta', 'cursor', 'startCursor', 'endCursor']);

/** An answer without when it was given, nor when that was that it is compared with. */
function said(answer: Answer): unknown {
  const kept = (key: string, value: unknown): unknown =>
    ABOUT_ITS_MOMENT.has(key) ? undefined : value;
  return JSON.parse(JSON.stringify(answer, kept));
}

/** Every tick of every question so far, by the index of the question. */
function collect(socket: GraphqlSocket, questions: readonly TwinQuestion[]) {
  const ticks = questions.map((): Answer[] => []);
  let answered = 0;
  const reading = (async () => {
    for (;;) {
      const { id = '', type, payload } = await socket.next();
      if (id.startsWith('sync')) answered += 1;
      else if (type === 'next') {
        const { data, errors } = payload as { data: Record<string, Answer>; errors?: unknown };
        const index = Number(id);
        const question = questions[index];
        if (errors !== undefined || question === undefined) {
          throw new Error(`${question?.subscription}: ${JSON.stringify(payload)}`);
        }
        const tick = data[question.twin];
        if (tick !== undefined) ticks[index]?.push(tick);
      }
    }
  })();
  let failure: unknown = null;
  reading.catch((error: unknown) => {
    failure = error;
  });
  let syncs = 0;
  return {
    ticks,
    /** Throws what went wrong while reading. */
    check(): void {
      if (failure !== null) throw failure;
    },
    /** Resolves when everything that was sent before is here. */
    async sync() {
      syncs += 1;
      socket.subscribe(`sync${syncs}`, 'query { __typename }');
      // A result and its end.
      await eventually(
        'all that was sent',
        () => {
          if (failure !== null) throw failure;
          return answered === 2 * syncs;
        },
        60_000,
      );
    },
  };
}

async function ask({ server }: World, { query, name }: TwinQuestion): Promise<Answer> {
  const response = await server.client('reader').query(query);
  const answer = response.expectNoErrors<Record<string, Answer>>()[name];
  if (answer === undefined) throw new Error(`no answer to ${query}`);
  return answer;
}

test(`every tick of ${QUESTIONS} random questions is what the query answers at its moment, and none is missing`, async () => {
  const random = randomNumbers(SEED);
  const stepped = createSteppedSleep();
  const world = await openLiveWorld(kit, {
    sleep: stepped.sleep,
    env: { GATEWAY_MAX_SUBSCRIPTIONS: String(QUESTIONS + 1) },
  });
  const questions = twinQuestions(schema, random, QUESTIONS);
  const distinct = new Set(questions.map(({ subscription }) => subscription)).size;
  const socket = await connect(world);
  try {
    await world.ingester.start();
    const { ticks, sync, check } = collect(socket, questions);
    const isSettled = (): boolean => {
      check();
      return stepped.waitingCount === distinct;
    };
    const allWait = () => eventually('all are answered', isSettled, 120_000);
    for (const [index, { subscription }] of questions.entries()) {
      socket.subscribe(String(index), subscription);
    }
    await allWait();
    await sync();
    const stream = eventStream(random, PROJECT, 25);
    let changed = 0;
    for (let batch = 0; batch <= BATCHES; batch += 1) {
      const before = ticks.map((all) => all.length);
      if (batch > 0) {
        await world.ingester.append(stream.next().value);
        await world.ingester.drained(120_000);
        stepped.step();
        await allWait();
        await sync();
      }
      for (const [index, question] of questions.entries()) {
        const all = ticks[index] ?? [];
        const came = all.length - (before[index] ?? 0);
        const [last, previous] = [all.at(-1), all.at(-2)];
        const expected = await ask(world, question);
        const where = `batch ${batch}, ${question.subscription}, seed ${SEED}`;
        if (last === undefined) throw new Error(`no tick: ${where}`);
        expect({ where, tick: said(last) }).toEqual({ where, tick: said(expected) });
        expect(came).toBeLessThanOrEqual(1);
        if (came === 0 || previous === undefined) continue;
        changed += 1;
        expect(said(last)).not.toEqual(said(previous));
        expect(last.meta.asOf > previous.meta.asOf).toBe(true);
      }
    }
    // A stream that changes nothing would prove nothing.
    expect(changed).toBeGreaterThan(QUESTIONS);
    expect(new Set(questions.map(({ name }) => name)).size).toBeGreaterThan(30);
  } finally {
    socket.close();
    await world.close();
  }
}, 900_000);

test('while events go on without a pause, the last tick is the final answer', async () => {
  const random = randomNumbers(SEED + 1);
  const world = await openLiveWorld(kit, { env: { GATEWAY_MAX_SUBSCRIPTIONS: '40' } });
  const questions = twinQuestions(schema, random, 36);
  const socket = await connect(world);
  try {
    await world.ingester.start();
    const { ticks, sync } = collect(socket, questions);
    for (const [index, { subscription }] of questions.entries()) {
      socket.subscribe(String(index), subscription);
    }
    const stream = eventStream(random, PROJECT, 10);
    for (let batch = 0; batch < 30; batch += 1) {
      await world.ingester.append(stream.next().value);
      if (batch % 5 === 4) await world.ingester.drained(120_000);
    }
    await world.ingester.drained(120_000);
    for (const [index, question] of questions.entries()) {
      const expected = JSON.stringify(said(await ask(world, question)));
      await eventually(
        `the last tick of ${question.subscription}`,
        async () => {
          await sync();
          const last = ticks[index]?.at(-1);
          return last !== undefined && JSON.stringify(said(last)) === expected;
        },
        60_000,
      );
    }
    const moments = ticks.map((all) => all.map(({ meta }) => meta.asOf));
    for (const all of moments) expect(all).toEqual([...all].sort());
  } finally {
    socket.close();
    await world.close();
  }
}, 120_000);

describe('a question whose data did not change', () => {
  test('costs nothing: of another project, of other days, or none at all', async () => {
    const stepped = createSteppedSleep();
    const world = await openLiveWorld(kit, { sleep: stepped.sleep });
    const socket = await connect(world);
    const RANGE = 'range: { from: "2031-01-01", to: "2031-01-02" }, intervalMs: 250';
    try {
      await world.ingester.start();
      socket.subscribe('count', `subscription { eventVolume(${RANGE}) { total } }`);
      socket.subscribe('people', `subscription { uniqueUsers(${RANGE}) { total } }`);
      const volume = () =>
        world.asked.filter((name) => name.startsWith('metric.event_count')).length;
      const step = async (): Promise<number> => {
        await eventually('both wait', () => stepped.waitingCount === 2);
        const before = world.asked.length;
        stepped.step();
        await eventually('both wait again', () => stepped.waitingCount === 2);
        return world.asked.length - before;
      };
      await eventually('both wait', () => stepped.waitingCount === 2);
      expect(world.asked.length).toBeGreaterThanOrEqual(2);
      // Once announcements are received, all may have changed before.
      await step();
      expect(await step()).toBe(0);
      const append = async (projectId: string): Promise<void> => {
        const stream = eventStream(randomNumbers(7), projectId, 5);
        await world.ingester.append(stream.next().value);
        await world.ingester.drained(120_000);
      };
      await append('other');
      expect(await step()).toBe(0);
      await append(PROJECT);
      // People may be named by events of any day; counts of one day cannot change.
      const before = volume();
      expect(before).toBeGreaterThan(0);
      expect(await step()).toBeGreaterThan(0);
      expect(volume()).toBe(before);
    } finally {
      socket.close();
      await world.close();
    }
  }, 60_000);
});

test('a person named by an event of another day changes the answer about a day', async () => {
  const world = await openLiveWorld(kit);
  const socket = await connect(world);
  const day = (text: string): number => Date.parse(`${text}T10:00:00Z`);
  const range = 'range: { from: "2033-05-01", to: "2033-05-01" }';
  const [event] = eventStream(randomNumbers(8), PROJECT, 1).next().value;
  if (event === undefined) throw new Error('expected an event');
  const append = (eventId: string, anonymousId: string, userId: string, occurredAt: number) =>
    world.ingester.append([
      { ...event, eventId, anonymousId, userId, occurredAt, receivedAt: occurredAt, userAgent: '' },
    ]);
  const until = (users: number) =>
    eventually(`${users} users`, async () => {
      const { payload } = await socket.next();
      const { data } = payload as { data: { uniqueUsers: { total: number } } };
      return data.uniqueUsers.total === users;
    });
  try {
    await world.ingester.start();
    socket.subscribe('a', `subscription { uniqueUsers(${range}, intervalMs: 250) { total } }`);
    await append('named-1', 'phone', '', day('2033-05-01'));
    await append('named-2', 'laptop', '', day('2033-05-01'));
    await until(2);
    await append('named-3', 'phone', 'ada', day('2033-06-01'));
    await append('named-4', 'laptop', 'ada', day('2033-06-01'));
    await until(1);
  } finally {
    socket.close();
    await world.close();
  }
}, 60_000);

test('a moving window hears of events before its range', async () => {
  const stepped = createSteppedSleep();
  const world = await openLiveWorld(kit, { sleep: stepped.sleep });
  const socket = await connect(world);
  const [event] = eventStream(randomNumbers(9), PROJECT, 1).next().value;
  if (event === undefined) throw new Error('expected an event');
  const range = 'range: { from: "2034-05-03", to: "2034-05-03" }, timeZone: "UTC"';
  const query = `subscription { eventVolume(${range}, grain: DAY, window: { moving: 3 }, intervalMs: 250) { series { values } } }`;
  const until = (value: number) =>
    eventually(`a window of ${value}`, async () => {
      const { payload } = await socket.next();
      const { data } = payload as { data: { eventVolume: { series: { values: number[] } } } };
      return data.eventVolume.series.values[0] === value;
    });
  try {
    await world.ingester.start();
    socket.subscribe('a', query);
    await until(0);
    // Once announcements are received, all may have changed before; then nothing has.
    const waits = () => eventually('the question waits', () => stepped.waitingCount === 1);
    for (const _ of [1, 2]) {
      await waits();
      stepped.step();
    }
    await waits();
    const occurredAt = Date.parse('2034-05-02T10:00:00Z');
    const sent = { ...event, eventId: 'before', occurredAt, receivedAt: occurredAt, userAgent: '' };
    await world.ingester.append([sent]);
    await world.ingester.drained(120_000);
    stepped.step();
    await until(1);
  } finally {
    socket.close();
    await world.close();
  }
}, 60_000);
