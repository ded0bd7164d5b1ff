import fc from 'fast-check';
import type { EventJson } from '../seed-events.js';
import { AGENTS } from './oracle-agent.js';

/**
 * Scenes: what one device does within minutes, so that rules about crashes, clicks, forms, videos,
 * vitals and landing pages have something to decide. Values lie on the edges of those rules.
 */

type Pick = <Value>(values: readonly Value[]) => Value;

/** An event of a scene, `after` ms behind the one before it. */
interface Beat {
  readonly after: number;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

const DAY = 24 * 3_600_000;
const SHOP = 'https://shop.example';
const PAGES = ['/a', '/a', '/', '/b', '/caf%C3%A9'];

/** Times of its own parts, some of which make another session. */
function between(pick: Pick): number {
  return pick([0, 1, 500, 3_000, 3_000, 9_999, 60_000, 60_000, 1_800_000, 1_800_001]);
}

const VERSIONS = ['1.0', '1.0', '2.0', '', undefined, 2];

function app(pick: Pick): readonly Beat[] {
  const version = { app_version: pick(VERSIONS) };
  const screen = { screen: pick(['Home', 'Home', 'Cart', undefined, 'Cafe\u0301']) };
  const platform = { platform: pick(['mobile', 'mobile', 'mobile', 'web']) };
  const start: Beat = { ...again(pick), after: 0 };
  const parts = (): Beat =>
    pick([
      { after: between(pick), name: 'screen_view', properties: { ...screen, ...version } },
      { after: between(pick), name: 'screen_view', properties: screen },
      request(pick),
      request(pick),
      trouble(pick),
      trouble(pick),
      again(pick),
      again(pick),
      { after: between(pick), name: 'click', properties: screen },
    ]);
  return [start, parts(), parts(), parts(), parts(), trouble(pick)].map((beat) => ({
    ...beat,
    fields: { ...platform, ...beat.fields },
  }));
}

function again(pick: Pick): Beat {
  return {
    after: between(pick),
    name: pick(['app_start', 'app_start', 'app_start', 'app_foreground']),
    properties: {
      app_version: pick(VERSIONS),
      start_type: pick(['cold', 'cold', 'warm', 'warm', 'hot', '', undefined, undefined]),
      duration_ms: pick([0, 400, '800', 60_000, 60_001, -1, -1, undefined, 'slow', 70_000]),
    },
  };
}

function request(pick: Pick): Beat {
  return {
    after: between(pick),
    name: 'network_request',
    properties: {
      duration_ms: pick([10, 20, '35', undefined, 1_000]),
      status: pick([200, 399, 400, 400, '503', undefined, 'none']),
    },
  };
}

function trouble(pick: Pick): Beat {
  // A report may come days later; it counts where it happened.
  const delay = pick([0, 90_000_000]);
  return {
    after: between(pick),
    name: pick(['app_crash', 'app_crash', 'app_anr', 'app_error', 'screen_view']),
    properties: {
      app_version: pick([...VERSIONS, '3.0']),
      fingerprint: pick(['f1', undefined, '', undefined]),
      exception: pick(['NullPointer', 'OutOfMemory', undefined, 7]),
      type: pick(['fatal', undefined, ['x']]),
      message: pick(['gone', undefined]),
    },
    fields: { delay },
  };
}

function page(pick: Pick): readonly Beat[] {
  const url = `${SHOP}${pick(PAGES)}`;
  const vital = pick([
    ['LCP', [2_500, 2_501, 4_000, 4_001, 900]],
    ['INP', [200, 201, 500, 501]],
    ['CLS', [0.1, 0.11, '0.25', 0.3]],
    ['FCP', [1_800, 3_000, 3_001]],
    ['TTFB', [800, 1_800, 'x']],
  ] as const);
  const vitalBeat = (): Beat => ({
    after: between(pick),
    name: 'web_vital',
    properties: {
      name: pick([vital[0], vital[0], vital[0], vital[0], 'XYZ']),
      value: pick<unknown>(vital[1]),
      metric_id: pick(['m1', 'm1', 'm1', '', undefined]),
    },
    fields: { url },
  });
  const other = (): Beat =>
    pick([
      vitalBeat(),
      {
        after: between(pick),
        name: 'page_performance',
        properties: { load_ms: pick([100, 250, '400', 900, undefined]) },
        fields: { url },
      },
      scroll(pick, url),
      scroll(pick, url),
      scroll(pick, url),
      scroll(pick, `${SHOP}${pick(PAGES)}`),
      { after: between(pick), name: 'video_play', properties: {}, fields: { url } },
      {
        after: between(pick),
        name: 'video_play',
        properties: {},
        fields: { url: `${SHOP}${pick(PAGES)}` },
      },
      {
        after: between(pick),
        name: 'page_view',
        properties: {},
        fields: { url: `${SHOP}${pick(PAGES)}` },
      },
      {
        after: between(pick),
        name: 'experiment_exposure',
        properties: { experiment: pick(['e1', 'e1', 'e2']), variant: pick(['A', 'B', 'B', '']) },
        fields: { url },
      },
      {
        after: between(pick),
        name: 'engagement',
        properties: { engaged_ms: pick([1_000, 2_500]) },
        fields: { url },
      },
    ]);
  const view: Beat = { after: 0, name: 'page_view', properties: {}, fields: { url } };
  const first = pick([view, view, view, other()]);
  return [first, vitalBeat(), other(), other(), other(), vitalBeat(), other(), other()];
}

/** Scrolling down and up on a page or two. */
function reading(pick: Pick): readonly Beat[] {
  const [url, other] = [`${SHOP}${pick(PAGES)}`, `${SHOP}${pick(PAGES)}`];
  const view: Beat = { after: 0, name: 'page_view', properties: {}, fields: { url } };
  return [view, ...[url, url, pick([url, other]), other].map((each) => scroll(pick, each))];
}

function scroll(pick: Pick, url: string): Beat {
  return {
    after: between(pick),
    name: 'scroll',
    properties: { percent: pick([10, 25, '50', 75, 90, 100, 150, -20, undefined, 'deep']) },
    fields: { url },
  };
}

const AFTER_CLICK = [0, 300, 999, 1_000, 1_000, 1_000, 1_001];

function clicks(pick: Pick): readonly Beat[] {
  let url = `${SHOP}${pick(PAGES)}`;
  let [x, y] = [pick([0, 10, 990, 1_000, 1_010, -5]), pick([-60, -20, 0, 15, 16, 400])];
  const isWild = pick([false, false, false, true]);
  // Bursts that would be some if they could cross pages.
  const isRoaming = pick([false, false, false, true]);
  return Array.from({ length: pick([8, 9, 10, 11]) }, (): Beat => {
    x += isWild ? pick([0, -15, 15, 40]) : pick([0, 0, 15]);
    y += isWild ? pick([0, 15, -14, 40]) : pick([0, 15, 0, 15]);
    if (pick(isRoaming ? [0, 1] : [0, 0, 0, 0, 0, 1]) === 1) url = `${SHOP}${pick(PAGES)}`;
    const isLost = pick([0, 0, 0, 0, 1]) === 1;
    return {
      // A lost click at the moment of the one before it leaves the others near enough.
      after: pick(isLost ? [0] : isWild ? [0, 1_000, 1_001, 2_000] : AFTER_CLICK),
      name: 'click',
      properties: {
        x: isLost ? pick([undefined, 'left']) : pick([x, x, String(x)]),
        y,
        viewport_width: pick([1_000, 1_000, 1_000, 1_000, undefined, 0]),
      },
      fields: { url },
    };
  });
}

function form(pick: Pick): readonly Beat[] {
  const url = `${SHOP}/form`;
  const form_id = pick(['f1', 'f1', 'f2', undefined]);
  const beat = (name: string): Beat => ({
    after: pick([0, 1_000, 4_000, 4_000, 20_000]),
    name,
    properties: {
      form_id: pick([form_id, form_id, form_id, 'f2']),
      ...(name === 'form_field'
        ? { field: pick(['mail', 'name', 'phone', 'name', undefined, '']) }
        : {}),
    },
    fields: { url },
  });
  return pick([
    ['form_view'],
    ['form_view', 'form_submit', 'form_submit'],
    ['form_submit', 'form_submit'],
    ['form_view', 'form_field', 'form_field', 'form_field'],
    ['form_field', 'form_field', 'form_field', 'form_field'],
    ['form_start', 'form_field', 'form_field', 'form_field'],
    ['form_field', 'form_field', 'form_start', 'form_submit', 'form_submit'],
    ['form_view', 'form_field', 'form_submit', 'form_field'],
  ]).map(beat);
}

function landing(pick: Pick): readonly Beat[] {
  const referrer = pick([
    'https://www.google.com/',
    'https://www.google.com/',
    'https://duckduckgo.com/',
    'https://chatgpt.com/',
    'https://partner.example/',
    undefined,
  ]);
  const url = `${SHOP}${pick(PAGES)}`;
  const first: Beat = {
    after: 0,
    name: pick(['page_view', 'page_view', 'page_view', 'click']),
    properties: {},
    fields: { url, referrer },
  };
  const then = (): Beat =>
    pick([
      paid(pick),
      { after: between(pick), name: 'signup', properties: {} },
      { after: between(pick), name: 'page_leave', properties: {}, fields: { url } },
    ]);
  // The same order twice counts once, wherever the visit came from.
  const order = (): Beat => ({
    after: between(pick),
    name: 'purchase',
    properties: { revenue: pick([10, 20.5]), currency: 'EUR', order_id: 'o1' },
  });
  return pick([
    [first],
    [first, then()],
    [first, then(), then()],
    [first, order(), order()],
    [first, order(), order()],
  ]);
}

function paid(pick: Pick): Beat {
  return {
    after: between(pick),
    name: pick(['purchase', 'purchase', 'purchase', 'refund']),
    properties: {
      revenue: pick([10, 20.5, '30', -7]),
      currency: pick(['EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD', '']),
      order_id: pick(['o1', 'o1', 'o1', undefined, undefined, '']),
    },
  };
}

/** Orders and refunds over days. */
function money(pick: Pick): readonly Beat[] {
  const later = (): Beat => {
    const beat = paid(pick);
    return { ...beat, after: pick([0, 3_000, DAY, 2 * DAY]), name: pick([beat.name, 'refund']) };
  };
  return [{ ...later(), after: pick([0, -7 * DAY]) }, later(), later(), later()];
}

/** Hardly any: what makes a session engaged or not lies on its edge. */
function glance(pick: Pick): readonly Beat[] {
  const fields = {
    url: `${SHOP}${pick(PAGES)}`,
    anonymous_id: pick(['d9', 'd10']),
    user_id: undefined,
    session_id: undefined,
  };
  const then = (): Beat => ({
    after: pick([0, 9_999, 10_000, 10_000, 10_000]),
    name: pick(['page_leave', 'page_leave', 'page_leave', 'page_view', 'click']),
    properties: pick([{}, {}, { non_interaction: true }]),
    fields: { ...fields, url: `${SHOP}${pick(PAGES)}` },
  });
  const first: Beat = { after: 0, name: 'page_view', properties: {}, fields };
  return pick([[first], [first, then()], [first, then()], [first, then()], [then()]]);
}

/** Days on which a device comes back, at the edges of a week and of thirty days. */
function regular(pick: Pick): readonly Beat[] {
  const fields = { url: `${SHOP}${pick(PAGES)}`, anonymous_id: pick(['d11', 'd12', 'd13']) };
  const gaps = pick([[], [], [23 * DAY], [DAY, 22 * DAY, 7 * DAY]]);
  return [-30 * DAY, ...gaps].map((after) => ({
    after,
    name: pick(['page_view', 'page_view', 'click', 'signup']),
    properties: {},
    fields,
  }));
}

function crawl(pick: Pick): readonly Beat[] {
  return Array.from({ length: pick([1, 2, 4]) }, () => ({
    after: between(pick),
    name: 'page_view',
    properties: {},
    fields: { url: `${SHOP}${pick(PAGES)}`, user_agent: pick(AGENTS).text },
  }));
}

const SCENES = [
  ...[app, app, app, app],
  ...[page, page, page, reading],
  ...[clicks, clicks, clicks, clicks],
  ...[form, form, form, form],
  ...[landing, landing],
  ...[money, money, money, glance, glance, regular, regular, crawl],
];

/** Who is in a scene, when it begins, and dice for everything else. */
export const scene = fc.record({
  kind: fc.nat(SCENES.length - 1),
  hour: fc.integer({ min: 0, max: 96 }),
  device: fc.constantFrom('d1', 'd4', 'd5', 'd6', 'd7', 'd8'),
  user: fc.constantFrom(undefined, undefined, undefined, 'u1', 'u3'),
  session: fc.constantFrom(undefined, undefined, undefined, 's4', 's5'),
  dice: fc.array(fc.nat(9_999), { minLength: 24, maxLength: 24 }),
});
export type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

/** The events of a scene. @param start First moment of the world, ms since 1970. */
export function sceneEvents(it: Scene, start: number, place: number): readonly EventJson[] {
  let throws = 0;
  const pick: Pick = (values) => {
    const die = it.dice[throws % it.dice.length] ?? 0;
    // Dice are few: the same one tells something else the next time round.
    const value = values[(die + Math.floor(throws / it.dice.length) * 7) % values.length];
    throws += 1;
    return value as (typeof values)[number];
  };
  let at = start + it.hour * 3_600_000;
  const make = SCENES[it.kind] ?? app;
  return make(pick).map(({ after, name, properties, fields: all = {} }, index): EventJson => {
    at += after;
    const { delay, ...fields } = all;
    const timestamp = new Date(at).toISOString();
    return {
      event_id: `${String(pick([5, 300, 700]))}s${place}-${index}`,
      event_name: name,
      timestamp,
      ...defined({
        anonymous_id: it.device,
        user_id: it.user,
        session_id: it.session,
        ...fields,
        ...(Number(delay ?? 0) > 0
          ? { received_at: new Date(at + Number(delay)).toISOString() }
          : {}),
      }),
      properties: defined(properties),
    };
  });
}

/** Without the fields that are undefined. */
export function defined(
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
