import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { computeActiveUsers } from '../../src/metric/active-users.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';
import { statement } from '../../src/warehouse/statement.js';
import { addDays, datesBetween, localDates, midnight } from '../testkit/oracle/oracle-time.js';
import { clockChanges, momentsAround, offsetAt } from '../testkit/oracle/oracle-zone.js';
import { randomNumbers } from '../testkit/random-numbers.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/** Half hours, changes at midnight, changes for a month of fasting, two hours at once, and new laws. */
const ODD_ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/El_Aaiun',
  'America/Asuncion',
  'America/Havana',
  'America/Santiago',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Pacific/Apia',
  'Pacific/Chatham',
] as const;

/** `npm run prove` asks for all of them. */
const ZONES = Number(process.env.ZONES ?? ODD_ZONES.length + 5);
const SEED = Number(process.env.ZONES_SEED ?? 20_261_128);
const FROM = '2024-01-01';
const TO = '2026-12-31';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PROJECT = 'zones';

jest.setTimeout(1_800_000);

let kit: TestWarehouse;
let context: MetricContext;
/** Moments and devices of the events, each moment once. */
let events: ReadonlyMap<number, string>;
let zones: readonly string[];
let changesOf: ReadonlyMap<string, readonly number[]>;

beforeAll(async () => {
  kit = await startTestWarehouse();
  const known = await engineZones();
  zones = chosenZones(known);
  const [fromMs, toMs] = [Date.parse(FROM), Date.parse(TO) + DAY];
  changesOf = new Map(zones.map((zone) => [zone, clockChanges(zone, fromMs - DAY, toMs + DAY)]));
  const moments = zones.flatMap((zone) => {
    const changes = changesOf.get(zone) ?? [];
    // Where clocks never change, midnights are what is left to get wrong.
    return momentsAround(zone, changes.length > 0 ? changes : [Date.UTC(2025, 1, 28)]);
  });
  const sorted = [...new Set(moments)].sort((a, b) => a - b);
  events = new Map(sorted.map((at, index) => [at, `d${(index * 7) % 5}`]));
  await seedEvents({
    warehouse: kit.warehouse,
    database: kit.database,
    projectId: PROJECT,
    batch: PROJECT,
    events: [...events].map(
      ([at, device]): EventJson => ({
        event_id: `e${at}`,
        event_name: 'page_view',
        timestamp: new Date(at).toISOString(),
        anonymous_id: device,
        url: 'https://shop.example/',
      }),
    ),
  });
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
    clock: () => Date.UTC(2027, 0, 1),
  };
}, 600_000);

afterAll(() => kit.stop());

async function engineZones(): Promise<readonly string[]> {
  const { rows } = await kit.warehouse.query(
    statement<{ time_zone: string }>(
      'zones.known',
      'SELECT time_zone FROM system.time_zones ORDER BY time_zone',
      {},
    ),
  );
  return rows.map((row) => row.time_zone);
}

function isKnownHere(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== null;
  } catch {
    return false;
  }
}

/** The odd zones, then others in an order of the seed; links are zones like any other. */
function chosenZones(engine: readonly string[]): readonly string[] {
  const both = engine.filter(isKnownHere);
  const missing = Intl.supportedValuesOf('timeZone').filter((zone) => !engine.includes(zone));
  const alone = engine.filter((zone) => !isKnownHere(zone));
  say(`${both.length} zones are known to both`);
  say(
    `only to Node: ${missing.join(', ') || 'none'}; only to the engine: ${alone.join(', ') || 'none'}`,
  );
  const random = randomNumbers(SEED);
  const drawn = both
    .filter((zone) => !ODD_ZONES.some((odd) => odd === zone))
    .map((zone) => ({ zone, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ zone }) => zone);
  return [...ODD_ZONES, ...drawn].slice(0, ZONES);
}

function say(line: string): void {
  process.stdout.write(`zones: ${line}\n`);
}

function asked(timeZone: string, from: string, to: string): MetricQuestion {
  return {
    projectId: PROJECT,
    range: { kind: 'dates', from, to },
    timeZone,
    filter: [],
    includeBots: false,
  };
}

/** People of every local date from one to the other. */
function oracleDau(timeZone: string, from: string, to: string): readonly number[] {
  const dateOf = localDates(timeZone);
  const people = new Map(datesBetween(from, to).map((date) => [date, new Set<string>()]));
  for (const [at, device] of events) people.get(dateOf(at))?.add(device);
  return [...people.values()].map(({ size }) => size);
}

