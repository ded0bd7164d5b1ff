import { expect } from 'expect';
import { computeBounceRate } from '../../../src/metric/bounce-rate.js';
import { computeEventVolume } from '../../../src/metric/event-volume.js';
import type { Grain, MetricQuestion } from '../../../src/metric/metric-query.js';
import { computePageViews } from '../../../src/metric/page-views.js';
import { computeSessionDuration } from '../../../src/metric/session-duration.js';
import { computeSessions } from '../../../src/metric/sessions.js';
import { computeUniqueUsers } from '../../../src/metric/unique-users.js';
import {
  dimensionValue,
  distinct,
  oraclePageViews,
  oracleSeries,
  oracleSessionFacts,
  oracleUniquePageViews,
  ranked,
} from './oracle-metrics.js';
import { entryEvent, pagesOf } from './oracle-session.js';
import { type AnswerCheck, expectClose, fromEvents, valueIn, type WorldCase } from './worlds.js';

/** The question with the world's series and breakdown. */
function withAll(it: WorldCase): MetricQuestion {
  const { breakdown, grain } = it;
  return { ...it.asked, grain: grain as Grain, breakdown: { dimension: breakdown, limit: 1_000 } };
}

async function checkEventVolume(it: WorldCase): Promise<void> {
  const answer = await computeEventVolume(it.context, withAll(it));
  const { counted } = it.oracle;
  expect(answer.total).toBe(counted.length);
  expect(answer.series?.values).toEqual(
    oracleSeries(
      it.oracle,
      it.grain,
      counted,
      (event) => event.at,
      (group) => group.length,
    ),
  );
  expect(answer.breakdown).toMatchObject(ranked(counted, valueIn(it), (group) => group.length));
}

async function checkUniqueUsers(it: WorldCase): Promise<void> {
  const answer = await computeUniqueUsers(it.context, withAll(it));
  const { counted, personOf } = it.oracle;
  const users = distinct(counted, personOf);
  expect(answer.total).toBe(users);
  expect(answer.series?.values).toEqual(
    oracleSeries(
      it.oracle,
      it.grain,
      counted,
      (event) => event.at,
      (group) => distinct(group, personOf),
    ),
  );
  const rows = ranked(counted, valueIn(it), (group) => distinct(group, personOf));
  expect(answer.breakdown).toMatchObject(rows);
  expect(answer.breakdown?.sharePercents).toEqual(rows.counts.map((n) => (n * 100) / users));
}

async function checkPageViews(it: WorldCase): Promise<void> {
  const answer = await computePageViews(it.context, {
    ...withAll(it),
    breakdown: { dimension: 'page', limit: 1_000 },
  });
  const views = oraclePageViews(it.oracle);
  expect(answer.total).toBe(views.length);
  expect(answer.unique).toBe(oracleUniquePageViews(it.oracle));
  expect(answer.series?.values).toEqual(
    oracleSeries(
      it.oracle,
      it.grain,
      views,
      (event) => event.at,
      (group) => group.length,
    ),
  );
  expect(answer.pages).toMatchObject(
    ranked(
      views,
      (event) => (event.page === '' ? '(none)' : event.page),
      (group) => group.length,
    ),
  );
}

async function checkSessions(it: WorldCase): Promise<void> {
  const { started } = it.oracle;
  const { users, views } = oracleSessionFacts(it.oracle);
  const series = oracleSeries(
    it.oracle,
    it.grain,
    started,
    (session) => session.start,
    (group) => group.length,
  );
  const valueOfSession = (session: (typeof started)[number]): string =>
    dimensionValue(entryEvent(session), session, it.breakdown, it.question.linkedDomains);
  const breakdown = ranked(started, valueOfSession, (group) => group.length);
  // Made of parts where they tell what is asked, and of events.
  for (const context of [it.context, fromEvents(it)]) {
    const answer = await computeSessions(context, withAll(it));
    expect(answer.total).toBe(started.length);
    expect(answer.users).toBe(users);
    expect(answer.viewsPerSession).toBe(started.length === 0 ? null : views / started.length);
    expect(answer.series?.values).toEqual(series);
    expect(answer.breakdown).toMatchObject(breakdown);
  }
}

async function checkSessionDuration(it: WorldCase): Promise<void> {
  const answer = await computeSessionDuration(it.context, it.asked);
  const facts = oracleSessionFacts(it.oracle);
  expectClose(answer.averageSeconds, facts.average);
  expectClose(answer.medianSeconds, facts.median);
  expectClose(answer.p90Seconds, facts.p90);
}

async function checkBounceRate(it: WorldCase): Promise<void> {
  const answer = await computeBounceRate(it.context, {
    ...it.asked,
    breakdown: { dimension: 'entry_page', limit: 1_000 },
  });
  const { eligible, bounced } = oracleSessionFacts(it.oracle);
  expect(answer.eligibleSessions).toBe(eligible.length);
  expect(answer.bounces).toBe(bounced.length);
  expectClose(
    answer.bounceRatePercent,
    eligible.length === 0 ? null : (bounced.length * 100) / eligible.length,
  );
  const withPage = eligible.filter((session) => pagesOf(session).length > 0);
  const pages = ranked(
    withPage,
    (session) => pagesOf(session)[0] ?? '',
    (group) => group.length,
  );
  expect(answer.byEntryPage?.pages).toEqual(pages.values);
  expect(answer.byEntryPage?.eligibleSessions).toEqual(pages.counts);
  expect(answer.byEntryPage?.bounces).toEqual(
    pages.values.map((page) => bounced.filter((each) => pagesOf(each)[0] === page).length),
  );
}

/** Volume, people, views and sessions: what an answer must be by the oracle. */
export const EVENT_CHECKS: readonly AnswerCheck[] = [
  {
    name: 'event volume, its series and its breakdown',
    metrics: ['event_count'],
    check: checkEventVolume,
  },
  {
    name: 'unique users, their series, breakdown and shares',
    metrics: ['unique_users'],
    check: checkUniqueUsers,
  },
  {
    name: 'page views, unique ones, their series and pages',
    metrics: ['page_views'],
    check: checkPageViews,
  },
  {
    name: 'sessions, their users, views, series and breakdown',
    metrics: ['sessions'],
    check: checkSessions,
  },
  { name: 'session duration', metrics: ['session_duration'], check: checkSessionDuration },
  { name: 'bounce rate, also by entry page', metrics: ['bounce_rate'], check: checkBounceRate },
];
