import fc from 'fast-check';
import type { EventJson } from '../seed-events.js';
import { AGENTS } from './oracle-agent.js';
import { KNOWN_SOURCES } from './oracle-channel.js';
import type { OracleQuestion } from './oracle-metrics.js';
import { defined, scene, sceneEvents } from './random-scenes.js';

/** A project with a few people, and the zone and range it is asked about. */
export interface RandomWorld {
  readonly events: readonly EventJson[];
  /** When input was received that became no event, ISO 8601. */
  readonly refused: readonly string[];
  readonly question: OracleQuestion;
  readonly grain: 'hour' | 'day' | 'week' | 'month';
  readonly breakdown: string;
}

/** Zones with the dates of a change of clocks, or of an odd offset. */
const PLACES: readonly (readonly [timeZone: string, date: string])[] = [
  ['UTC', '2024-02-28'],
  ['Europe/Berlin', '2024-03-31'],
  ['Europe/Berlin', '2024-10-27'],
  ['America/New_York', '2024-03-10'],
  ['America/Asuncion', '2024-03-23'],
  ['America/Havana', '2023-11-05'],
  ['Asia/Kathmandu', '2024-01-01'],
  ['Australia/Lord_Howe', '2024-04-07'],
  ['Australia/Adelaide', '2024-10-06'],
  ['Pacific/Kiritimati', '2024-12-31'],
];

const SECOND = 1_000;
const HOUR = 3_600_000;

/** Steps between neighbouring events, many of them on an edge of a rule. */
const GAPS: readonly number[] = [
  0,
  0,
  0,
  1,
  9_999,
  10 * SECOND,
  60 * SECOND,
  60 * SECOND,
  15 * 60 * SECOND,
  1_799 * SECOND,
  1_800 * SECOND,
  1_800 * SECOND,
  1_800 * SECOND + 1,
  1_801 * SECOND,
  2 * HOUR,
  8 * HOUR,
  24 * HOUR,
  24 * HOUR + 1,
  30 * HOUR,
  5 * 24 * HOUR,
];

const PAGES = [
  '/',
  '',
  '/a',
  '/a?tab=2',
  '/A',
  '/caf%C3%A9?x=1#t',
  '/cafe%CC%81',
  '/b%20c ',
  '/b%20c',
  '/%E9',
];
const HOSTS = [...Array<string>(6).fill('shop.example'), 'www.shop.example', 'blog.shop.example'];

/** From when an event happened, by its own clock, to when it was received. */
const DELAYS: readonly (number | undefined)[] = [
  ...Array<undefined>(16).fill(undefined),
  -24 * HOUR,
  -23 * HOUR - 1,
  -23 * HOUR,
  -HOUR,
  -30 * SECOND,
  SECOND,
  24 * HOUR,
  24 * HOUR + 1,
  12 * 24 * HOUR,
];
/** From when it was received to when it was queryable. */
const WAITS: readonly (number | undefined)[] = [undefined, undefined, 0, 1_500, 60_000, -500];
const NAMES = [
  ...Array<string>(6).fill('page_view'),
  'click',
  'click',
  'scroll',
  'screen_view',
  'screen_view',
  'app_start',
  'app_foreground',
  'login',
  'signup',
  'signup',
  'page_leave',
  'engagement',
  'purchase',
  'purchase',
  'refund',
];

const oneOf = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

/** Optional: absent with the given weight, else one of the values. */
const maybe = <Value>(weight: number, values: readonly Value[]): fc.Arbitrary<Value | undefined> =>
  fc.oneof(
    { weight, arbitrary: fc.constant(undefined) },
    { weight: 10 - weight, arbitrary: oneOf(values) },
  );