/** Events of every real hour from the first midnight to the one behind the last date. */
function oracleHours(timeZone: string, from: string, to: string): readonly number[] {
  const start = midnight(from, timeZone);
  const end = midnight(addDays(to, 1), timeZone);
  const hours = new Array<number>(Math.ceil((end - start) / HOUR)).fill(0);
  for (const at of events.keys()) {
    const hour = Math.floor((at - start) / HOUR);
    // A day of half an hour more ends with half an hour.
    if (at < end && hours[hour] !== undefined) hours[hour] += 1;
  }
  return hours;
}

/** Both series of dates of a zone against the oracle. */
async function checkDates(zone: string, from: string, to: string): Promise<readonly number[]> {
  const question = asked(zone, from, to);
  const { dates, dau } = await computeActiveUsers(context, question);
  expect([zone, dates]).toEqual([zone, datesBetween(from, to)]);
  expect([zone, from, dau]).toEqual([zone, from, oracleDau(zone, from, to)]);
  const { series } = await computeEventVolume(context, { ...question, grain: 'hour' });
  expect([zone, from, series?.values]).toEqual([zone, from, oracleHours(zone, from, to)]);
  return dau;
}

describe(`${ZONES} zones, the clock changes of three years (seed ${SEED})`, () => {
  const daily = new Map<string, readonly number[]>();

  test('people of the day and events of the hour are those of the oracle', async () => {
    expect(zones.length).toBeGreaterThanOrEqual(Math.min(ZONES, 400));
    for (const zone of zones) daily.set(zone, await checkDates(zone, FROM, TO));
    const changes = [...changesOf.values()].reduce((sum, { length }) => sum + length, 0);
    say(`${zones.length} zones, ${changes} clock changes, ${events.size} moments`);
    expect(changes).toBeGreaterThan(2 * ODD_ZONES.length);
  });

  test('so are they where a range is but the day of a change', async () => {
    const checked = new Set<string>();
    for (const zone of zones) {
      const dateOf = localDates(zone);
      for (const change of changesOf.get(zone) ?? []) {
        const [date, eve] = [dateOf(change), dateOf(change - 1)];
        // Zones that change alike are cut alike.
        const key = `${change} ${offsetAt(change, zone)}`;
        if (date < FROM || eve > TO || checked.has(key)) continue;
        checked.add(key);
        for (const day of new Set([date, eve])) await checkDates(zone, day, day);
      }
    }
    say(`${checked.size} different changes alone`);
  });

  test('the engine puts moments on the same days, unless its zone data are of another release', async () => {
    const other: string[] = [];
    for (const zone of zones) {
      const differs = await differences(zone);
      if (differs.length > 0) {
        other.push(`${zone} (${differs.map((at) => new Date(at).toISOString()).join(', ')})`);
        continue;
      }
      const dau = daily.get(zone) ?? (await checkDates(zone, FROM, TO));
      expect([zone, dau]).toEqual([zone, await engineDau(zone)]);
    }
    say(
      `offsets of Node (zone data ${process.versions.tz}) and of the engine differ in ${other.length} of ${zones.length} zones: ${other.join('; ') || 'none'}`,
    );
    // Zone data of other releases differ in a few places; of most zones they must not.
    expect(other.length).toBeLessThan(zones.length / 2);
  });
});

/** First and last moment at which the offsets of Node and of the engine differ; none. */
async function differences(zone: string): Promise<readonly number[]> {
  const moments: number[] = (changesOf.get(zone) ?? []).flatMap((at) => [at - 1_000, at]);
  for (let at = Date.parse(FROM); at < Date.parse(TO) + DAY; at += 7 * DAY) moments.push(at);
  const { rows } = await kit.warehouse.query(
    statement<{ at: number; seconds: number }>(
      'zones.offsets',
      `SELECT toFloat64(moment) * 1000 AS at, toFloat64(timezoneOffset(toDateTime(moment, {zone:String}))) AS seconds
FROM (SELECT arrayJoin({moments:Array(UInt32)}) AS moment)
ORDER BY moment`,
      { zone, moments: moments.map((at) => at / 1_000) },
    ),
  );
  const wrong = rows.filter((row) => row.seconds !== offsetAt(row.at, zone)).map((row) => row.at);
  return [...new Set([...wrong.slice(0, 1), ...wrong.slice(-1)])];
}

/** People of every day by the calendar of the engine. */
async function engineDau(zone: string): Promise<readonly number[]> {
  const { rows } = await kit.warehouse.query(
    statement<{ day: string; people: number }>(
      'zones.days',
      `SELECT toString(toDate32(occurred_at, {zone:String})) AS day, toFloat64(uniqExact(anonymous_id)) AS people
FROM ${kit.database}.silver_events
WHERE project_id = '${PROJECT}'
GROUP BY day`,
      { zone },
    ),
  );
  const people = new Map(rows.map((row) => [row.day, row.people]));
  return datesBetween(FROM, TO).map((date) => people.get(date) ?? 0);
}
