import { normalize } from '../../src/event/event-time.js';
import { decimalText } from '../../src/event/money.js';
import { urlParts } from '../../src/event/page-of-url.js';
import { nfc, scalarText } from '../../src/event/text-value.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { NON_INTERACTION_EVENTS, VIEW_EVENTS } from '../../src/event/vocabulary.js';
import { botVerdict } from './enrichment/bot.js';
import { boundedMemo } from './enrichment/bounded-memo.js';
import { campaignTags, normalizeTag } from './enrichment/campaign.js';
import { agentParts, DEVICE_TYPES, MAX_AGENT_LENGTH } from './enrichment/user-agent.js';

/**
 * An event with everything that is derived from it alone. Absent text is the empty string; text
 * values are in Unicode normal form C; instants are ms since 1970 UTC.
 */
export interface EnrichedEvent {
  /** As it came; its identifiers, URL, referrer, agent and address are stored untouched. */
  readonly event: TrackedEvent;
  readonly eventName: string;
  /** After the clock rule. */
  readonly occurredAt: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly host: string;
  readonly page: string;
  readonly screen: string;
  readonly referrerHost: string;
  readonly utmSource: string;
  readonly utmMedium: string;
  readonly utmCampaign: string;
  readonly utmContent: string;
  readonly utmTerm: string;
  /** Name of a click id in the URL: gclid, gbraid, wbraid, msclkid or fbclid. */
  readonly clickId: string;
  readonly deviceType: string;
  readonly browser: string;
  readonly browserVersion: string;
  readonly os: string;
  readonly osVersion: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly language: string;
  readonly appVersion: string;
  readonly isBot: boolean;
  readonly botReason: string;
  readonly isView: boolean;
  readonly isInteraction: boolean;
  readonly isColdStart: boolean;
  /** Whole ms of an `engagement` event, at most 2^32 − 1; else 0. */
  readonly engagedMs: number;
  /** Exact decimal text with at most four places; null when absent or no amount. */
  readonly revenue: string | null;
  /** As given, trimmed: currency codes are case-sensitive values like any other. */
  readonly currency: string;
  readonly orderId: string;
}

/** Derives the final row content of an event. Pure but for what it remembers; never throws. */
export type Enricher = (event: TrackedEvent) => EnrichedEvent;

export interface EnricherOptions {
  /** Address → ISO 3166-1 alpha-2 country or empty text. Left out: no country is derived. */
  readonly countryOf?: (ip: string) => string;
}

type Draft = { -readonly [Field in keyof EnrichedEvent]: EnrichedEvent[Field] };

/** One step: reads the event and what earlier steps found, writes its own fields. */
export interface EnrichmentStep {
  readonly name: string;
  readonly apply: (draft: Draft) => void;
}

const MEMO_SIZE = 10_000;
const MAX_URL_KEY = 512;
const MAX_UINT32 = 4_294_967_295;
const NON_ASCII = /[\u0080-\uffff]/;

/**
 * The steps in their order. Later ones override earlier ones: SDK fields fill what the user agent
 * left open, values of trusted senders replace everything.
 */
export function enrichmentSteps({ countryOf }: EnricherOptions): readonly EnrichmentStep[] {
  const urlOf = boundedMemo({
    size: MEMO_SIZE,
    maxKeyLength: MAX_URL_KEY,
    compute: (url) => {
      const parts = urlParts(url);
      return { ...parts, tags: campaignTags(parts.query) };
    },
  });
  const referrerHostOf = boundedMemo({
    size: MEMO_SIZE,
    maxKeyLength: MAX_URL_KEY,
    compute: (referrer) => urlParts(referrer).host,
  });
  // Device and bot are asked for one after the other: one memory, one look-up.
  const agentOf = boundedMemo({
    size: MEMO_SIZE,
    maxKeyLength: MAX_AGENT_LENGTH,
    compute: (userAgent) => ({ ...agentParts(userAgent), ...botVerdict(userAgent) }),
  });
  const knownCountryOf = boundedMemo({
    size: MEMO_SIZE,
    maxKeyLength: 64,
    compute: countryOf ?? (() => ''),
  });
  return [
    { name: 'clock', apply: applyClock },
    { name: 'text', apply: applyText },
    {
      name: 'url',
      apply: (draft) => {
        const { event } = draft;
        const { host, page, tags } = urlOf(event.url);
        draft.host = host;
        draft.page = page;
        draft.clickId = tags.clickId;
        draft.utmSource = normalizeTag(event.utmSource) || tags.source;
        draft.utmMedium = normalizeTag(event.utmMedium) || tags.medium;
        draft.utmCampaign = normalizeTag(event.utmCampaign) || tags.campaign;
        draft.utmContent = normalizeTag(event.utmContent) || tags.content;
        draft.utmTerm = normalizeTag(event.utmTerm) || tags.term;
        draft.referrerHost = event.referrer === '' ? '' : referrerHostOf(event.referrer);
      },
    },
    {
      name: 'user_agent',
      apply: (draft) => {
        const { userAgent } = draft.event;
        if (userAgent === '') return;
        const agent = agentOf(userAgent);
        draft.deviceType = agent.deviceType;
        draft.browser = agent.browser;
        draft.browserVersion = agent.browserVersion;
        draft.os = agent.os;
        draft.osVersion = agent.osVersion;
      },
    },
    {
      name: 'bot',
      apply: (draft) => {
        const { userAgent, platform } = draft.event;
        if (platform !== 'web' || userAgent === '') return;
        const verdict = agentOf(userAgent);
        draft.isBot = verdict.isBot;
        draft.botReason = verdict.reason;
      },
    },
    {
      name: 'country',
      apply: (draft) => {
        if (draft.event.ip !== '') draft.country = knownCountryOf(draft.event.ip);
      },
    },
    { name: 'sdk_fields', apply: applySdkFields },
    { name: 'meaning', apply: applyMeaning },
    { name: 'revenue', apply: applyRevenue },
    { name: 'trusted_fields', apply: applyTrustedFields },
  ];
}