const draft = fc.record({
  gap: oneOf(GAPS),
  name: oneOf(NAMES),
  device: maybe(1, ['d1', 'd1', 'd2', 'd3', 'u1']),
  user: maybe(7, ['u1', 'u2', 'd2']),
  session: maybe(7, ['s1', 's2', 's3']),
  page: maybe(1, PAGES),
  referrer: maybe(6, [
    'https://shop.example/x',
    'https://www.shop.example/',
    'https://pay.shop.example/',
    'https://partner.example/',
    'https://google.evil.example/',
    ...KNOWN_SOURCES.filter((site) => site.includes('.')).map((site) => `https://www.${site}/y`),
  ]),
  urlSource: maybe(8, ['Blog', 'google', 'newsletter']),
  source: maybe(7, ['Google', 'newsletter', 'firebase', 'sms', 'blog', ...KNOWN_SOURCES]),
  medium: maybe(7, [
    'cpc',
    'ppc',
    'Paid-social',
    'cpm',
    'display',
    'banner',
    'social',
    'video',
    'email',
    'affiliate',
    'audio',
    'sms',
    'webpush',
    'referral',
    'organic',
    'strange',
  ]),
  campaign: maybe(8, ['cross-network', 'eshop', 'workshop', 'my shop', 'shopping', 'spring']),
  click: maybe(8, ['gclid', 'msclkid', 'fbclid', 'wbraid']),
  startType: maybe(4, ['cold', 'warm', 'hot']),
  deviceType: maybe(4, ['desktop', 'mobile', '']),
  plan: maybe(5, ['pro', 5, true, 'Pro', '5', ['a', 'b'], 'cafe\u0301', 'caf\u00e9']),
  version: maybe(7, ['1.0', '2.0']),
  passive: maybe(8, [true]),
  revenue: maybe(1, [100, '50.5', -20.5, 0.0001, 'much']),
  currency: maybe(1, ['EUR', 'EUR', 'EUR', 'USD']),
  order: maybe(4, ['o1', 'o1', 'o2']),
  engagedMs: maybe(1, [1_500, 0, 45_000]),
  agent: oneOf([...Array<undefined>(18).fill(undefined), ...AGENTS.map(({ text }) => text)]),
  host: oneOf(HOSTS),
  delay: oneOf(DELAYS),
  wait: oneOf(WAITS),
  id: fc.integer({ min: 0, max: 999 }),
});
type Draft = typeof draft extends fc.Arbitrary<infer Value> ? Value : never;

function eventOf(it: Draft, at: number, index: number): EventJson {
  const isMobile = ['screen_view', 'app_start', 'app_foreground'].includes(it.name);
  const tags = new URLSearchParams();
  if (it.urlSource !== undefined) tags.set('utm_source', it.urlSource);
  if (it.medium !== undefined) tags.set('utm_medium', it.medium);
  if (it.campaign !== undefined) tags.set('utm_campaign', it.campaign);
  if (it.click !== undefined) tags.set(it.click, 'x');
  const query = tags.toString();
  const [path = '/', rest = ''] = (it.page ?? '/').split('?');
  const url = `https://${it.host}${path}?${query}${rest === '' ? '' : `&${rest}`}`;
  const received = at + (it.delay ?? 0);
  return {
    // Ids of one instant sort differently from their order here.
    event_id: `e${String(it.id).padStart(3, '0')}-${index}`,
    event_name: it.name,
    timestamp: new Date(at).toISOString(),
    platform: isMobile ? 'mobile' : 'web',
    properties: defined({
      screen: it.name === 'screen_view' ? 'Home' : undefined,
      start_type: it.name === 'app_start' ? it.startType : undefined,
      device_type: it.deviceType,
      plan: it.plan,
      app_version: it.version,
      non_interaction: it.passive,
      ...(it.name === 'engagement' ? { engaged_ms: it.engagedMs } : {}),
      ...(it.name === 'purchase' || it.name === 'refund'
        ? { revenue: it.revenue, currency: it.currency, order_id: it.order }
        : {}),
    }),
    ...defined({
      anonymous_id: it.device === undefined && it.user === undefined ? 'd1' : it.device,
      user_id: it.user,
      session_id: it.session,
      url: isMobile || it.page === undefined ? undefined : url,
      referrer: isMobile ? undefined : it.referrer,
      utm_source: it.source,
      user_agent: it.agent,
      received_at: it.delay === undefined ? undefined : new Date(received).toISOString(),
      queryable_at: it.wait === undefined ? undefined : new Date(received + it.wait).toISOString(),
    }),
  };
}

/** Long stretches of activity without a pause, so that the rule of 24 hours decides. */
const restless = fc.record({
  hours: fc.integer({ min: 25, max: 80 }),
  step: oneOf([1_500 * SECOND, 1_800 * SECOND, 1_799_999]),
  name: oneOf(['click', 'page_view']),
});

