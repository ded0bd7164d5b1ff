import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { computeBounceRate } from '../../src/metric/bounce-rate.js';
import { bucketsOf } from '../../src/metric/buckets.js';
import { eligibleTables } from '../../src/metric/choose-table.js';
import { fieldsOf } from '../../src/metric/event-source.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { Grain, MetricQuestion } from '../../src/metric/metric-query.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { computeSessionDuration } from '../../src/metric/session-duration.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { resolveRange } from '../../src/metric/time-range.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import {
  dimensionValue,
  distinct,
  oracleSeries,
  oracleSessionFacts,
  oracleUniquePageViews,
  ranked,
} from '../testkit/oracle/oracle-metrics.js';
import { entryEvent, pagesOf } from '../testkit/oracle/oracle-session.js';
import {
  expectClose,
  startWorlds,
  valueIn,
  type WorldCase,
  type Worlds,
} from '../testkit/oracle/worlds.js';

jest.setTimeout(120_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(150);
});

afterAll(async () => {
  await worlds.stop();
});

/** The question with the world's series and breakdown. */
function withAll(it: WorldCase): MetricQuestion {
  const { breakdown, grain } = it;
  return { ...it.asked, grain: grain as Grain, breakdown: { dimension: breakdown, limit: 1_000 } };
}

describe('every answer equals that of the oracle', () => {
  test('event volume, its series and its breakdown', async () => {
    await worlds.every(async (it) => {
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
    });
  });

  test('unique users, their series, breakdown and shares', async () => {
    await worlds.every(async (it) => {
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
    });
  });

  test('page views, unique ones, their series and pages', async () => {
    await worlds.every(async (it) => {
      const answer = await computePageViews(it.context, {
        ...withAll(it),
        breakdown: { dimension: 'page', limit: 1_000 },
      });
      const views = it.oracle.counted.filter((event) => event.name === 'page_view');
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
    });
  });

  test('sessions, their users, views, series and breakdown', async () => {
    await worlds.every(async (it) => {
      const answer = await computeSessions(it.context, withAll(it));
      const { started, personOf } = it.oracle;
      expect(answer.total).toBe(started.length);
      expect(answer.users).toBe(
        distinct(
          started.flatMap((each) => each.events[0] ?? []),
          personOf,
        ),
      );
      const { views } = oracleSessionFacts(it.oracle);
      expect(answer.viewsPerSession).toBe(started.length === 0 ? null : views / started.length);
      expect(answer.series?.values).toEqual(
        oracleSeries(
          it.oracle,
          it.grain,
          started,
          (session) => session.start,
          (group) => group.length,
        ),
      );
      const valueOfSession = (session: (typeof started)[number]): string =>
        dimensionValue(entryEvent(session), session, it.breakdown, it.question.linkedDomains);
      expect(answer.breakdown).toMatchObject(
        ranked(started, valueOfSession, (group) => group.length),
      );
    });
  });

  test('session duration', async () => {
    await worlds.every(async (it) => {
      const answer = await computeSessionDuration(it.context, it.asked);
      const facts = oracleSessionFacts(it.oracle);
      expectClose(answer.averageSeconds, facts.average);
      expectClose(answer.medianSeconds, facts.median);
      expectClose(answer.p90Seconds, facts.p90);
    });
  });

  test('bounce rate, also by entry page', async () => {
    await worlds.every(async (it) => {
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
    });
  });

  test('every eligible table gives the same answer', async () => {
    let asked = 0;
    let askedTwice = 0;
    await worlds.every(async (it) => {
      const { filter, ...rest } = { ...it.asked, grain: it.grain as Grain };
      // Conditions that rollups keep stay; the others would leave silver as the only table.
      const kept = filter.filter(({ field }) => field === 'platform' || field === 'event_name');
      const plain = { ...rest, filter: kept };
      for (const { measure, compute } of VERBS) {
        const cuts = bucketsOf(resolveRange(plain.range, plain.timeZone), it.grain).cuts;
        const tables = eligibleTables({ measure, cuts, fields: fieldsOf(plain) });
        const answers: unknown[] = [];
        for (const table of tables) {
          const { meta, ...answer } = await compute({ ...it.context, onlyTables: [table] }, plain);
          expect(meta.source).toContain(table);
          answers.push(answer);
        }
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        asked += 1;
        if (tables.length > 1) askedTwice += 1;
      }
    }, 50);
    expect(askedTwice / asked).toBeGreaterThan(0.5);
  });
});

const VERBS = [
  { measure: 'events', compute: computeEventVolume },
  { measure: 'people', compute: computeUniqueUsers },
  { measure: 'page_views', compute: computePageViews },
] as const;
