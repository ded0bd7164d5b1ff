import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AttributionModel,
  type AttributionQuestion,
  DATA_DRIVEN_MODELS,
  RULE_MODELS,
} from '../../src/attribution/attribution-query.js';
import { attributionOf, computeAttribution } from '../../src/attribution/compute-attribution.js';
import { explainConversion } from '../../src/attribution/explain-conversion.js';
import { isAppError } from '../../src/errors.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const NOON = Date.UTC(2024, 2, 20, 12);
const DAY = 86_400_000;
const ALL_MODELS = [...RULE_MODELS, ...DATA_DRIVEN_MODELS];

let kit: TestWarehouse;
let context: MetricContext;
let projects = 0;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => NOON,
  };
});

afterAll(() => kit.stop());

/** What a visit comes with, by the letter it is written with. */
const TRAFFIC: Readonly<Record<string, Partial<EventJson>>> = {
  E: { utm_source: 'letter', utm_medium: 'email', utm_campaign: 'spring' },
  S: { referrer: 'https://www.google.com/' },
  P: { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'autumn' },
  D: {},
};

/**
 * Events of one person, so many days before noon: letters are visits (E-mail, organic Search, Paid
 * search, Direct) of one page view, `buy` is a purchase of 100 EUR in the session of the visit before.
 */
function person(id: string, text: string, fields: Partial<EventJson> = {}): EventJson[] {
  let sessionId = '';
  return text.split(' ').map((word, index) => {
    const [name = '', days = '0'] = word.split('@');
    const traffic = TRAFFIC[name];
    if (traffic !== undefined) sessionId = `${id}-${index}`;
    return {
      event_id: `${id}-${String(index).padStart(2, '0')}`,
      event_name: traffic === undefined ? 'purchase' : 'page_view',
      timestamp: new Date(NOON - Math.round(Number(days) * DAY)).toISOString(),
      platform: 'web',
      anonymous_id: id,
      session_id: sessionId === '' ? `${id}-none` : sessionId,
      url: 'https://shop.example/',
      ...traffic,
      properties: traffic === undefined ? { revenue: 100, currency: 'EUR' } : {},
      ...fields,
    };
  });
}

async function asked(
  events: readonly EventJson[],
  changes: Partial<AttributionQuestion> = {},
): Promise<AttributionQuestion> {
  projects += 1;
  const projectId = `attribution-${projects}`;
  const { warehouse, database } = kit;
  expect(await seedEvents({ warehouse, database, projectId, events, batch: projectId })).toBe(0);
  return {
    projectId,
    range: { kind: 'dates', from: '2024-03-18', to: '2024-03-20' },
    timeZone: 'UTC',
    filter: [],
    includeBots: false,
    goal: { event: 'purchase' },
    models: ALL_MODELS,
    by: 'channel',
    lookbackDays: 30,
    halfLifeDays: 7,
    excludeDirect: false,
    ...changes,
  };
}

/** Credits by value, and revenue in EUR by value, of each model. */
async function credited(events: readonly EventJson[], changes: Partial<AttributionQuestion> = {}) {
  const answer = await computeAttribution(context, await asked(events, changes));
  const of = (model: AttributionModel) => answer.models.find((each) => each.model === model);
  return {
    answer,
    credits: (model: AttributionModel): Readonly<Record<string, number>> =>
      Object.fromEntries(
        (of(model)?.values ?? [])
          .map((value, at) => [value, of(model)?.credits[at] ?? 0] as const)
          .filter(([, credit]) => credit !== 0),
      ),
    money: (model: AttributionModel): Readonly<Record<string, string>> =>
      Object.fromEntries(
        (of(model)?.values ?? []).map((value, at) => [
          value,
          of(model)?.revenues[0]?.amounts[at] ?? '',
        ]),
      ),
  };
}