/** Small worlds full of ties, edges, late links, cold starts, copies and changes of clocks. */
export const randomWorld: fc.Arbitrary<RandomWorld> = worldOf(1);

/** {@link randomWorld} of at least so many events. */
export function worldOf(fewest: number): fc.Arbitrary<RandomWorld> {
  return fc
    .record({
      place: oneOf(PLACES),
      drafts: fc.array(draft, { minLength: fewest, maxLength: 40, size: 'max' }),
      restless: fc.option(restless, { freq: 2 }),
      lead: fc.integer({ min: 0, max: 4 * 24 }),
      daysBefore: fc.integer({ min: 0, max: 3 }),
      daysAfter: fc.integer({ min: 0, max: 8 }),
      scenes: fc.array(scene, { minLength: 3, maxLength: 9, size: 'max' }),
      copies: fc.array(fc.record({ of: fc.nat(99), isTwin: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      refused: fc.array(fc.nat(9 * 24), { maxLength: 3 }),
      event: maybe(8, ['page_view', 'click', 'screen_view', 'login', 'nothing']),
      filter: maybe(8, [
        { field: 'device_type', value: 'desktop' },
        { field: 'device_type', value: '(unknown)' },
        { field: 'page', value: '/a' },
        { field: 'channel', value: 'Direct' },
        { field: 'entry_page', value: '/' },
        { field: 'plan', value: 'pro' },
        { field: 'event_name', value: 'page_view' },
        { field: 'platform', value: 'web' },
        { field: 'page', value: '/nowhere' },
      ]),
      includeBots: fc.boolean(),
      linked: maybe(5, ['partner.example', 'WWW.partner.example']),
      timeoutSeconds: oneOf([1_800, 1_800, 1_800, 60, 14_400]),
      grain: oneOf(['hour', 'day', 'day', 'week', 'month'] as const),
      breakdown: oneOf([
        'device_type',
        'page',
        'channel',
        'source',
        'plan',
        'event_name',
        'entry_page',
        'exit_page',
        'platform',
        'user_id',
        'medium',
        'utm_campaign',
        'host',
        'app_version',
      ]),
    })
    .map((it) => {
      const [timeZone, date] = it.place;
      const from = new Date(Date.parse(date) - it.daysBefore * 24 * HOUR);
      const to = new Date(Date.parse(date) + it.daysAfter * 24 * HOUR);
      const start = from.getTime() - 2 * 24 * HOUR + it.lead * HOUR;
      const events: EventJson[] = [];
      let at = start;
      for (const [index, each] of it.drafts.entries()) {
        at += each.gap;
        events.push(eventOf(each, at, index));
      }
      if (it.restless !== null) {
        const { hours, step, name } = it.restless;
        for (let index = 0; index * step < hours * HOUR; index += 1) {
          events.push({
            event_id: `r${index}`,
            event_name: name,
            timestamp: new Date(start + index * step).toISOString(),
            anonymous_id: 'kiosk',
            ...(name === 'page_view' ? { url: 'https://shop.example/kiosk' } : {}),
          });
        }
      }
      for (const [place, each] of it.scenes.entries()) {
        events.push(...sceneEvents(each, start, place));
      }
      for (const { of, isTwin } of it.copies) {
        const original = events[of % events.length];
        if (original === undefined) continue;
        const later = new Date(Date.parse(original.timestamp) + HOUR).toISOString();
        const changed = isTwin ? {} : { event_name: 'copied', timestamp: later };
        events.push({ ...original, ...changed, received_at: later });
      }
      return {
        events: [...events].reverse(),
        refused: it.refused.map((hour) => new Date(start + hour * HOUR).toISOString()),
        question: {
          from: from.toISOString().slice(0, 10),
          to: to.toISOString().slice(0, 10),
          timeZone,
          includeBots: it.includeBots,
          linkedDomains: it.linked === undefined ? [] : [it.linked],
          timeoutSeconds: it.timeoutSeconds,
          ...(it.event === undefined ? {} : { event: it.event }),
          ...(it.filter === undefined ? {} : { filter: it.filter }),
        },
        grain: it.grain,
        breakdown: it.breakdown,
      };
    });
}
