import type { Platform, TrackedEvent } from '../src/event/tracked-event.js';
import type { Rejected, RejectReason } from './dead-letter.js';
import { LATEST_RECEIPT, parseInstant } from './parse-instant.js';
import { checkPropertyText, isWellFormed, label } from './property-text.js';
import { kindOf, MAX_PROPERTIES, readProperties, tooManyProperties } from './read-properties.js';

/** What is known about an event besides its JSON. */
export interface ParseContext {
  /** Project of the key, or of the topic. */
  readonly projectId: string;
  /**
   * The sender has the importer scope: its `received_at`, `queryable_at` and enriched properties
   * count, and nothing is taken from its connection.
   */
  readonly isTrusted: boolean;
  /** When the server took the event, ms since 1970; 0: the moment the log takes it. */
  readonly receivedAt: number;
  /** Address of the connection, for events that name none; empty when unknown. */
  readonly ip: string;
  /** User agent of the connection, for events that name none; empty when unknown. */
  readonly userAgent: string;
  /** Values on topics name their project in `project_id`; absent: the field is like any other. */
  readonly acceptsProjectId?: boolean;
}

/** Longest `event_id`, bytes of UTF-8. */
export const MAX_EVENT_ID_BYTES = 200;

/** Fields of text that stay as they are; absent, null and empty are the same. */
const TEXT_FIELDS = [
  'event_id',
  'event_name',
  'timestamp',
  'platform',
  'anonymous_id',
  'user_id',
  'session_id',
  'url',
  'referrer',
  'user_agent',
  'ip',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
] as const;
/** Fields that ordinary senders may not set: theirs are ignored and the server's clock decides. */
const CLOCK_FIELDS = ['received_at', 'queryable_at'] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXT_FIELDS, ...CLOCK_FIELDS, 'properties']);
const isKnown = (field: string) => KNOWN.has(field);
const isKnownOnTopics = (field: string) => field === 'project_id' || KNOWN.has(field);

/**
 * Makes an event of one parsed JSON value, or says why it is none. Pure.
 *
 * Fields and rules: METRICS-SPEC §1. A field that is not in the contract becomes a property of the
 * same name, so that nothing is lost and no future field is taken for a present one; if a property
 * of that name with another value exists, the event is refused (`FIELD_CONFLICT`).
 */
export function parseEvent(input: unknown, context: ParseContext): TrackedEvent | Rejected {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return reject('NOT_AN_OBJECT', `Expected a JSON object, got ${kindOf(input)}.`);
  }
  const fields = input as Readonly<Record<string, unknown>>;
  // Every field is read by its own name: a loop over names costs as much as all the rest.
  const eventId = textOf(fields.event_id);
  const eventName = textOf(fields.event_name);
  const timestamp = textOf(fields.timestamp);
  const platform = textOf(fields.platform);
  const anonymousId = textOf(fields.anonymous_id);
  const userId = textOf(fields.user_id);
  const sessionId = textOf(fields.session_id);
  const url = textOf(fields.url);
  const referrer = textOf(fields.referrer);
  const userAgent = textOf(fields.user_agent);
  const ip = textOf(fields.ip);
  const utmSource = textOf(fields.utm_source);
  const utmMedium = textOf(fields.utm_medium);
  const utmCampaign = textOf(fields.utm_campaign);
  const utmContent = textOf(fields.utm_content);
  const utmTerm = textOf(fields.utm_term);
  if (
    eventId === null ||
    eventName === null ||
    timestamp === null ||
    platform === null ||
    anonymousId === null ||
    userId === null ||
    sessionId === null ||
    url === null ||
    referrer === null ||
    userAgent === null ||
    ip === null ||
    utmSource === null ||
    utmMedium === null ||
    utmCampaign === null ||
    utmContent === null ||
    utmTerm === null
  ) {
    return firstTextProblem(fields);
  }
  const identity = checkIdentity(eventId, eventName, anonymousId, userId);
  if (identity !== null) return identity;
  const occurredAt = readInstant(timestamp, 'timestamp');
  if (typeof occurredAt !== 'number') return occurredAt;
  if (platform !== '' && !isPlatform(platform)) return unknownPlatform(platform);

  let receivedAt = context.receivedAt;
  let queryableAt: number | null = null;
  if (context.isTrusted) {
    const clocks = readClocks(fields, occurredAt);
    if ('reason' in clocks) return clocks;
    ({ receivedAt, queryableAt } = clocks);
  }

  let projectId = context.projectId;
  if (context.acceptsProjectId === true) {
    const problem = textProblem(fields, 'project_id');
    if (problem !== null) return problem;
    const named = (fields.project_id ?? '') as string;
    if (named !== '') projectId = named;
  }
  const properties = readProperties(
    fields,
    context.acceptsProjectId === true ? isKnownOnTopics : isKnown,
  );
  if (isRejected(properties)) return properties;

  return {
    projectId,
    eventId,
    eventName,
    occurredAt,
    receivedAt,
    queryableAt,
    platform: platform === '' ? 'web' : platform,
    anonymousId,
    userId,
    sessionId,
    url,
    referrer,
    userAgent: userAgent === '' && !context.isTrusted ? context.userAgent : userAgent,
    ip: ip === '' && !context.isTrusted ? context.ip : ip,
    utmSource,
    utmMedium,
    utmCampaign,
    utmContent,
    utmTerm,
    properties: properties.values,
    isTrusted: context.isTrusted,
  };
}

