import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../testkit/deadline.js';
import { openGraphqlSocket } from '../testkit/graphql-client.js';
import { randomNumbers } from '../testkit/random-numbers.js';
import {
  askGraphql,
  createTestProject,
  postEvents,
  type Stack,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
const REFERRERS = ['', 'https://www.google.com/', 'https://t.co/x', 'https://news.example/story'];
const NAMES = ['page_view', 'page_view', 'page_view', 'click', 'signup', 'purchase'];
const EVENTS = 6_000;

/** Visits over ten days, with logins, mobile events, and 3 % sent again in other requests. */
function story(): readonly Record<string, unknown>[] {
  const random = randomNumbers(20_260_101);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const events: Record<string, unknown>[] = [];
  for (let i = 0; i < EVENTS; i++) {
    const device = Math.floor(random() * 400);
    const at = new Date(
      Date.UTC(2026, 0, 1) + Math.floor(random() * 10 * 86_400_000),
    ).toISOString();
    const isMobile = device % 5 === 0;
    const name = isMobile && random() < 0.5 ? 'screen_view' : pick(NAMES);
    events.push({
      event_id: `e-${i}`,
      event_name: name,
      timestamp: at,
      received_at: at,
      platform: isMobile ? 'mobile' : 'web',
      anonymous_id: `d-${device}`,
      ...(random() < 0.1 ? { user_id: `u-${device % 150}` } : {}),
      ...(device % 3 === 0 ? { session_id: `s-${device}-${at.slice(0, 10)}` } : {}),
      url: `https://shop.example/${pick(['', 'pricing', 'docs', 'blog/caf%C3%A9'])}`,
      referrer: pick(REFERRERS),
      user_agent: isMobile ? '' : AGENTS[device % AGENTS.length],
      properties: { plan: pick(['free', 'pro']), screen: pick(['Home', 'Cart']) },
    });
  }
  const copies = events
    .filter(() => random() < 0.03)
    .map((event) => ({ ...event, properties: { plan: 'copy' } }));
  return [...events, ...copies];
}

const RANGE = 'range: { from: "2026-01-01", to: "2026-01-10" }';
const ZONED = `${RANGE}, timeZone: "Asia/Kathmandu"`;
const QUESTIONS: Readonly<Record<string, string>> = {
  volume: `eventVolume(${RANGE}) { total }`,
  volumeByDay: `eventVolume(${ZONED}, grain: DAY) { total series { bucketStarts values } }`,
  volumeByName: `eventVolume(${RANGE}, breakdown: "event_name") { breakdown { values counts } }`,
  volumeOfPlan: `eventVolume(${RANGE}, event: { event: "click", where: { plan: "pro" } }) { total }`,
  volumeWithBots: `eventVolume(${RANGE}, includeBots: true) { total }`,
  rate: 'eventRate(range: { from: "2026-01-02T00:00:00Z", to: "2026-01-02T02:00:00Z" }) { perMinuteAverage peakPerMinute series { values } }',
  users: `uniqueUsers(${RANGE}) { total }`,
  usersByDay: `uniqueUsers(${ZONED}, grain: DAY) { series { values } }`,
  usersByDevice: `uniqueUsers(${RANGE}, breakdown: "device_type") { breakdown { values counts sharePercents } }`,
  views: `pageViews(${RANGE}) { total unique pages { values counts } }`,
  sessions: `sessions(${RANGE}) { total users viewsPerSession }`,
  sessionsByDay: `sessions(${ZONED}, grain: DAY) { series { values } }`,
  sessionsByChannel: `sessions(${RANGE}, breakdown: "channel") { breakdown { values counts } }`,
  duration: `sessionDuration(${RANGE}) { averageSeconds medianSeconds p90Seconds }`,
  bounces: `bounceRate(${RANGE}, byEntryPage: true) { eligibleSessions bounces bounceRatePercent byEntryPage { pages bounces } }`,
  pages: `topPages(${RANGE}, limit: 3) { values users sessions pageViews userSharePercents }`,
  sources: `topSources(${RANGE}) { values users sessions }`,
  devices: `topDevices(${RANGE}) { values users }`,
  browsers: `topBrowsers(${RANGE}) { values users }`,
  funnel: `funnel(${RANGE}, steps: [{ event: "page_view" }, { event: "signup" }, { event: "purchase" }]) { result { counts ratePercents averageSeconds medianSeconds } }`,
  timeline:
    'user(id: "u-7") { timeline(first: 20) { edges { node { eventId eventName occurredAt page } } } }',
};

/** The counts of the distinct events that no sampling or repeat may change. */
function truth(events: readonly Record<string, unknown>[]): { total: number; human: number } {
  const first = new Map<unknown, Record<string, unknown>>();
  for (const event of events) if (!first.has(event.event_id)) first.set(event.event_id, event);
  const kept = [...first.values()];
  const isBot = (event: Record<string, unknown>): boolean => event.user_agent === AGENTS[3];
  return { total: kept.length, human: kept.filter((event) => !isBot(event)).length };
}

async function deliver(stack: Stack, events: readonly Record<string, unknown>[]): Promise<string> {
  const { importerKey, readKey } = await createTestProject(stack, 'story');
  for (let at = 0; at < events.length; at += 500) {
    await postEvents(stack, importerKey, events.slice(at, at + 500));
  }
  await untilIngested(stack, 120_000);
  return readKey;
}

async function answersOf(url: string, key: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [name, question] of Object.entries(QUESTIONS)) {
    answers[name] = JSON.stringify(await askGraphql(url, key, `{ ${question} }`));
  }
  return answers;
}

