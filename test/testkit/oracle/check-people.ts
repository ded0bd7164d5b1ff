import { expect } from 'expect';
import { classifyEvents } from '../../../src/channel/classify-events.js';
import { computeActiveUsers } from '../../../src/metric/active-users.js';
import { computeConversionRate } from '../../../src/metric/conversion-rate.js';
import { computeEngagementTime } from '../../../src/metric/engagement-time.js';
import { computeEntryExit } from '../../../src/metric/entry-exit.js';
import { computeNewReturning } from '../../../src/metric/new-returning.js';
import { computeRevenue } from '../../../src/metric/revenue.js';
import { computeStickinessHistogram } from '../../../src/metric/stickiness-histogram.js';
import { computeTimeline } from '../../../src/metric/timeline.js';
import { computeTop } from '../../../src/metric/top.js';
import { fitsOf, GOAL, periodOfGrain } from './asked.js';
import { oracleChannel, oracleSource } from './oracle-channel.js';
import { type OracleEvent, oracleEvents } from './oracle-event.js';
import { dimensionValue, distinct, oracleWorld, ranked } from './oracle-metrics.js';
import {
  oracleActive,
  oracleConversion,
  oracleEngagement,
  oracleEntryExit,
  oracleHistogram,
  oracleNewReturning,
  oracleRevenue,
} from './oracle-people.js';
import { entryEvent } from './oracle-session.js';
import {
  type AnswerCheck,
  expectAlike,
  expectClose,
  fromEvents,
  valueIn,
  type WorldCase,
} from './worlds.js';

async function checkActiveUsers(it: WorldCase): Promise<void> {
  const answer = await computeActiveUsers(it.context, it.asked);
  const { dates, dau, wau, mau } = oracleActive(it.oracle, fitsOf(it.oracle));
  expect(answer).toMatchObject({ dates, dau, wau, mau });
  expect(answer.stickiness).toEqual(
    dau.map((n, index) => (mau[index] === 0 ? null : n / (mau[index] ?? 1))),
  );
}

async function checkStickinessHistogram(it: WorldCase): Promise<void> {
  const period = periodOfGrain(it.grain);
  const answer = await computeStickinessHistogram(it.context, { ...it.asked, grain: period });
  expect(answer.histogram).toEqual(oracleHistogram(it.oracle, period));
}

async function checkNewReturning(it: WorldCase): Promise<void> {
  const wanted = oracleNewReturning(it.oracle);
  expect(await computeNewReturning(it.context, it.asked)).toMatchObject(wanted);
  expect(await computeNewReturning(fromEvents(it), it.asked)).toMatchObject(wanted);
}

async function checkConversionRate(it: WorldCase): Promise<void> {
  const { event: _, ...asked } = it.asked;
  const answer = await computeConversionRate(it.context, { ...asked, goal: { event: GOAL } });
  expectAlike(answer, oracleConversion(it.events, it.question, GOAL));
}

async function checkRevenue(it: WorldCase): Promise<void> {
  const answer = await computeRevenue(it.context, it.asked);
  const { net, orders, buyers, total } = oracleRevenue(it.oracle, fitsOf(it.oracle, false));
  expect(answer.currencies).toEqual([...net.keys()]);
  expect(answer.netSums.map((sum) => Math.round(Number(sum) * 10_000))).toEqual([...net.values()]);
  expect(answer).toMatchObject({ orders, buyers });
  const users = distinct(it.oracle.counted, it.oracle.personOf);
  expectClose(answer.averageOrderValue, orders === 0 || total === null ? null : total / orders);
  expectClose(answer.averageRevenuePerUser, users === 0 || total === null ? null : total / users);
  expectClose(answer.total === null ? null : Number(answer.total), total);
}

async function checkEngagementTime(it: WorldCase): Promise<void> {
  const breakdown = { dimension: 'page', limit: 1_000 };
  const answer = await computeEngagementTime(it.context, { ...it.asked, breakdown });
  const { perSession, perPage } = oracleEngagement(it.oracle);
  expectClose(answer.averageSecondsPerSession, perSession);
  const { pages = [], averageSeconds = [] } = answer.byPage ?? {};
  expect([...pages].sort()).toEqual([...perPage.keys()].sort());
  for (const [index, page] of pages.entries()) {
    expectClose(averageSeconds[index], perPage.get(page) ?? null);
  }
}

async function checkEntryExit(it: WorldCase): Promise<void> {
  const wanted = oracleEntryExit(it.oracle);
  expectAlike(await computeEntryExit(it.context, it.asked), wanted);
  expectAlike(await computeEntryExit(fromEvents(it), it.asked), wanted);
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
  const isOfVisit = [
    'channel',
    'source',
    'medium',
    'utm_campaign',
    'entry_page',
    'exit_page',
  ].includes(it.breakdown);
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
  { name: 'channel and source of every event', metrics: [], check: checkEventChannels },
  { name: 'top lists of events and of visits', metrics: ['top'], check: checkTop },
  { name: 'timelines of a user and of a device, page by page', metrics: [], check: checkTimelines },
];