/**
 * The same rules for an event that came ready made in Avro, where types and UTF-8 are certain but
 * values are not. Returns the event itself, with an empty platform filled in.
 */
export function checkEvent(event: TrackedEvent): TrackedEvent | Rejected {
  const identity = checkIdentity(event.eventId, event.eventName, event.anonymousId, event.userId);
  if (identity !== null) return identity;
  if (event.occurredAt < 0) return beforeEpoch('occurred_at');
  if (event.receivedAt < 0) return beforeEpoch('received_at');
  if (event.receivedAt > LATEST_RECEIPT) return afterLatest('received_at');
  if (event.queryableAt !== null) {
    if (event.queryableAt < 0) return beforeEpoch('queryable_at');
    if (event.queryableAt > LATEST_RECEIPT) return afterLatest('queryable_at');
  }
  const names = Object.keys(event.properties);
  if (names.length > MAX_PROPERTIES) return tooManyProperties(names.length);
  for (const name of names) {
    const problem = checkPropertyText(event.properties[name] ?? '', name);
    if (problem !== null) return problem;
  }
  if (isPlatform(event.platform)) return event;
  // The type says web or mobile; what another producer wrote may be anything.
  return event.platform === '' ? { ...event, platform: 'web' } : unknownPlatform(event.platform);
}

/** Tells a refusal from an event. */
export function isRejected(result: object): result is Rejected {
  return 'reason' in result;
}

function reject(reason: RejectReason, message: string): Rejected {
  return { reason, message };
}

/** The text of a field; empty when absent or null, null when it is no text. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' && isWellFormed(value) ? value : null;
}

function firstTextProblem(fields: Readonly<Record<string, unknown>>): Rejected {
  for (const name of TEXT_FIELDS) {
    const problem = textProblem(fields, name);
    if (problem !== null) return problem;
  }
  throw new TypeError('expected a field that is no text');
}

function textProblem(fields: Readonly<Record<string, unknown>>, name: string): Rejected | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    return reject('INVALID_FIELD', `Expected "${name}" to be text, got ${kindOf(value)}.`);
  }
  if (isWellFormed(value)) return null;
  return reject('INVALID_STRING', `"${name}" holds half of a surrogate pair, which is no text.`);
}

function checkIdentity(
  eventId: string,
  eventName: string,
  anonymousId: string,
  userId: string,
): Rejected | null {
  if (eventId === '') return reject('MISSING_EVENT_ID', 'Expected "event_id", got none.');
  // No character takes more than three bytes for each unit of its length.
  if (eventId.length * 3 > MAX_EVENT_ID_BYTES) {
    const bytes = Buffer.byteLength(eventId);
    if (bytes > MAX_EVENT_ID_BYTES) {
      return reject(
        'EVENT_ID_TOO_LONG',
        `Expected "event_id" of at most ${MAX_EVENT_ID_BYTES} bytes, got ${bytes}.`,
      );
    }
  }
  if (eventName === '') return reject('MISSING_EVENT_NAME', 'Expected "event_name", got none.');
  if (anonymousId === '' && userId === '') {
    return reject('MISSING_ACTOR', 'Expected "anonymous_id" or "user_id", got neither.');
  }
  return null;
}

function readInstant(text: string, name: string): number | Rejected {
  if (text === '') return reject('MISSING_TIMESTAMP', `Expected "${name}", got none.`);
  const instant = parseInstant(text);
  if (instant === null) {
    return reject(
      'INVALID_TIMESTAMP',
      `Expected "${name}" in ISO 8601 with Z or an offset, like 2024-03-24T03:00:00.125Z, got ${label(text)}.`,
    );
  }
  return instant < 0 ? beforeEpoch(name) : instant;
}

function readClocks(
  fields: Readonly<Record<string, unknown>>,
  occurredAt: number,
): { readonly receivedAt: number; readonly queryableAt: number | null } | Rejected {
  // An import that does not say when it was received is taken to have been received in time.
  let receivedAt = occurredAt;
  let queryableAt: number | null = null;
  for (const name of CLOCK_FIELDS) {
    const problem = textProblem(fields, name);
    if (problem !== null) return problem;
    const text = (fields[name] ?? '') as string;
    if (text === '') continue;
    const instant = readInstant(text, name);
    if (typeof instant !== 'number') return instant;
    if (instant > LATEST_RECEIPT) return afterLatest(name);
    if (name === 'received_at') receivedAt = instant;
    else queryableAt = instant;
  }
  return receivedAt > LATEST_RECEIPT ? afterLatest('received_at') : { receivedAt, queryableAt };
}

function isPlatform(text: string): text is Platform {
  return text === 'web' || text === 'mobile';
}

function unknownPlatform(platform: string): Rejected {
  return reject(
    'INVALID_PLATFORM',
    `Expected "platform" to be web or mobile, got ${label(platform)}.`,
  );
}

function beforeEpoch(name: string): Rejected {
  return reject('TIME_OUT_OF_RANGE', `Expected "${name}" in 1970 or later, got an earlier time.`);
}

function afterLatest(name: string): Rejected {
  return reject('TIME_OUT_OF_RANGE', `Expected "${name}" before 2100, got a later time.`);
}
