import type { Mutant } from './mutants.js';
import { SESSIONS, VOLUME } from './oracle-checks.js';

/**
 * The rules of METRICS-SPEC §1 about copies, time, ranges and empty answers, each switched off on
 * purpose in one place, and the test that notices. `mechanism` is the rule, by the name it has in
 * test/testkit/oracle/oracle-rules.ts. `npm run prove -- mutants --list=metrics-events` runs them.
 */

const SILVER = 'clickhouse/silver/0004_create_events.sql';
const BUCKETS = 'src/metric/buckets.ts';

export const EVENT_RULE_MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'one event id counts once',
    change: 'copies within a batch count',
    file: SILVER,
    from: '  AND NOT is_repeat\n',
    to: '',
    test: VOLUME,
  },
  {
    mechanism: 'the copy received first counts',
    change: 'the last copy of a batch counts',
    file: 'ingest/ingester/consume-batch.ts',
    from: 'return accepted.map(({ record, event, key }) => {',
    to: 'return accepted.toReversed().map(({ record, event, key }) => {',
    test: { file: 'test/integration/duplicates.test.ts', name: 'in the same batch' },
  },
  {
    mechanism: 'a time 23 hours ahead of receipt is replaced',
    change: 'every clock is believed',
    file: 'src/event/event-time.ts',
    from: 'occurredAt - receivedAt > CLOCK_TOLERANCE_MS ? receivedAt : occurredAt',
    to: 'receivedAt > receivedAt ? receivedAt : occurredAt',
    test: VOLUME,
  },
  {
    mechanism: 'a smaller skew is kept',
    change: 'no clock may run ahead at all',
    file: 'src/event/event-time.ts',
    from: '> CLOCK_TOLERANCE_MS ?',
    to: '> 0 ?',
    test: VOLUME,
  },
  {
    mechanism: 'late events count',
    change: 'events a day late are left out',
    file: SILVER,
    from: '  AND NOT is_repeat\n',
    to: "  AND NOT is_repeat AND dateDiff('second', occurred_at, received_at) <= 86400\n",
    test: VOLUME,
  },
  {
    mechanism: 'days are local',
    change: 'days are those of UTC',
    file: 'src/metric/zone-offsets.ts',
    from: "      timeZone,\n      hourCycle: 'h23',",
    to: "      timeZone: 'UTC',\n      hourCycle: 'h23',",
    test: VOLUME,
  },
  {
    mechanism: 'hours are real',
    change: 'a day has 24 hours',
    file: BUCKETS,
    from: 'start < range.toMs; start += width) starts.push(start);',
    to: 'start < midnight + Math.round((range.toMs - midnight) / DAY_MS) * DAY_MS; start += width) starts.push(start);',
    test: VOLUME,
  },
  {
    mechanism: 'weeks begin on Monday',
    change: 'weeks begin on Sunday',
    file: 'src/metric/local-date.ts',
    from: '((((dayNumber + 3) % 7) + 7) % 7)',
    to: '((((dayNumber + 4) % 7) + 7) % 7)',
    test: VOLUME,
  },
  {
    mechanism: 'months are those of the calendar',
    change: 'months have 30 days',
    file: BUCKETS,
    from: 'return `toInt64(${month(day)}) - toInt64(${month(first)})`;',
    to: 'return `intDiv(${day} - ${first}, 30)`;',
    test: VOLUME,
  },
  {
    mechanism: 'the last date of a range is in it',
    change: 'a range ends before its last date',
    file: 'src/metric/time-range.ts',
    from: 'toMs: startOfLocalDay(clock, to + 1)',
    to: 'toMs: startOfLocalDay(clock, to)',
    test: VOLUME,
  },
  {
    mechanism: 'instant ranges are half-open',
    change: 'an event at the end of the range counts',
    file: 'src/metric/occurred-between.ts',
    from: 'AND occurred_at < ${at(toMs)}`',
    to: 'AND occurred_at <= ${at(toMs)}`',
    test: {
      file: 'test/integration/metric.test.ts',
      name: 'an instant is in the range that it begins, and in none that it ends',
    },
  },
  {
    mechanism: 'a series has every bucket',
    change: 'buckets without events are missing',
    file: BUCKETS,
    from: 'new Array<number>(buckets.startsMs.length).fill(0)',
    to: 'new Array<number>(rows.length).fill(0)',
    test: VOLUME,
  },
  {
    mechanism: 'what has no denominator is null',
    change: 'a percentage of nothing is 0',
    file: 'src/metric/answer.ts',
    from: 'denominator === 0 ? null : (numerator * 100) / denominator',
    to: 'denominator === 0 ? 0 : (numerator * 100) / denominator',
    test: {
      file: 'test/integration/metric.test.ts',
      name: 'gives zeros for counts and null for what has no denominator',
    },
  },
  {
    mechanism: 'what has no denominator is null',
    change: 'a ratio of nothing is 0',
    file: 'src/metric/answer.ts',
    from: 'denominator === 0 ? null : numerator / denominator',
    to: 'denominator === 0 ? 0 : numerator / denominator',
    test: SESSIONS,
  },
];
