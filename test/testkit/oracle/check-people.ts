import { expect } from 'expect';
import { classifyEvents } from '../../../src/channel/classify-events.js';
import { computeActiveUsers } from '../../../src/metric/active-users.js';
import { computeBotTraffic } from '../../../src/metric/bot-traffic.js';
import { computeConversionRate } from '../../../src/metric/conversion-rate.js';
import { computeEngagementTime } from '../../../src/metric/engagement-time.js';
import { computeEntryExit } from '../../../src/metric/entry-exit.js';
import { computeNewReturning } from '../../../src/metric/new-returning.js';
import { computeRevenue } from '../../../src/metric/revenue.js';
import { computeStickinessHistogram } from '../../../src/metric/stickiness-histogram.js';
import { computeTimeline } from '../../../src/metric/timeline.js';
import { computeTop } from '../../../src/metric/top.js';
import { oracleChannel, oracleSource } from './oracle-channel.js';
import { type OracleEvent, oracleEvents } from './oracle-event.js';
import { dimensionValue, distinct, oracleWorld, ranked } from './oracle-metrics.js';
import {
  oracleActive,
  oracleHistogram,
  oracleNewReturning,
  oracleRevenue,
} from './oracle-people.js';
import { entryEvent, pagesOf } from './oracle-session.js';
import { type AnswerCheck, expectClose, valueIn, type WorldCase } from './worlds.js';

/** Selector and filter of a world, whatever the date. */
export function fitsOf(it: WorldCase, withSelector = true): (event: OracleEvent) => boolean {
  const { question } = it;
  const { filter } = question;
  const sessionOf = new Map(
    it.oracle.sessions.flatMap((each) => each.events.map((event) => [event, each] as const)),
  );
  return (event) =>
    (!withSelector || question.event === undefined || event.name === question.event) &&
    (filter === undefined ||
      dimensionValue(event, sessionOf.get(event), filter.field, question.linkedDomains) ===
        filter.value);
}

async function checkActiveUsers(it: WorldCase): Promise<void> {
  const answer = await computeActiveUsers(it.context, it.asked);
  const { dates, dau, wau, mau } = oracleActive(it.oracle, fitsOf(it));
  expect(answer).toMatchObject({ dates, dau, wau, mau });
  expect(answer.stickiness).toEqual(
    dau.map((n, index) => (mau[index] === 0 ? null : n / (mau[index] ?? 1))),
  );
}

async function checkStickinessHistogram(it: WorldCase): Promise<void> {
  const period = it.grain === 'hour' ? 'day' : it.grain;
  const answer = await computeStickinessHistogram(it.context, { ...it.asked, grain: period });
  expect(answer.histogram).toEqual(oracleHistogram(it.oracle, period));
}

async function checkNewReturning(it: WorldCase): Promise<void> {
  const wanted = oracleNewReturning(it.oracle);
  expect(await computeNewReturning(it.context, it.asked)).toMatchObject(wanted);
  const context = { ...it.context, onlyTables: ['silver_events'] as const };
  expect(await computeNewReturning(context, it.asked)).toMatchObject(wanted);
}

async function checkConversionRate(it: WorldCase): Promise<void> {
  const { event: _, ...asked } = it.asked;
  const { event: _event, ...question } = it.question;
  const all = oracleWorld(it.events, question);
  const goal = { event: 'signup' } as const;
  const answer = await computeConversionRate(it.context, { ...asked, goal });
  const goals = all.counted.filter((event) => event.name === 'signup');
  const converted = all.started.filter((session) =>
    session.events.some((event) => event.name === 'signup'),
  );
  expect(answer).toMatchObject({
    users: distinct(all.counted, all.personOf),
    convertedUsers: distinct(goals, all.personOf),
    totalConversions: goals.length,
    sessions: all.started.length,
    convertedSessions: converted.length,
  });
  expectClose(
    answer.sessionRatePercent,
    all.started.length === 0 ? null : (converted.length * 100) / all.started.length,
  );
}

