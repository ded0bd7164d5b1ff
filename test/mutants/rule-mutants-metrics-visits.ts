import type { Mutant } from './mutants.js';
import { BOUNCES, DURATION, ENGAGEMENT, ENTRY_EXIT } from './oracle-checks.js';

/** The rules of METRICS-SPEC §3 about what is told of a session. */

const ENRICH = 'ingest/ingester/enrich-event.ts';
const STORED_PARTS = 'clickhouse/gold/0018_create_session_parts.sql';
const FACTS = 'src/metric/session-source.ts';

export const VISIT_RULE_MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'percentiles interpolate',
    change: 'a percentile is one of the values',
    file: 'src/metric/session-duration.ts',
    from: 'quantilesExactInclusive(0.5, 0.9)',
    to: 'quantilesExact(0.5, 0.9)',
    test: DURATION,
  },
  {
    mechanism: 'single events are sessions of no length',
    change: 'sessions of no length are left out',
    file: 'src/metric/session-duration.ts',
    from: 'quantilesExactInclusive(0.5, 0.9)(ended_ms - started_ms)',
    to: 'quantilesExactInclusiveIf(0.5, 0.9)(ended_ms - started_ms, ended_ms > started_ms)',
    test: DURATION,
  },
  ...(
    [
      [
        'ten seconds are engaged',
        'a long time is not enough',
        'ended_ms - started_ms >= 10000 OR ',
        '',
      ],
      [
        'exactly ten seconds are engaged',
        'it takes more than ten seconds',
        '>= 10000 OR',
        '> 10000 OR',
      ],
      ['two views are engaged', 'views are not enough', ' OR views >= 2', ''],
      ['two views are engaged', 'one view is enough', ' OR views >= 2', ' OR views >= 1'],
      ['an interaction is engaged', 'interactions do not matter', ' OR interactions >= 1', ''],
    ] as const
  ).map(
    ([mechanism, change, from, to]): Mutant => ({
      mechanism,
      change,
      file: FACTS,
      from,
      to,
      test: BOUNCES,
    }),
  ),
  {
    mechanism: 'passive events are no interactions',
    change: 'every event is an interaction',
    file: ENRICH,
    from: '!NON_INTERACTION_EVENTS.has(name) && properties',
    to: 'properties',
    test: BOUNCES,
  },
  {
    mechanism: 'non_interaction is no interaction',
    change: 'what an event says of itself is not asked',
    file: ENRICH,
    from: " && properties.non_interaction !== 'true'",
    to: '',
    test: BOUNCES,
  },
  {
    mechanism: 'only sessions with a view bounce',
    change: 'sessions without views are asked too',
    file: 'src/metric/bounce-rate.ts',
    from: 'countIf(views > 0) AS eligible',
    to: 'count() AS eligible',
    test: BOUNCES,
  },
  {
    mechanism: 'sessions that enter nowhere are listed nowhere',
    change: 'sessions without page views have an empty page',
    file: 'src/metric/bounce-rate.ts',
    from: '  HAVING NOT is_page OR has_page\n',
    to: '',
    test: BOUNCES,
  },
  {
    mechanism: 'sessions without engagement count',
    change: 'they are left out of the mean',
    file: 'src/metric/engagement-time.ts',
    from: 'count() AS sessions, sum(engaged_ms)',
    to: 'countIf(engaged_ms > 0) AS sessions, sum(engaged_ms)',
    test: ENGAGEMENT,
  },
  {
    mechanism: 'engagement of a page is a mean over visits',
    change: 'the mean is over events',
    file: 'src/metric/engagement-time.ts',
    from: 'sum(time_ms) AS page_ms',
    to: 'avg(time_ms) AS page_ms',
    test: ENGAGEMENT,
  },
  {
    mechanism: 'the entry page is a page view',
    change: 'made of events, any event with a page enters',
    file: FACTS,
    from: "const IS_PAGE_VIEW = `event_name = 'page_view'`;",
    to: "const IS_PAGE_VIEW = `page != ''`;",
    test: ENTRY_EXIT,
  },
  {
    mechanism: 'the entry page is a page view',
    change: 'made of parts, any event with a page enters',
    file: STORED_PARTS,
    from: "(min(if(name = 'page_view', rank, '~')), argMin(if(name = 'page_view', page_text, ''), if(name = 'page_view', rank, '~')))",
    to: "(min(if(page_text != '', rank, '~')), argMin(page_text, if(page_text != '', rank, '~')))",
    test: ENTRY_EXIT,
  },
  {
    mechanism: 'the exit page is the last one',
    change: 'it is the first one',
    file: FACTS,
    from: 'argMax(s_last_page, s_last_page_rank)',
    to: 'argMin(s_last_page, (length(s_last_page_rank) = 0, s_last_page_rank))',
    test: ENTRY_EXIT,
  },
  {
    mechanism: 'the exit rate is of page views',
    change: 'it is of entries',
    file: 'src/metric/entry-exit.ts',
    from: 'percent(row.exits, row.views)',
    to: 'percent(row.exits, row.entries)',
    test: ENTRY_EXIT,
  },
];