let embedded: Stack;
let scaled: Stack;
beforeAll(async () => {
  embedded = await startStack('embedded');
  scaled = await startStack('scaled');
}, 180_000);
afterAll(async () => {
  await embedded?.stop();
  await scaled?.stop();
});

test('twenty questions have byte-equal answers embedded and scaled, on either gateway', async () => {
  const events = story();
  const [embeddedKey, scaledKey] = [await deliver(embedded, events), await deliver(scaled, events)];
  const expected = await answersOf(embedded.gatewayUrls[0] ?? '', embeddedKey);
  for (const url of scaled.gatewayUrls) expect(await answersOf(url, scaledKey)).toEqual(expected);

  const { total, human } = truth(events);
  expect(JSON.parse(expected.volumeWithBots ?? '')).toEqual({ eventVolume: { total } });
  expect(JSON.parse(expected.volume ?? '')).toEqual({ eventVolume: { total: human } });
  expect(Object.keys(QUESTIONS).length).toBeGreaterThanOrEqual(20);
}, 240_000);

test('each of the two ingesters wrote more than a fifth of the events', async () => {
  const accepted = await Promise.all(
    scaled.urls.map(async (url) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^sluice_ingester_accepted_total(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1] ?? 0);
    }),
  );
  const writers = accepted.filter((count) => count > 0);
  expect(writers.length).toBe(2);
  const sum = writers.reduce((total, count) => total + count, 0);
  for (const count of writers) expect(count / sum).toBeGreaterThan(0.2);
});

/** How long a key may be taken at a gateway after it was revoked at another, ms. */
const REVOKED_WITHIN_MS = 5_000;

test('a key that is revoked at one gateway is refused at the other within five seconds', async () => {
  const [first = '', second = ''] = scaled.gatewayUrls;
  const input = { projectId: 'default', name: 'short', scopes: ['READ'] };
  const { createKey } = await askGraphql<{
    createKey: { secret: string; key: { keyId: string } };
  }>(
    first,
    scaled.adminKey,
    'mutation($input: CreateKeyInput!) { createKey(input: $input) { secret key { keyId } } }',
    { input },
  );
  const { secret, key } = createKey;
  const ask = () => askGraphql(second, secret, `{ eventVolume(${RANGE}) { total } }`);
  await ask();
  const socket = await openGraphqlSocket({ url: `${second.replace('http', 'ws')}/graphql` });
  await socket.init(secret);

  await askGraphql(
    first,
    scaled.adminKey,
    'mutation($input: RevokeKeyInput!) { revokeKey(input: $input) { key { id } } }',
    { input: { projectId: input.projectId, keyId: key.keyId } },
  );
  const isRefused = () =>
    ask().then(
      () => false,
      ({ code }: { code?: string }) => code === 'UNAUTHENTICATED',
    );
  await eventually('the refusal at the other gateway', isRefused, REVOKED_WITHIN_MS);
  // What was opened with it ends too.
  expect((await socket.closed).code).toBe(4401);
});