describe('touches of a conversion', () => {
  test('count up to the lookback, inclusive', async () => {
    const near = await credited(person('a', 'E@30 P@3 buy'));
    expect(near.credits('linear')).toEqual({ Email: 0.5, 'Paid Search': 0.5 });
    const far = await credited(person('a', `E@${30 + 1 / DAY} P@3 buy`));
    expect(far.credits('linear')).toEqual({ 'Paid Search': 1 });
    const short = await credited(person('a', 'E@2 P@1 buy'), { lookbackDays: 1 });
    expect(short.credits('linear')).toEqual({ 'Paid Search': 1 });
  });

  test('are those up to the conversion, its own session and its own moment among them', async () => {
    const { credits } = await credited([
      ...person('a', 'E@2 buy@1'),
      ...person('a', 'P@0.5', { event_id: 'later', session_id: 'later' }),
    ]);
    expect(credits('linear')).toEqual({ Email: 1 });
    const own = await credited(person('a', 'E@1 buy@1'));
    expect(own.credits('linear')).toEqual({ Email: 1 });
  });

  test('are those of the person, also before a login and on other devices', async () => {
    const { credits } = await credited([
      ...person('phone', 'E@3'),
      ...person('laptop', 'P@2'),
      ...person('phone', 'D@0.1', { event_id: 'login', session_id: 'phone-0', user_id: 'u' }),
      ...person('laptop', 'buy', { event_id: 'buy', user_id: 'u', session_id: 'laptop-0' }),
    ]);
    expect(credits('first_touch')).toEqual({ Email: 1 });
    expect(credits('last_touch')).toEqual({ 'Paid Search': 1 });
  });

  test('of one moment follow the bytes of their first event', async () => {
    const { credits } = await credited([
      ...person('a', 'E@2', { event_id: 'z' }),
      ...person('a', 'P@2', { event_id: 'y', session_id: 'y' }),
      ...person('a', 'S@2', { event_id: 'é', session_id: 'é' }),
      ...person('a', 'buy@1', { event_id: 'buy', session_id: 'y' }),
    ]);
    expect(credits('first_touch')).toEqual({ 'Paid Search': 1 });
    expect(credits('last_touch')).toEqual({ 'Organic Search': 1 });
  });

  test('leave Direct out when asked, unless all are Direct', async () => {
    const events = [...person('a', 'E@3 D@2 buy'), ...person('b', 'D@3 D@2 buy')];
    const kept = await credited(events);
    expect(kept.credits('linear')).toEqual({ Direct: 1.5, Email: 0.5 });
    const { credits } = await credited(events, { excludeDirect: true });
    expect(credits('linear')).toEqual({ Direct: 1, Email: 1 });
  });

  test('are told apart by source, medium or campaign', async () => {
    const events = person('a', 'E@3 S@2 P@1 D@0.5 buy');
    const by = async (dimension: AttributionQuestion['by']) =>
      (await credited(events, { by: dimension })).credits('linear');
    expect(await by('source')).toEqual({
      letter: 0.25,
      'www.google.com': 0.25,
      google: 0.25,
      '(none)': 0.25,
    });
    expect(await by('medium')).toEqual({ email: 0.25, organic: 0.25, cpc: 0.25, '(none)': 0.25 });
    expect(await by('campaign')).toEqual({ spring: 0.25, autumn: 0.25, '(none)': 0.5 });
  });
});

describe('conversions', () => {
  test('are each credited on their own', async () => {
    const { answer, credits } = await credited(person('a', 'E@3 buy@2 P@1 buy buy'));
    expect(answer).toMatchObject({ conversions: 3, unattributed: 0 });
    expect(credits('linear')).toEqual({ Email: 2, 'Paid Search': 1 });
  });

  test('without a touch are unattributed and on no path', async () => {
    const { answer, credits } = await credited([
      ...person('a', 'P@1 buy'),
      ...person('b', 'E@40 buy', { session_id: 'b-0' }),
    ]);
    expect(answer).toMatchObject({
      conversions: 2,
      unattributed: 1,
      revenue: { currencies: ['EUR'], totals: ['200'], unattributed: ['100'] },
    });
    expect(credits('linear')).toEqual({ 'Paid Search': 1 });
    expect(credits('shapley')).toEqual({ 'Paid Search': 1 });
    expect(answer.models.find(({ model }) => model === 'markov')).toMatchObject({
      values: ['Paid Search'],
      conversionProbability: 1,
    });
  });

  test('that repeat an order are credited without value, wherever the first lies', async () => {
    const order = { properties: { revenue: 100, currency: 'EUR', order_id: 'o1' } };
    const { answer, credits, money } = await credited([
      ...person('a', 'E@1'),
      ...person('a', 'buy', { ...order, event_id: 'again', session_id: 'a-0' }),
      ...person('b', 'buy@200', { ...order, event_id: 'first' }),
    ]);
    expect(answer).toMatchObject({ conversions: 1, revenue: { currencies: [] } });
    expect(credits('linear')).toEqual({ Email: 1 });
    expect(money('linear')).toEqual({ Email: '' });
  });

  test('keep their revenue to the last place, by currency', async () => {
    const paid = (revenue: unknown, currency: string) => ({ properties: { revenue, currency } });
    const { answer, money } = await credited([
      ...person('a', 'E@3 S@2 P@1'),
      ...person('a', 'buy', { event_id: 'one', session_id: 'a-2', ...paid('100.0001', 'EUR') }),
      ...person('a', 'buy', { event_id: 'two', session_id: 'a-2', ...paid('-0.5', 'USD') }),
    ]);
    expect(money('linear')).toEqual({
      Email: '33.3333666667',
      'Organic Search': '33.3333666667',
      'Paid Search': '33.3333666666',
    });
    for (const { model, revenues } of answer.models) {
      if (model === 'markov' || model === 'shapley') continue;
      const sums = revenues.map(({ currency, amounts }) => [
        currency,
        // Ten places fit into a double as whole units here.
        amounts.reduce((sum, text) => sum + Math.round(Number(text) * 1e10), 0),
      ]);
      expect([model, sums]).toEqual([
        model,
        [
          ['EUR', 1_000_001_000_000],
          ['USD', -5_000_000_000],
        ],
      ]);
    }
  });
});

