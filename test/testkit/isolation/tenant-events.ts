import type { EventJson } from '../seed-events.js';

/** First day with events, and the range that questions ask about. */
export const FIRST_DAY = Date.UTC(2024, 1, 1);
export const DAYS = 12;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Draft = Readonly<Record<string, unknown>> & { readonly event_name: string };

/**
 * Events of one tenant, so many-sided that every question of the catalogue has something to tell.
 * Ids, people, sessions and names of events are the same for all tenants, as two customers of one
 * product have them; pages and values carry the tenant's name, and numbers depend on `size`.
 */
export function tenantEvents(tenant: string, size: number): readonly EventJson[] {
  const events: EventJson[] = [];
  for (let person = 0; person < size; person += 1) {
    const days = Array.from({ length: DAYS }, (_, n) => n).filter(
      (n) => n % (1 + (person % 4)) === person % (1 + (person % 4)),
    );
    // Visits of the period and of the year before, for comparisons.
    for (const day of [...days, -3 - (person % 6), -360]) {
      const at = FIRST_DAY + day * DAY + (person % 20) * HOUR;
      for (const [n, draft] of visit(tenant, person, day).entries()) {
        const timestamp = new Date(at + n * 20_000).toISOString();
        events.push({
          event_id: `e-${person}-${day}-${n}`,
          timestamp,
          received_at: timestamp,
          queryable_at: timestamp,
          anonymous_id: `d-${person}`,
          user_agent: person % 2 === 0 ? CHROME : SAFARI,
          ...(person % 3 === 0 ? { user_id: `u-${person}` } : {}),
          ...draft,
        });
      }
    }
  }
  return events;
}

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1';

/** One visit in its order, on the web for most people, with a stretch in the app. */
function visit(tenant: string, person: number, day: number): readonly Draft[] {
  const page = (path: string): string => `https://${tenant}.example/${tenant}-${path}`;
  const on = (
    path: string,
    event_name: string,
    properties: Readonly<Record<string, unknown>>,
  ): Draft => ({
    event_name,
    platform: 'web',
    url: page(path),
    properties: { plan: `${tenant}-pro`, ...properties },
  });
  const app = (event_name: string, properties: Readonly<Record<string, unknown>> = {}): Draft => ({
    event_name,
    platform: 'mobile',
    session_id: `app-${person}-${day}`,
    properties: {
      app_version: `${tenant}-2.${person % 2}`,
      screen: `${tenant}-screen`,
      ...properties,
    },
  });
  const form = { form_id: `${tenant}-form` };
  const video = { video_id: `${tenant}-video`, duration_seconds: 60 };
  const order = { revenue: 10 + person, currency: 'EUR', order_id: `o-${person}-${day}` };
  return [
    {
      ...on('home', 'page_view', { viewport_width: 1000 }),
      referrer: person % 2 === 0 ? `https://${tenant}-partner.example/` : 'https://www.google.com/',
      ...(person % 4 === 1 ? { url: `${page('home')}?utm_source=${tenant}&utm_medium=cpc` } : {}),
    },
    on('home', 'page_performance', { ttfb_ms: 100 + person, load_ms: 900, dom_ms: 500 }),
    ...['LCP', 'INP', 'CLS', 'FCP', 'TTFB'].map((name) =>
      on('home', 'web_vital', { name, value: 0.1 * (person + 1) }),
    ),
    on('home', 'experiment_exposure', {
      experiment: `${tenant}-exp`,
      variant: person % 2 === 0 ? 'a' : 'b',
    }),
    on('home', 'scroll', { percent: 30 + (person % 7) * 10 }),
    ...Array.from({ length: 4 }, (_, n) => ({
      ...on('home', 'click', { x: 10 + n, y: 20, viewport_width: 1000, selector: `#${tenant}` }),
      offset: n,
    })),
    on('shop', 'page_view', {}),
    on('shop', 'form_view', form),
    on('shop', 'form_start', form),
    on('shop', 'form_field', { ...form, field: `${tenant}-email` }),
    ...(person % 2 === 0 ? [on('shop', 'form_submit', form)] : []),
    on('shop', 'video_start', video),
    on('shop', 'video_progress', { ...video, percent: 50, position_seconds: 30 }),
    on('shop', 'video_complete', { ...video, percent: 100, position_seconds: 60 }),
    on('shop', 'engagement', { engaged_ms: 15_000 + person }),
    ...(person % 3 === 0 ? [on('shop', 'login', {}), on('shop', 'signup', {})] : []),
    ...(person % 2 === 0 ? [on('thanks', 'page_view', {}), on('thanks', 'purchase', order)] : []),
    ...(person % 5 === 0 ? [on('thanks', 'refund', { ...order, revenue: 1 })] : []),
    on('shop', 'page_leave', {}),
    app('app_start', { start_type: 'cold', duration_ms: 400 + person }),
    app('app_foreground'),
    app('screen_view'),
    app('network_request', { duration_ms: 120, status: person % 3 === 0 ? 500 : 200 }),
    ...(person % 4 === 0 ? [app('app_crash', { message: `${tenant}-crash`, stack: 'at a' })] : []),
    ...(person % 5 === 0 ? [app('app_anr'), app('app_error', { message: `${tenant}-error` })] : []),
  ];
}
