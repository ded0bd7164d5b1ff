import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { classifyEvents } from '../../src/channel/classify-events.js';
import { computeTimeline } from '../../src/metric/timeline.js';
import { canonical, oracleEvents, oraclePeople } from '../testkit/oracle/oracle-event.js';
import { oracleSessions } from '../testkit/oracle/oracle-session.js';
import { startWorlds, type WorldCase, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(120_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(60);
});

afterAll(() => worlds.stop());

/** The session of every event by the oracle, named as the product does. */
function sessionNames({ events, question }: WorldCase, withBots: boolean): Map<string, string> {
  const all = oracleEvents(events).filter((event) => withBots || !event.isBot);
  return new Map(
    oracleSessions(all, { ...question, personOf: oraclePeople(all) }).flatMap((session) => {
      const [first] = [...session.events].sort(canonical);
      const name = first?.sessionId === '' ? `event:${first.id}` : `client:${first?.sessionId}`;
      return session.events.map((event) => [event.id, name] as const);
    }),
  );
}

test('every event of a timeline tells the session it belongs to', async () => {
  let derived = 0;
  await worlds.every(async (it) => {
    const { includeBots } = it.question;
    const expected = sessionNames(it, includeBots);
    for (const anonymousId of ['d1', 'd2', 'kiosk']) {
      const { events } = await computeTimeline(it.context, {
        ...it.asked,
        subject: { anonymousId },
        filter: [],
        first: 25,
        withSessions: true,
      });
      for (const { eventId, session } of events) {
        expect([eventId, session]).toEqual([eventId, expected.get(eventId)]);
        if (session?.startsWith('event:') === true) derived += 1;
      }
    }
  });
  expect(derived).toBeGreaterThan(100);
});

test('a list of events tells sessions too, with the bots it shows', async () => {
  await worlds.every(async (it) => {
    const expected = sessionNames(it, true);
    const answer = await classifyEvents(it.context, {
      ...it.asked,
      filter: [],
      first: 100,
      withSessions: true,
    });
    expect(answer.sessions).toEqual(answer.eventIds.map((id) => expected.get(id)));
  });
});

test('nobody who does not ask for sessions pays for them', async () => {
  await worlds.every(async (it) => {
    const { events, meta } = await computeTimeline(it.context, {
      ...it.asked,
      subject: { anonymousId: 'd1' },
      filter: [],
      first: 5,
    });
    expect(events.every(({ session }) => session === null)).toBe(true);
    expect(meta.source).toEqual(['silver_events']);
  }, 3);
});
