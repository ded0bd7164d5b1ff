import type { Mutant } from './mutants.js';
import { BOTS, LANDING, LATENCY, of, QUALITY } from './oracle-checks.js';

/** The rules of METRICS-SPEC §13 and §14 about the data itself, and about landing from search. */

const SCORE = 'src/metric/data-quality.ts';
const DELAY = 'src/metric/ingestion-latency.ts';
const LANDED = 'src/metric/seo-landing.ts';

export const TRUST_RULE_MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'bot traffic is of the web',
    change: 'events of apps are asked too',
    file: 'src/metric/bot-traffic.ts',
    from: "{ extra: `platform = 'web'` }",
    to: '{}',
    test: BOTS,
  },
  {
    mechanism: 'quality counts copies',
    change: 'copies were never received',
    file: SCORE,
    from: 'Math.max(copies[0]?.n ?? 0, unique)',
    to: 'Math.max(0, unique)',
    test: QUALITY,
  },
  {
    mechanism: 'quality counts refused input',
    change: 'refused input was never received',
    file: SCORE,
    from: 'letters[0]?.n ?? 0',
    to: 'letters[1]?.n ?? 0',
    test: QUALITY,
  },
  {
    mechanism: 'quality asks web events for url and agent',
    change: 'it asks them for nothing',
    file: SCORE,
    from: "url != '' AND user_agent != ''",
    to: 'true',
    test: QUALITY,
  },
  {
    mechanism: 'quality asks mobile events for a version',
    change: 'it asks them for nothing',
    file: SCORE,
    from: "app_version != ''",
    to: 'true',
    test: QUALITY,
  },
  {
    mechanism: 'quality counts late events',
    change: 'nothing is late',
    file: SCORE,
    from: "dateDiff('millisecond', occurred_at, received_at) > ${late}",
    to: "dateDiff('millisecond', occurred_at, received_at) > 1000 * ${late}",
    test: QUALITY,
  },
  {
    mechanism: 'an event is late after a day',
    change: 'it is late at a day',
    file: SCORE,
    from: "dateDiff('millisecond', occurred_at, received_at) > ${late}",
    to: "dateDiff('millisecond', occurred_at, received_at) >= ${late}",
    test: QUALITY,
  },
  {
    mechanism: 'quality goes by the day of receipt',
    change: 'unique events go by their own day',
    file: SCORE,
    from: '.silver_events\nWHERE ${receivedCondition(plan, scope)}',
    to: ".silver_events\nWHERE ${receivedCondition(plan, scope).replaceAll('received_at', 'occurred_at')}",
    test: QUALITY,
  },
  ...(
    [
      ['validity', '0.4 * validity', '0.35 * validity'],
      ['completeness', '0.25 * (completeness', '0.2 * (completeness'],
      ['uniqueness', '0.15 * uniqueness', '0.2 * uniqueness'],
      ['timeliness', '0.2 * (timeliness', '0.25 * (timeliness'],
    ] as const
  ).map(
    ([part, from, to]): Mutant => ({
      mechanism: 'the score has four weights',
      change: `${part} weighs otherwise`,
      file: SCORE,
      from,
      to,
      test: QUALITY,
    }),
  ),
  {
    mechanism: 'latency is never below zero',
    change: 'processing may end before it begins',
    file: DELAY,
    from: "greatest(dateDiff('millisecond', received_at, queryable_at), 0)",
    to: "dateDiff('millisecond', received_at, queryable_at)",
    test: LATENCY,
  },
  {
    mechanism: 'latency is never below zero',
    change: 'events may be there before they happen',
    file: DELAY,
    from: "greatest(dateDiff('millisecond', occurred_at, queryable_at), 0)",
    to: "dateDiff('millisecond', occurred_at, queryable_at)",
    test: LATENCY,
  },
  {
    mechanism: 'latency goes by the queryable time',
    change: 'it goes by the receipt',
    file: DELAY,
    from: 'queryable_at >= ${at(plan.range.fromMs)} AND queryable_at <',
    to: 'received_at >= ${at(plan.range.fromMs)} AND received_at <',
    test: LATENCY,
  },
  {
    mechanism: 'latency counts bots',
    change: 'bots are left out',
    file: DELAY,
    from: 'WHERE ${project} AND queryable_at',
    to: 'WHERE ${project} AND NOT is_bot AND queryable_at',
    test: LATENCY,
  },
  {
    mechanism: 'lag without a commit is all there is',
    change: 'it is nothing',
    file: 'src/metric/consumer-lag.ts',
    from: 'end - (committed ?? begin)',
    to: 'end - (committed ?? end)',
    test: {
      file: 'test/unit/metric/consumer-lag.test.ts',
      name: 'of a partition without a commit is all that it has',
    },
  },
  {
    mechanism: 'lag is never below zero',
    change: 'it may be',
    file: 'src/metric/consumer-lag.ts',
    from: 'Math.max(Number(end - (committed ?? begin)), 0)',
    to: 'Number(end - (committed ?? begin))',
    test: {
      file: 'test/unit/metric/consumer-lag.test.ts',
      name: 'of a partition that lost what was committed is nothing',
    },
  },
  {
    mechanism: 'lag is the sum of all partitions',
    change: 'it is that of the first one',
    file: 'src/metric/consumer-lag.ts',
    from: 'lags.reduce((sum, lag) => sum + lag, 0)',
    to: 'lags[0] ?? 0',
    test: {
      file: 'test/unit/metric/consumer-lag.test.ts',
      name: 'of a group is summed, and the largest is told',
    },
  },
  {
    mechanism: 'landing is organic search',
    change: 'sessions of every channel are in one list',
    file: LANDED,
    from: 'rows.filter((row) => row.channel === channel),\n',
    to: 'rows,\n',
    test: LANDING,
  },
  {
    mechanism: 'landing needs an entry page',
    change: 'it needs none',
    file: LANDED,
    from: '  WHERE has_page\n  GROUP BY',
    to: '  GROUP BY',
    test: LANDING,
  },
  {
    mechanism: 'the share of landing is of all that enter',
    change: 'it is of what is organic',
    file: LANDED,
    from: 'sharePercent: percent(sessions, all)',
    to: 'sharePercent: percent(sessions, sessions)',
    test: LANDING,
  },
  {
    mechanism: 'crawl hits are of search engines',
    change: 'they are of any bot',
    file: LANDED,
    from: ' AND match(user_agent, ${crawlers})',
    to: '',
    test: LANDING,
  },
  {
    mechanism: 'money of a landing counts an order once',
    change: 'every purchase counts',
    file: LANDED,
    from: " AND (order_id = '' OR event_id IN (${firstOrders}))",
    to: '',
    test: of(200, LANDING),
  },
];