async function checkRevenue(it: WorldCase): Promise<void> {
  const answer = await computeRevenue(it.context, it.asked);
  const { net, orders, buyers } = oracleRevenue(it.oracle, fitsOf(it, false));
  expect(answer.currencies).toEqual([...net.keys()]);
  expect(answer.netSums.map((sum) => Math.round(Number(sum) * 10_000))).toEqual([...net.values()]);
  expect(answer).toMatchObject({ orders, buyers });
  const sum = ([...net.values()][0] ?? 0) / 10_000;
  const users = distinct(it.oracle.counted, it.oracle.personOf);
  expectClose(answer.averageOrderValue, orders === 0 || net.size > 1 ? null : sum / orders);
  expectClose(answer.averageRevenuePerUser, users === 0 || net.size > 1 ? null : sum / users);
  expect(answer.total === null).toBe(net.size > 1);
}

async function checkEngagementTime(it: WorldCase): Promise<void> {
  const breakdown = { dimension: 'page', limit: 1_000 };
  const answer = await computeEngagementTime(it.context, { ...it.asked, breakdown });
  const { started } = it.oracle;
  const times = started.flatMap((session, index) =>
    session.events
      .filter((event) => event.name === 'engagement')
      .map((event) => ({
        index,
        page: event.page === '' ? '(none)' : event.page,
        ms: Number(event.properties.engaged_ms ?? 0),
      })),
  );
  const sum = times.reduce((total, { ms }) => total + ms, 0);
  expectClose(
    answer.averageSecondsPerSession,
    started.length === 0 ? null : sum / started.length / 1000,
  );
  for (const [index, page] of (answer.byPage?.pages ?? []).entries()) {
    const own = times.filter((time) => time.page === page);
    const visits = new Set(own.map((time) => time.index)).size;
    const total = own.reduce((ms, time) => ms + time.ms, 0);
    expectClose(answer.byPage?.averageSeconds[index], total / visits / 1000);
  }
  expect([...(answer.byPage?.pages ?? [])].sort()).toEqual(
    [...new Set(times.map((time) => time.page))].sort(),
  );
}

async function checkEntryExit(it: WorldCase): Promise<void> {
  const answer = await computeEntryExit(it.context, it.asked);
  const paged = it.oracle.started.map(pagesOf).filter((pages) => pages.length > 0);
  const wanted = ranked(
    paged.flat(),
    (page) => page,
    (group) => group.length,
  );
  expect(answer.pages).toEqual(wanted.values);
  expect(answer.pageViews).toEqual(wanted.counts);
  expect(answer.entries).toEqual(
    wanted.values.map((page) => paged.filter((pages) => pages[0] === page).length),
  );
  const exits = wanted.values.map((page) => paged.filter((pages) => pages.at(-1) === page).length);
  expect(answer.exits).toEqual(exits);
  expect(answer.exitRatePercents).toEqual(
    exits.map((n, index) => (n * 100) / (wanted.counts[index] ?? 1)),
  );
}

async function checkBotTraffic(it: WorldCase): Promise<void> {
  const answer = await computeBotTraffic(it.context, it.asked);
  const world = oracleWorld(it.events, { ...it.question, includeBots: true });
  const web = world.counted.filter((event) => event.platform === 'web');
  const bots = web.filter((event) => event.isBot);
  expect(answer).toMatchObject({ events: web.length, botEvents: bots.length });
  expectClose(answer.botPercent, web.length === 0 ? null : (bots.length * 100) / web.length);
  expect(answer.humanUsers).toBe(
    distinct(
      web.filter((event) => !event.isBot),
      world.personOf,
    ),
  );
}

/** Asserts what the test of channels asks and tells which channels occurred. */
export async function checkEventChannels(it: WorldCase): Promise<readonly string[]> {
  const { event: _, ...asked } = it.asked;
  const answer = await classifyEvents(it.context, {
    ...asked,
    filter: [],
    range: { kind: 'dates', from: '2020-01-01', to: '2030-01-01' },
    first: 1_000,
  });
  const events = oracleEvents(it.events).slice(0, 1_000);
  const { linkedDomains } = it.question;
  expect(answer.eventIds).toEqual(events.map((event) => event.id));
  expect(answer.sources).toEqual(events.map((event) => oracleSource(event, linkedDomains)));
  expect(answer.channels).toEqual(events.map((event) => oracleChannel(event, linkedDomains)));
  return answer.channels;
}

