import type { EventJson } from '../seed-events.js';
import { agentOf, isBotEvent } from './oracle-agent.js';
import { holds } from './oracle-rules.js';
import { composed, pageOf, textOf } from './oracle-value.js';

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
  readonly receivedAt: number;
  /** Null where only the ingester knows. */
  readonly queryableAt: number | null;
  readonly device: string;
  readonly user: string;
  readonly sessionId: string;
  readonly platform: string;
  readonly url: string;
  readonly agent: string;
  readonly page: string;
  readonly host: string;
  readonly referrerHost: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clickId: string;
  readonly version: string;
  /** What the agent says of the device. */
  readonly agentDevice: string;
  readonly isBot: boolean;
  readonly isSearchEngine: boolean;
  readonly isView: boolean;
  readonly isInteraction: boolean;
  readonly isCold: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

const PASSIVE =
  'page_view screen_view scroll app_start app_foreground app_background session_start page_leave engagement web_vital page_performance network_request app_crash app_anr app_error experiment_exposure form_view push_received'.split(
    ' ',
  );
const HOUR = 3_600_000;

/** When an event was received, by what an importer says. */
export function receiptOf(event: EventJson): number {
  return Date.parse(event.received_at ?? event.timestamp);
}

/** Unique events in canonical order. Of copies the first received counts. */
export function oracleEvents(events: readonly EventJson[]): readonly OracleEvent[] {
  const first = new Map<string, EventJson>();
  for (const event of [...events].sort((a, b) => receiptOf(a) - receiptOf(b))) {
    const isFirst = !first.has(event.event_id) || !holds('the copy received first counts');
    const key = holds('one event id counts once')
      ? event.event_id
      : `${event.event_id} ${first.size}`;
    if (isFirst) first.set(key, event);
  }
  return [...first.values()]
    .map(oracleEvent)
    .filter((event) => holds('late events count') || event.receivedAt - event.at <= 24 * HOUR)
    .sort(canonical);
}

/** Order of time, then of the bytes of the id. */
export function canonical(a: OracleEvent, b: OracleEvent): number {
  const byId = Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
  return a.at - b.at || (holds('events of one moment follow their ids') ? byId : -byId);
}

/** Event time: a client's clock is not believed beyond 23 hours ahead of the receipt. */
function timeOf(event: EventJson): number {
  const at = Date.parse(event.timestamp);
  const ahead = at - receiptOf(event);
  if (ahead > 23 * HOUR) {
    return holds('a time 23 hours ahead of receipt is replaced') ? receiptOf(event) : at;
  }
  return ahead > 0 && !holds('a smaller skew is kept') ? receiptOf(event) : at;
}

function oracleEvent(event: EventJson): OracleEvent {
  const text = (name: string): string => String(event[name] ?? '');
  const properties = event.properties ?? {};
  const url = text('url');
  const query = url === '' ? new URLSearchParams() : new URL(url).searchParams;
  const tags: Record<string, string> = {};
  for (const tag of ['source', 'medium', 'campaign', 'content', 'term']) {
    tags[tag] = tagOf(text(`utm_${tag}`), query.get(`utm_${tag}`) ?? '');
  }
  const name = composed(event.event_name);
  const path = pageOf(url);
  const screen = textOf(properties.screen);
  const isOfScreen = name !== 'page_view' && (path === '' || name === 'screen_view');
  const platform = event.platform ?? 'web';
  const agent = text('user_agent');
  return {
    id: event.event_id,
    name,
    at: timeOf(event),
    receivedAt: receiptOf(event),
    queryableAt: text('queryable_at') === '' ? null : Date.parse(text('queryable_at')),
    device: text('anonymous_id'),
    user: text('user_id'),
    sessionId: text('session_id'),
    platform,
    url,
    agent,
    page: isOfScreen && screen !== '' && holds('screens are pages') ? screen : path,
    host: url === '' ? '' : new URL(url).hostname,
    referrerHost: text('referrer') === '' ? '' : new URL(text('referrer')).hostname,
    tags,
    clickId:
      ['gclid', 'gbraid', 'wbraid', 'msclkid', 'fbclid'].find(
        (id) => (query.get(id) ?? '') !== '',
      ) ?? '',
    version: textOf(properties.app_version),
    agentDevice: agentOf(agent).device,
    isBot: isBotEvent(platform, agent),
    isSearchEngine: agentOf(agent).isSearchEngine,
    isView: name === 'page_view' || name === 'screen_view',
    isInteraction:
      !(PASSIVE.includes(name) && holds('passive events are no interactions')) &&
      !(properties.non_interaction === true && holds('non_interaction is no interaction')),
    isCold: name === 'app_start' && isCold(properties.start_type),
    properties,
  };
}

function tagOf(field: string, ofUrl: string): string {
  const inUrl = holds('tags come from the URL too') ? ofUrl : '';
  const [one, other] = holds('the field of a tag comes first') ? [field, inUrl] : [inUrl, field];
  const tag = one === '' ? other : one;
  return holds('tags are lower case') ? tag.toLowerCase() : tag;
}

function isCold(type: unknown): boolean {
  const text = textOf(type);
  if (text === '') return holds('a start without a type is cold');
  return text === 'cold' || !holds('a warm start begins none');
}

/**
 * The person of each event: the account, else the account the device was first seen with in
 * canonical order of all events, else the device.
 */
export function oraclePeople(all: readonly OracleEvent[]): (event: OracleEvent) => string {
  const linked = new Map<string, { readonly user: string; readonly at: number }>();
  for (const { device, user, at } of all) {
    if (device === '' || user === '') continue;
    if (!linked.has(device) || !holds('the first account of a device stays')) {
      linked.set(device, { user, at });
    }
  }
  const [ofUser, ofDevice] = holds('user and device ids are apart')
    ? ['user ', 'device ']
    : ['', ''];
  return (event) => {
    const link = holds('a device stands for its account') ? linked.get(event.device) : undefined;
    const isKnown =
      link !== undefined && (link.at <= event.at || holds('a link holds for earlier events'));
    const own = holds('a user id names the person') || event.device === '' ? event.user : '';
    const user = own === '' && isKnown ? link.user : own;
    return user === '' ? `${ofDevice}${event.device}` : `${ofUser}${user}`;
  };
}
