import type { Mutant } from './mutants.js';
import {
  APP,
  CRASH_FREE,
  CRASH_GROUPS,
  FORMS,
  HEATMAP,
  of,
  PAGE_LOAD,
  RAGE,
  SCROLL,
  VIDEO,
  VITALS,
} from './oracle-checks.js';

/** The rules of METRICS-SPEC §11 and §12 about apps, pages and what people do on them. */

const CRASHES = 'src/metric/crash-free.ts';
const STARTS = 'src/metric/app-performance.ts';
const WEB = 'src/metric/web-vitals.ts';
const GRID = 'src/metric/heatmap.ts';
const CLICKS = 'src/metric/rage-clicks.ts';
const DEPTH = 'src/metric/scroll-depth.ts';
const FORM = 'src/metric/form-analytics.ts';

/** Changes of one file that one check notices: rule, change, text and what stands there instead. */
type Change = readonly [mechanism: string, change: string, from: string, to: string];

function inFile(file: string, test: Mutant['test'], changes: readonly Change[]): readonly Mutant[] {
  return changes.map(([mechanism, change, from, to]) => ({
    mechanism,
    change,
    file,
    from,
    to,
    test,
  }));
}

export const BEHAVIOUR_RULE_MUTANTS: readonly Mutant[] = [
  ...inFile(CRASHES, of(100, CRASH_FREE), [
    [
      'only sessions with a mobile event can crash',
      'sessions of the web are asked too',
      '  WHERE is_mobile`',
      '`',
    ],
    [
      'the version is the first that is told',
      'it is the last one',
      'argMin(s_version, s_version_rank)',
      'argMax(s_version, (length(s_version) > 0, s_version_rank))',
    ],
    [
      'only app_crash is a crash',
      'a handled error is one too',
      "mapContains(event_counts, 'app_crash')`",
      "mapContains(event_counts, 'app_crash') OR mapContains(event_counts, 'app_error')`",
    ],
    [
      'only app_crash is a crash',
      'made of events, what does not respond has crashed',
      "sql: `event_name = 'app_crash'`",
      "sql: `event_name IN ('app_crash', 'app_anr')`",
    ],
    [
      'a person with a crashed session is not free',
      'freedom is of sessions',
      'percent(row.users - row.crashed_users, row.users)',
      'percent(row.sessions - row.crashed_sessions, row.sessions)',
    ],
    [
      'not responding is of persons',
      'it is of sessions',
      'percent(row.anr_users, row.users)',
      'percent(row.anr_users, row.sessions)',
    ],
  ]),
  {
    mechanism: 'a late crash counts in its session',
    change: 'crashes that are told a day late are lost',
    file: 'clickhouse/silver/0004_create_events.sql',
    from: '  AND NOT is_repeat\n',
    to: "  AND NOT is_repeat AND NOT (event_name = 'app_crash' AND dateDiff('hour', occurred_at, received_at) > 24)\n",
    test: CRASH_FREE,
  },
  ...inFile('src/metric/crash-groups.ts', CRASH_GROUPS, [
    [
      'a crash without a fingerprint has its exception',
      'exceptions name no group',
      "'fingerprint', 'exception',",
      "'fingerprint',",
    ],
    [
      'the sample of a group is its last crash',
      'it is its first',
      'argMax(event_id, (${OCCURRED_MS}, event_id)) AS sample_id',
      'argMin(event_id, (${OCCURRED_MS}, event_id)) AS sample_id',
    ],
  ]),
  ...inFile(STARTS, of(100, APP), [
    [
      'a start of more than a minute is left out',
      'it counts',
      ' AND duration <= ${LONGEST_START_MS}',
      '',
    ],
    [
      'a start of just a minute counts',
      'it is left out',
      'duration <= ${LONGEST_START_MS}',
      'duration < ${LONGEST_START_MS}',
    ],
    ['a start below zero is left out', 'it counts', 'duration >= 0 AND ', ''],
    ['a start time without a type is cold', 'it is warm', "''), 'cold')", "''), 'warm')"],
    [
      'a request without a status failed',
      'it did not',
      'status >= 400, true)',
      'status >= 400, false)',
    ],
    ['a status of 400 failed', 'it did not', 'status >= 400,', 'status > 400,'],
    [
      'app times interpolate',
      'a percentile is one of the values',
      "'quantilesExactInclusiveIf(",
      "'quantilesExactIf(",
    ],
  ]),
  ...inFile('src/metric/page-load.ts', of(200, PAGE_LOAD), [
    [
      'load times interpolate',
      'a percentile is one of the values',
      'quantilesExactInclusive(',
      'quantilesExact(',
    ],
  ]),
  ...inFile(WEB, VITALS, [
    ['the last value of a vital counts', 'the first one does', 'argMax(number,', 'argMin(number,'],
    [
      'a vital without an id stands alone',
      'all without an id are one',
      "if(metric_id = '', ('e', event_id), ('m', metric_id))",
      'metric_id',
    ],
    ['a vital at the threshold is good', 'it is not', 'value <= multiIf(', 'value < multiIf('],
    [
      'a vital at the second threshold needs improvement',
      'it is poor',
      'p75 <= fair',
      'p75 < fair',
    ],
    [
      'a vital is rated by its p75',
      'by its median',
      'quantileExactInclusive(0.75)',
      'quantileExactInclusive(0.5)',
    ],
  ]),
  ...inFile(GRID, HEATMAP, [
    [
      'clicks at the edge are in the last column',
      'they are beyond it',
      'toInt64(least(greatest(floor(ifNull(x, 0) * ${columns} / ifNull(width, 1)), 0), ${columns - 1}))',
      'toInt64(greatest(floor(ifNull(x, 0) * ${columns} / ifNull(width, 1)), 0))',
    ],
    [
      'clicks above the page are in the first row',
      'they are above it',
      'toInt64(greatest(floor(ifNull(y, 0) / ${rowPixels}), 0))',
      'toInt64(floor(ifNull(y, 0) / ${rowPixels}))',
    ],
    [
      'clicks without coordinates are dropped',
      'they are at the top left',
      'AND width > 0, false) AS is_dropped',
      'AND width > 0, true) AS is_dropped',
    ],
  ]),
  ...inFile(CLICKS, of(200, RAGE), [
    [
      'three clicks are a rage click',
      'two are',
      'place > 1 AND follows[place] AND follows[place - 1] AND NOT (place > 2 AND follows[place - 2])',
      'follows[place] AND NOT (place > 1 AND follows[place - 1])',
    ],
    ['a second is near enough', 'it is too late', '<= 1000 AND', '< 1000 AND'],
    ['thirty pixels are too far', 'they are near enough', '< 30`', '<= 30`'],
    [
      'a burst counts once',
      'every third click counts',
      ' AND NOT (place > 2 AND follows[place - 2])',
      '',
    ],
    ['a burst is on one page', 'it may cross pages', 'click.1 = before.1 AND ', ''],
    [
      'clicks without coordinates are ignored',
      'they are at the top left',
      'WHERE isNotNull(x) AND isNotNull(y)',
      '',
    ],
  ]),
  ...inFile(DEPTH, SCROLL, [
    [
      'the deepest scroll of a visit counts',
      'the least one does',
      'max(assumeNotNull(reached))',
      'min(assumeNotNull(reached))',
    ],
    [
      'a scroll is held to 0 and 100',
      'it is as deep as it says',
      'least(greatest(max(assumeNotNull(reached)), 0), 100)',
      'max(assumeNotNull(reached))',
    ],
    ['scroll depth is per page', 'all pages are one', 'scroll_page AS page', "'/' AS page"],
    ['a step is reached at its depth', 'beyond it', 'depth >= ${step}', 'depth > ${step}'],
  ]),
  ...inFile(
    FORM,
    {
      file: 'test/integration/form-analytics.test.ts',
      name: 'is timed from its first start or field to its first submit, not from its view',
    },
    [
      [
        'a form is timed from its first field',
        'it is timed from its view',
        'minIf(occurred_ms, stage IN (2, 3)) AS started_ms',
        'minIf(occurred_ms, stage < 4) AS started_ms',
      ],
    ],
  ),
  ...inFile(FORM, FORMS, [
    [
      'any form event is a view',
      'only form_view is one',
      '    GROUP BY session_key, form\n',
      '    GROUP BY session_key, form HAVING min(stage) = 1\n',
    ],
    [
      'a submit is a start',
      'it is none',
      'max(stage) >= 2 AS is_started',
      'countIf(stage IN (2, 3)) > 0 AS is_started',
    ],
    [
      'a form is submitted once per session',
      'every submit is one',
      '    GROUP BY session_key, form\n',
      "    GROUP BY session_key, form, if(stage = 4, event_id, '')\n",
    ],
    [
      'the last field drops off',
      'the first one does',
      'argMaxIf(field_name',
      'argMinIf(field_name',
    ],
    [
      'only starters drop off',
      'viewers do too',
      'if(is_started AND NOT is_submitted,',
      'if(NOT is_submitted,',
    ],
  ]),
  ...inFile('src/metric/video-plays.ts', VIDEO, [
    [
      'a play counts on viewed pages',
      'it counts anywhere',
      'has_view AND play_count > 0) AS playing',
      'play_count > 0) AS playing',
    ],
  ]),
];