describe('the models', () => {
  test('share as the specification says', async () => {
    const { credits } = await credited(person('a', 'P@15 E@8 S@1 D@0 buy'));
    expect(credits('first_touch')).toEqual({ 'Paid Search': 1 });
    expect(credits('last_touch')).toEqual({ Direct: 1 });
    expect(credits('last_non_direct')).toEqual({ 'Organic Search': 1 });
    expect(credits('linear')).toEqual({
      'Paid Search': 0.25,
      Email: 0.25,
      'Organic Search': 0.25,
      Direct: 0.25,
    });
    expect(credits('position_based')).toEqual({
      'Paid Search': 0.4,
      Email: 0.1,
      'Organic Search': 0.1,
      Direct: 0.4,
    });
    const decayed = await credited(person('a', 'P@15 E@8 S@1 buy'));
    const wanted = { 'Organic Search': 4 / 7, Email: 2 / 7, 'Paid Search': 1 / 7 };
    for (const [value, credit] of Object.entries(wanted)) {
      expect(decayed.credits('time_decay')[value]).toBeCloseTo(credit, 10);
    }
    const halved = await credited(person('a', 'P@2 E@1 buy'), { halfLifeDays: 1 });
    expect(halved.credits('time_decay').Email).toBeCloseTo(2 / 3, 10);
  });

  test('by position give one touch all and two touches halves', async () => {
    const { credits } = await credited([...person('a', 'E@1 buy'), ...person('b', 'E@2 P@1 buy')]);
    expect(credits('position_based')).toEqual({ Email: 1.5, 'Paid Search': 0.5 });
  });

  test('give a last touch that is Direct the credit when all are Direct', async () => {
    const { credits } = await credited(person('a', 'D@2 D@1 buy'));
    expect(credits('last_non_direct')).toEqual({ Direct: 1 });
  });

  test('learn from paths that end at a conversion or in none', async () => {
    const events = [
      // Paths E, then P, won; S, in range, lost.
      ...person('a', 'E@2.4 buy@2 P@1 buy@0.5 S@0.1'),
      // A conversion directly behind another has the last touch as its path.
      ...person('b', 'E@2 P@1 buy@0.5 buy@0.4'),
      // Lost; the visit before the range is on no path.
      ...person('c', 'S@10 D@1'),
      ...person('d', 'D@0.3 buy@0.2'),
    ];
    const { answer, credits } = await credited(events);
    const markov = answer.models.find(({ model }) => model === 'markov');
    // Won: E, P, E›P, P, D; lost: S, D.
    expect(markov?.conversionProbability).toBeCloseTo(5 / 7, 12);
    expect([...(markov?.values ?? [])].sort()).toEqual([
      'Direct',
      'Email',
      'Organic Search',
      'Paid Search',
    ]);
    expect(credits('shapley')).toEqual({ 'Paid Search': 2.5, Email: 1.5, Direct: 1 });
    // Without E: P and D of the start, 3 of 7; without P: half of E and D, 2 of 7.
    const effects = Object.fromEntries(
      (markov?.values ?? []).map((value, at) => [value, markov?.removalEffects?.[at]]),
    );
    expect(effects.Email).toBeCloseTo(0.4, 12);
    expect(effects['Paid Search']).toBeCloseTo(0.6, 12);
    expect(effects.Direct).toBeCloseTo(0.2, 12);
    expect(effects['Organic Search']).toBeCloseTo(0, 12);
  });

  test('learn from touches that count only', async () => {
    // The way of the second conversion is the last touch that counts, not the Direct visit before it.
    const events = person('a', 'E@2 buy@1.5 D@1 buy');
    const { credits } = await credited(events, { excludeDirect: true });
    expect(credits('shapley')).toEqual({ Email: 2 });
  });

  test('read everything in one statement behind the look-up of sessions', async () => {
    const statements: string[] = [];
    const question = await asked(person('a', 'E@1 buy'));
    const warehouse: MetricContext['warehouse'] = {
      query(each, options) {
        statements.push(each.name);
        return kit.warehouse.query(each, options);
      },
      queryBytes: (each, format, options) => kit.warehouse.queryBytes(each, format, options),
    };
    await computeAttribution({ ...context, warehouse }, question);
    expect(statements).toEqual(['session.unusual_devices', 'attribution.credits']);
  });
});