/** Makes an {@link Enricher} with memories of its own. */
export function createEnricher(options: EnricherOptions = {}): Enricher {
  const steps = enrichmentSteps(options);
  return (event) => {
    const draft = draftOf(event);
    for (const step of steps) step.apply(draft);
    return draft;
  };
}

function draftOf(event: TrackedEvent): Draft {
  return {
    event,
    eventName: event.eventName,
    occurredAt: event.occurredAt,
    properties: event.properties,
    host: '',
    page: '',
    screen: '',
    referrerHost: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmContent: '',
    utmTerm: '',
    clickId: '',
    deviceType: '',
    browser: '',
    browserVersion: '',
    os: '',
    osVersion: '',
    country: '',
    region: '',
    city: '',
    language: '',
    appVersion: '',
    isBot: false,
    botReason: '',
    isView: false,
    isInteraction: false,
    isColdStart: false,
    engagedMs: 0,
    revenue: null,
    currency: '',
    orderId: '',
  };
}

function applyClock(draft: Draft): void {
  draft.occurredAt = normalize(draft.event.occurredAt, draft.event.receivedAt);
}

/** Event name and property values are values of dimensions, hence NFC. Names of properties stay. */
function applyText(draft: Draft): void {
  const { eventName, properties } = draft.event;
  draft.eventName = nfc(eventName);
  for (const name in properties) {
    if (NON_ASCII.test(properties[name] ?? '')) {
      draft.properties = Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, nfc(value)]),
      );
      return;
    }
  }
}

/** What SDKs send as ordinary properties. A mobile SDK also names its device where no agent does. */
function applySdkFields(draft: Draft): void {
  const { platform, properties } = draft.event;
  draft.screen = scalarText(properties.screen);
  draft.language = scalarText(properties.language).trim();
  draft.appVersion = scalarText(properties.app_version).trim();
  if (platform !== 'mobile') return;
  if (draft.deviceType === '') {
    const deviceType = scalarText(properties.device_type).trim().toLowerCase();
    if (DEVICE_TYPES.has(deviceType)) draft.deviceType = deviceType;
  }
  // A version without its system, or of another one, would be wrong: both come from one place.
  if (draft.os === '') {
    draft.os = scalarText(properties.os).trim();
    draft.osVersion = scalarText(properties.os_version).trim();
  }
}

function applyMeaning(draft: Draft): void {
  const { properties } = draft.event;
  const name = draft.eventName;
  draft.isView = VIEW_EVENTS.has(name);
  draft.isInteraction = !NON_INTERACTION_EVENTS.has(name) && properties.non_interaction !== 'true';
  if (name === 'app_start') {
    const startType = scalarText(properties.start_type);
    draft.isColdStart = startType === '' || startType === 'cold';
  } else if (name === 'engagement') {
    const text = scalarText(properties.engaged_ms);
    const ms = text === '' ? 0 : Number(text);
    draft.engagedMs = ms > 0 ? Math.min(Math.round(ms), MAX_UINT32) : 0;
  }
}

function applyRevenue(draft: Draft): void {
  const { revenue, currency, order_id: orderId } = draft.event.properties;
  if (revenue !== undefined) draft.revenue = decimalText(scalarText(revenue));
  if (currency !== undefined) draft.currency = scalarText(currency).trim();
  if (orderId !== undefined) draft.orderId = scalarText(orderId);
}

/** Values of trusted senders are final; an absent or empty one leaves what was derived. */
function applyTrustedFields(draft: Draft): void {
  if (!draft.event.isTrusted) return;
  const { properties } = draft.event;
  draft.deviceType = scalarText(properties.device_type) || draft.deviceType;
  draft.browser = scalarText(properties.browser) || draft.browser;
  draft.browserVersion = scalarText(properties.browser_version) || draft.browserVersion;
  draft.os = scalarText(properties.os) || draft.os;
  draft.osVersion = scalarText(properties.os_version) || draft.osVersion;
  draft.country = scalarText(properties.country) || draft.country;
  draft.region = scalarText(properties.region) || draft.region;
  draft.city = scalarText(properties.city) || draft.city;
  draft.language = scalarText(properties.language) || draft.language;
}