async function checkTop(it: WorldCase): Promise<void> {
  const breakdown = { dimension: it.breakdown, limit: 1_000 };
  const answer = await computeTop(it.context, { ...it.asked, breakdown });
  const { oracle } = it;
  const isOfVisit = ['channel', 'source', 'entry_page', 'exit_page'].includes(it.breakdown);
  const { linkedDomains } = it.question;
  const visit = (session: (typeof oracle.started)[number]): string =>
    dimensionValue(entryEvent(session), session, it.breakdown, linkedDomains);
  const byEvent = oracle.counted.filter(
    (event) =>
      it.breakdown !== 'page' || it.question.event !== undefined || event.name === 'page_view',
  );
  const sessions = isOfVisit ? oracle.started : oracle.sessions;
  const labelOf = valueIn(it);
  const rows = isOfVisit
    ? ranked(oracle.started, visit, (group) => group.length)
    : ranked(byEvent, labelOf, (group) => distinct(group, oracle.personOf));
  expect([...answer.values].sort()).toEqual([...rows.values].sort());
  for (const [index, value] of answer.values.entries()) {
    const own = byEvent.filter((event) => labelOf(event) === value);
    const isOwn = new Set(own);
    const members = isOfVisit
      ? oracle.started.filter((session) => visit(session) === value)
      : sessions.filter((session) => session.events.some((event) => isOwn.has(event)));
    const views = isOfVisit ? members.flatMap((session) => session.events) : own;
    const people = isOfVisit ? members.flatMap((session) => session.events[0] ?? []) : own;
    expect([value, answer.sessions[index]]).toEqual([value, members.length]);
    expect([value, answer.users[index]]).toEqual([value, distinct(people, oracle.personOf)]);
    expect([value, answer.pageViews[index]]).toEqual([
      value,
      views.filter((event) => event.name === 'page_view').length,
    ]);
  }
}

async function checkTimelines(it: WorldCase): Promise<void> {
  const world = oracleWorld(it.events, { ...it.question, includeBots: true });
  const user = world.all.find((event) => event.user !== '')?.user ?? 'nobody';
  const subjects = [
    {
      subject: { userId: user },
      fits: (event: OracleEvent) => world.personOf(event) === `user ${user}`,
    },
    { subject: { anonymousId: 'd1' }, fits: (event: OracleEvent) => event.device === 'd1' },
  ];
  for (const { subject, fits } of subjects) {
    const wanted = world.all.filter(fits).map((event) => event.id);
    const got: string[] = [];
    for (let hasMore = true; hasMore; ) {
      const last = got.at(-1);
      const after = world.all.find((event) => event.id === last);
      const page = await computeTimeline(it.context, {
        projectId: it.name,
        subject,
        timeZone: 'UTC',
        filter: [],
        includeBots: true,
        first: 7,
        ...(after === undefined
          ? {}
          : {
              after: { occurredAt: new Date(after.at).toISOString(), eventId: after.id },
            }),
      });
      got.push(...page.events.map((event) => event.eventId));
      hasMore = page.hasMore;
    }
    expect(got).toEqual([...wanted].reverse());
  }
}

/** Activity, money, visits, channels, lists and timelines: what an answer must be by the oracle. */
export const PEOPLE_CHECKS: readonly AnswerCheck[] = [
  { name: 'active users by rolling windows', metrics: ['active_users'], check: checkActiveUsers },
  {
    name: 'the stickiness histogram by day, week and month',
    metrics: ['stickiness_histogram'],
    check: checkStickinessHistogram,
  },
  {
    name: 'new and returning users, from bitmaps and from events',
    metrics: ['new_returning'],
    check: checkNewReturning,
  },
  {
    name: 'conversion of users and sessions',
    metrics: ['conversion_rate'],
    check: checkConversionRate,
  },
  {
    name: 'revenue per currency, orders, buyers and averages',
    metrics: ['revenue'],
    check: checkRevenue,
  },
  {
    name: 'engagement time per session and per page',
    metrics: ['engagement_time'],
    check: checkEngagementTime,
  },
  { name: 'entries, exits and exit rates', metrics: ['entry_exit'], check: checkEntryExit },
  { name: 'bot share of web events', metrics: ['bot_traffic'], check: checkBotTraffic },
  { name: 'channel and source of every event', metrics: [], check: checkEventChannels },
  { name: 'top lists of events and of visits', metrics: ['top'], check: checkTop },
  { name: 'timelines of a user and of a device, page by page', metrics: [], check: checkTimelines },
];