describe('bad input', () => {
  test.each([
    ['models', { models: [] }],
    ['models', { models: ['linear', 'linear'] }],
    ['lookbackDays', { lookbackDays: -1 }],
    ['lookbackDays', { lookbackDays: Number.POSITIVE_INFINITY }],
    ['lookbackDays', { lookbackDays: Number.NaN }],
    ['halfLifeDays', { halfLifeDays: 0 }],
    ['halfLifeDays', { halfLifeDays: 1e9 }],
  ] as const)('refuses %s: %j', async (field, changes) => {
    const question = await asked([], changes as Partial<AttributionQuestion>);
    const refused = await computeAttribution(context, question).catch((error: unknown) => error);
    expect(isAppError(refused) && [refused.code, refused.details.field]).toEqual([
      'BAD_USER_INPUT',
      field,
    ]);
  });

  test('takes lookbacks that are no whole number of days, up to the longest', async () => {
    for (const lookbackDays of [0, 1 / 3, Math.PI, 18_263]) {
      const { answer } = await credited(person('a', 'E buy'), { lookbackDays });
      expect(answer).toMatchObject({ conversions: 1, unattributed: 0 });
    }
  });

  test('refuses the age of touches of counted paths, which have none', () => {
    const ask = (): unknown => attributionOf(['time_decay'], [], { excludeDirect: false });
    expect(ask).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  test('answers nothing over nothing', async () => {
    const { answer } = await credited([]);
    expect(answer).toMatchObject({
      conversions: 0,
      unattributed: 0,
      revenue: { currencies: [], totals: [], unattributed: [] },
    });
    for (const said of answer.models) {
      expect(said).toMatchObject({ values: [], credits: [], conversionProbability: null });
    }
  });
});

describe('the explanation of a conversion', () => {
  test('names its touches with their times and what each rule credits them', async () => {
    const events = person('a', 'E@40 P@3 E@2 D@1 buy');
    const {
      models: _models,
      range: _range,
      filter: _filter,
      goal: _goal,
      ...rest
    } = await asked(events);
    const { conversion } = await explainConversion(context, {
      ...rest,
      by: 'campaign',
      eventId: 'a-04',
    });
    expect(conversion).toMatchObject({
      eventId: 'a-04',
      eventName: 'purchase',
      occurredAt: '2024-03-20T12:00:00.000Z',
      revenue: '100',
      currency: 'EUR',
      startedAt: [
        '2024-03-17T12:00:00.000Z',
        '2024-03-18T12:00:00.000Z',
        '2024-03-19T12:00:00.000Z',
      ],
      values: ['autumn', 'spring', '(none)'],
      channels: ['Paid Search', 'Email', 'Direct'],
    });
    const said = Object.fromEntries(
      (conversion?.credits ?? []).map(({ model, credits }) => [model, credits]),
    );
    expect(Object.keys(said)).toEqual([...RULE_MODELS]);
    expect(said.last_non_direct).toEqual([0, 1, 0]);
    expect(said.position_based).toEqual([0.4, 0.2, 0.4]);
    const unknown = await explainConversion(context, { ...rest, eventId: 'none' });
    expect(unknown.conversion).toBeNull();
  });
});
