import type { EventJson } from '../seed-events.js';

/**
 * The oracle: METRICS-SPEC evaluated event by event in plain TypeScript, written from its text and
 * sharing no code with the product. It only knows what the generator of worlds produces.
 */

/** One unique event with what the specification derives from it alone. */
export interface OracleEvent {
  readonly id: string;
  readonly name: string;
  /** ms since 1970 UTC. */
  readonly at: number;
  readonly device: string;
  readonly user: string;
  readonly sessionId: string;
  readonly platform: string;
  readonly page: string;
  readonly host: string;
  readonly referrerHost: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clickId: string;
  /** Its agent is a crawler's; on mobile that makes no bot. */
  readonly isCrawler: boolean;
  readonly isBot: boolean;
  readonly isView: boolean;
  readonly isInteraction: boolean;
  readonly isCold: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

const PASSIVE =
  'page_view screen_view scroll app_start app_foreground app_background session_start page_leave engagement web_vital page_performance network_request app_crash app_anr app_error experiment_exposure form_view push_received'.split(
    ' ',
  );

/** Unique events in canonical order. Of copies the first received counts. */
export function oracleEvents(events: readonly EventJson[]): readonly OracleEvent[] {
  const received = (event: EventJson): number => Date.parse(event.received_at ?? event.timestamp);
  const first = new Map<string, EventJson>();
  for (const event of [...events].sort((a, b) => received(a) - received(b))) {
    if (!first.has(event.event_id)) first.set(event.event_id, event);
  }
  return [...first.values()].map(oracleEvent).sort(canonical);
}

/** Order of time, then of the bytes of the id. */
export function canonical(a: OracleEvent, b: OracleEvent): number {
  return a.at - b.at || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}

function oracleEvent(event: EventJson): OracleEvent {
  const text = (name: string): string => String(event[name] ?? '');
  const properties = event.properties ?? {};
  const url = text('url') === '' ? null : new URL(text('url'));
  const referrer = text('referrer') === '' ? null : new URL(text('referrer'));
  const tags: Record<string, string> = {};
  for (const tag of ['source', 'medium', 'campaign', 'content', 'term']) {
    const own = text(`utm_${tag}`);
    tags[tag] = (own === '' ? (url?.searchParams.get(`utm_${tag}`) ?? '') : own).toLowerCase();
  }
  const path = url === null ? '' : decodeURIComponent(url.pathname).trimEnd();
  const screen = String(properties.screen ?? '');
  return {
    id: event.event_id,
    name: event.event_name,
    at: Date.parse(event.timestamp),
    device: text('anonymous_id'),
    user: text('user_id'),
    sessionId: text('session_id'),
    platform: event.platform ?? 'web',
    page: event.event_name === 'screen_view' ? screen : path,
    host: url?.host ?? '',
    referrerHost: referrer?.host ?? '',
    tags,
    clickId:
      ['gclid', 'gbraid', 'wbraid', 'msclkid', 'fbclid'].find(
        (name) => (url?.searchParams.get(name) ?? '') !== '',
      ) ?? '',
    isCrawler: text('user_agent').includes('Googlebot'),
    isBot: event.platform !== 'mobile' && text('user_agent').includes('Googlebot'),
    isView: event.event_name === 'page_view' || event.event_name === 'screen_view',
    isInteraction: !PASSIVE.includes(event.event_name) && properties.non_interaction !== true,
    isCold:
      event.event_name === 'app_start' &&
      (properties.start_type === undefined || properties.start_type === 'cold'),
    properties,
  };
}

/**
 * The person of each event: the account, else the account the device was first seen with in
 * canonical order of all events, else the device.
 */
export function oraclePeople(all: readonly OracleEvent[]): (event: OracleEvent) => string {
  const linked = new Map<string, string>();
  for (const event of all) {
    if (event.device !== '' && event.user !== '' && !linked.has(event.device)) {
      linked.set(event.device, event.user);
    }
  }
  return (event) => {
    const user = event.user === '' ? linked.get(event.device) : event.user;
    return user === undefined ? `device ${event.device}` : `user ${user}`;
  };
}
