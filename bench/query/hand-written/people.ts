import type { ActiveUsersAnswer } from '../../../src/metric/active-users.js';
import type { BotTrafficAnswer } from '../../../src/metric/bot-traffic.js';
import type { FeatureAdoptionAnswer } from '../../../src/metric/feature-adoption.js';
import type { LifecycleAnswer } from '../../../src/metric/lifecycle.js';
import type { CountAnswer } from '../../../src/metric/metric-query.js';
import type { NewReturningAnswer } from '../../../src/metric/new-returning.js';
import type { RevenueAnswer } from '../../../src/metric/revenue.js';
import type { ScreenViewsAnswer } from '../../../src/metric/screen-views.js';
import type { StickinessHistogramAnswer } from '../../../src/metric/stickiness-histogram.js';
import type { RetentionAnswer } from '../../../src/retention/retention-query.js';
import {
  D,
  EVENTS,
  FROM,
  IN_RANGE,
  PEOPLE_EVENTS,
  type Peer,
  peer,
  TO,
  topTen,
  topTenCells,
} from './peer.js';

/** Goes behind a table or subquery with both ids, `PERSON` into what is selected of it. */
export const LINKED = `AS linked LEFT ANY JOIN (SELECT sipHash64(anonymous_id) AS device, sipHash64(tupleElement(min(first_link), 3)) AS account FROM ${D}.silver_identity_links WHERE project_id = 'large' GROUP BY anonymous_id) AS links ON sipHash64(anonymous_id) = device`;
export const PERSON = `if(user_id != '', sipHash64(user_id), if(account != 0, account, sipHash64(anonymous_id)))`;

/**
 * One row per device and account: bit n of `days` is the n-th local day of 2026. Local days begin
 * with the 92nd quarter hour of a day in UTC, behind the clock change with the 88th.
 */
const DEVICE_DAYS = `SELECT anonymous_id, user_id, groupBitOr(bitShiftRight(bitShiftLeft(toUInt128((bitAnd(quarter_hours, bitShiftLeft(toUInt128(1), midnight) - 1) != 0) + 2 * (bitShiftRight(quarter_hours, midnight) != 0)), toUInt8(toDate(day) - toDate('2025-12-31'))), 1)) AS device_days
  FROM (SELECT *, toUInt8(if(day >= '2026-03-29', 88, 92)) AS midnight FROM ${D}.gold_active_users_per_day WHERE project_id = 'large' AND NOT is_bot)
  GROUP BY anonymous_id, user_id`;
/** The same by person, all days of the table. */
const PERSON_DAYS = `SELECT ${PERSON} AS person, groupBitOr(device_days) AS all_days FROM (${DEVICE_DAYS}) ${LINKED} GROUP BY person`;
/** The same of the 90 days, of people who were there at all. */
const RANGE_DAYS = `SELECT bitAnd(all_days, bitShiftLeft(toUInt128(1), 90) - 1) AS days FROM (${PERSON_DAYS}) WHERE days != 0`;
export const USERS = `(SELECT count() FROM (${RANGE_DAYS}))`;

/** How many people have each of so many bits, up to 64. */
function perBit(bits: string, count: number): string {
  return `sumForEach(arrayMap(n -> bitTest(${bits}, n), range(${count})))`;
}

/** The same of the 90 days, of the two numbers that `halves` makes of their bits. */
function perDay(days: string): string {
  return `arrayConcat(${perBit(`${days}_1`, 64)}, ${perBit(`${days}_2`, 26)})`;
}
function halves(days: string): string {
  return `toUInt64(${days}) AS ${days}_1, toUInt64(bitShiftRight(${days}, 64)) AS ${days}_2`;
}

/** Devices and accounts, far fewer than events, before they are people. */
function devices(key: string, columns: string, events: string): string {
  return `SELECT ${key === '' ? '' : `${key}, `}anonymous_id, user_id, ${columns} FROM ${events} GROUP BY ${key === '' ? '' : `${key}, `}anonymous_id, user_id`;
}

export const PEOPLE: Readonly<Record<string, Peer>> = {
  unique_users: peer<CountAnswer>(
    `SELECT count(), ${perDay('days')} FROM (SELECT ${halves('days')} FROM (${RANGE_DAYS}))`,
    ({ total, series }) => [total, series?.values ?? []],
  ),
  'unique_users-country': peer<CountAnswer>(
    topTen(
      `SELECT toString(country) AS value, uniqExactState(${PERSON}) AS people FROM (${devices('country', 'count()', EVENTS)}) ${LINKED} GROUP BY value`,
      'finalizeAggregation(people) DESC',
      'uniqExactMerge(people)',
    ),
    ({ total, breakdown: rows }) =>
      topTenCells(
        rows?.values ?? [],
        [rows?.counts ?? []],
        [rows?.otherValues ?? 0, rows?.otherCount ?? 0],
        [total],
      ),
  ),
  active_users: peer<ActiveUsersAnswer>(
    `SELECT ${perDay('days')}, ${perDay('week')}, ${perDay('month')} FROM (
  SELECT days, bitOr(days, bitShiftLeft(days, 1)) AS d2, bitOr(d2, bitShiftLeft(d2, 2)) AS d4, bitOr(d4, bitShiftLeft(d4, 3)) AS week,
    bitOr(d4, bitShiftLeft(d4, 4)) AS d8, bitOr(d8, bitShiftLeft(d8, 8)) AS d16, bitOr(d16, bitShiftLeft(d16, 14)) AS month,
    ${halves('days')}, ${halves('week')}, ${halves('month')}
  FROM (${RANGE_DAYS}))`,
    ({ dau, wau, mau }) => [dau, wau, mau],
  ),
  new_returning: peer<NewReturningAnswer>(
    `SELECT countIf(NOT was_before), count() FROM (
  SELECT ${PERSON} AS person, max(is_in) AS is_active, max(is_before) AS was_before FROM (
    SELECT anonymous_id, user_id, max(day >= '2026-01-01' AND day <= '2026-03-31' AND (day < '2026-03-31' OR bitAnd(quarter_hours, bitShiftLeft(toUInt128(1), 88) - 1) != 0) OR (day = '2025-12-31' AND bitShiftRight(quarter_hours, 92) != 0)) AS is_in,
      max(day < '2025-12-31' OR (day = '2025-12-31' AND bitAnd(quarter_hours, bitShiftLeft(toUInt128(1), 92) - 1) != 0)) AS is_before
    FROM ${D}.gold_active_users_per_day WHERE project_id = 'large' AND NOT is_bot GROUP BY anonymous_id, user_id
  ) ${LINKED} GROUP BY person
) WHERE is_active`,
    ({ newUsers, total }) => [newUsers, total],
  ),
  stickiness_histogram: peer<StickinessHistogramAnswer>(
    `SELECT bitCount(days) AS k, count() FROM (${RANGE_DAYS}) GROUP BY k ORDER BY k`,
    ({ histogram }) => histogram.flatMap((n, at) => (n === 0 ? [] : [at + 1, n])),
  ),
  // Nobody was there before the range.
  retention: peer<RetentionAnswer>(
    `SELECT ${perBit('since', 31)} FROM (
  SELECT toUInt8(bitCount(bitXor(all_days, all_days - 1)) - 1) AS cohort, toUInt64(bitShiftRight(all_days, cohort)) AS since FROM (${PERSON_DAYS}) WHERE cohort < 90
) GROUP BY cohort ORDER BY cohort`,
    ({ matrix }) => matrix.map((row) => row.map((n) => n ?? 0)),
  ),
  lifecycle: peer<LifecycleAnswer>(
    `SELECT ${perBit('first', 14)}, ${perBit('bitAnd(weeks, before)', 14)}, ${perBit('bitAnd(bitXor(weeks, first), bitNot(before))', 14)}, ${perBit('bitAnd(before, bitNot(weeks))', 14)} FROM (
  SELECT toUInt32(arraySum(arrayMap(week -> if(bitAnd(bitShiftRight(bitShiftLeft(all_days, 3), 7 * week), 127) != 0, bitShiftLeft(toUInt32(1), week), 0), range(14)))) AS weeks,
    bitShiftLeft(weeks, 1) AS before, bitAnd(weeks, bitNot(weeks) + 1) AS first
  FROM (${PERSON_DAYS}))`,
    ({ newUsers, returning, resurrecting, dormant }) => [
      newUsers,
      returning,
      resurrecting,
      dormant,
    ],
  ),
  feature_adoption: peer<FeatureAdoptionAnswer>(
    `SELECT ${USERS}, count(), countIf(first_at >= ${FROM}), sum(uses) FROM (
  SELECT ${PERSON} AS person, min(first) AS first_at, sum(n) AS uses
  FROM (${devices('', `min(occurred_at) AS first, countIf(occurred_at >= ${FROM}) AS n`, `${PEOPLE_EVENTS} AND occurred_at < ${TO} AND event_name = 'search'`)}) ${LINKED}
  GROUP BY person HAVING uses > 0)`,
    ({ activeUsers, adopters, newAdopters, uses }) => [activeUsers, adopters, newAdopters, uses],
  ),
  bot_traffic: peer<BotTrafficAnswer>(
    `SELECT sum(n), sumIf(n, is_bot), uniqExactIf(${PERSON}, NOT is_bot) FROM (${devices('is_bot', 'count() AS n', `${EVENTS.replace(' AND NOT is_bot', '')} AND platform = 'web'`)}) ${LINKED}`,
    ({ events, botEvents, humanUsers }) => [events, botEvents, humanUsers],
  ),
  screen_views: peer<ScreenViewsAnswer>(
    topTen(
      `SELECT screen AS value, sum(n) AS views, uniqExactState(${PERSON}) AS people FROM (${devices('screen', 'count() AS n', `${EVENTS} AND event_name = 'screen_view'`)}) ${LINKED} GROUP BY value`,
      'views DESC',
      'sum(views) AS v, uniqExactMerge(people) AS p',
    ),
    ({ screens, views, screenUsers, otherScreens, otherViews, otherUsers, total, users }) =>
      topTenCells(
        screens,
        [views, screenUsers],
        [otherScreens, otherViews, otherUsers],
        [total, users],
      ),
  ),
  revenue: peer<RevenueAnswer>(
    `SELECT currency, toString(sum(amount)) AS net, countIf(is_order) AS orders, uniqExactIf(${PERSON}, is_order) AS buyers, toFloat64(sum(amount)) / orders, toFloat64(sum(amount)) / ${USERS} FROM (
  SELECT anonymous_id, user_id, currency, if(event_name = 'refund', -abs(revenue), revenue) AS amount, event_name = 'purchase' AS is_order FROM (
    SELECT anonymous_id, user_id, currency, event_name, revenue, occurred_at FROM ${PEOPLE_EVENTS} AND event_name IN ('purchase', 'refund') AND revenue IS NOT NULL AND currency != ''
    ORDER BY occurred_at, event_id LIMIT 1 BY event_name, if(event_name = 'purchase' AND order_id != '', order_id, event_id)
  ) WHERE ${IN_RANGE}
) ${LINKED} GROUP BY currency`,
    ({ currencies, netSums, orders, buyers, averageOrderValue, averageRevenuePerUser }) => [
      [currencies, netSums, orders, buyers],
      [averageOrderValue, averageRevenuePerUser],
    ],
  ),
};
