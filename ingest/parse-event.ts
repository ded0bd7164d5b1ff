import type { Platform, TrackedEvent } from '../src/event/tracked-event.js';
import type { Rejected, RejectReason } from './dead-letter.js';
import { LATEST_RECEIPT, parseInstant } from './parse-instant.js';
import { checkPropertyText, isWellFormed, label, toPropertyText } from './property-text.js';

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

/** Most properties of one event. */
export const MAX_PROPERTIES = 1000;
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
type TextField = (typeof TEXT_FIELDS)[number];
/** Fields that ordinary senders may not set: theirs are ignored and the server's clock decides. */
const CLOCK_FIELDS = ['received_at', 'queryable_at'] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXT_FIELDS, ...CLOCK_FIELDS, 'properties']);

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
  for (const name of TEXT_FIELDS) {
    const problem = textProblem(fields, name);
    if (problem !== null) return problem;
  }
  const text = (name: TextField) => (fields[name] ?? '') as string;
  const eventId = text('event_id');
  const anonymousId = text('anonymous_id');
  const userId = text('user_id');
  const identity = checkIdentity(eventId, text('event_name'), anonymousId, userId);
  if (identity !== null) return identity;
  const occurredAt = readInstant(text('timestamp'), 'timestamp');
  if (typeof occurredAt !== 'number') return occurredAt;
  const platform = text('platform') === '' ? 'web' : text('platform');
  if (!isPlatform(platform)) return unknownPlatform(platform);

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
  const properties = readProperties(fields, context.acceptsProjectId === true);
  if (isRejected(properties)) return properties;

  return {
    projectId,
    eventId,
    eventName: text('event_name'),
    occurredAt,
    receivedAt,
    queryableAt,
    platform,
    anonymousId,
    userId,
    sessionId: text('session_id'),
    url: text('url'),
    referrer: text('referrer'),
    userAgent: text('user_agent') || (context.isTrusted ? '' : context.userAgent),
    ip: text('ip') || (context.isTrusted ? '' : context.ip),
    utmSource: text('utm_source'),
    utmMedium: text('utm_medium'),
    utmCampaign: text('utm_campaign'),
    utmContent: text('utm_content'),
    utmTerm: text('utm_term'),
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

function readProperties(
  fields: Readonly<Record<string, unknown>>,
  takesProjectId: boolean,
): { readonly values: Record<string, string> } | Rejected {
  const given = fields.properties ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    return reject('INVALID_FIELD', `Expected "properties" to be an object, got ${kindOf(given)}.`);
  }
  const values: Record<string, string> = {};
  let count = 0;
  for (const [name, value] of Object.entries(given)) {
    if (!isWellFormed(name)) {
      return reject('INVALID_STRING', 'The name of a property holds half of a surrogate pair.');
    }
    const text = toPropertyText(value, name);
    if (typeof text !== 'string') return text;
    put(values, name, text);
    count++;
  }
  for (const name of Object.keys(fields)) {
    if (KNOWN.has(name) || (takesProjectId && name === 'project_id')) continue;
    const value = fields[name];
    if (value === null) continue;
    if (!isWellFormed(name)) {
      return reject('INVALID_STRING', 'The name of a field holds half of a surrogate pair.');
    }
    const text = toPropertyText(value, name);
    if (typeof text !== 'string') return text;
    if (Object.hasOwn(values, name)) {
      if (values[name] === text) continue;
      return reject(
        'FIELD_CONFLICT',
        `The field ${label(name)} is not in the contract and the property of that name has another value.`,
      );
    }
    put(values, name, text);
    count++;
  }
  return count > MAX_PROPERTIES ? tooManyProperties(count) : { values };
}

/** Assigning to `__proto__` would change the object instead of adding a property. */
function put(values: Record<string, string>, name: string, text: string): void {
  if (name !== '__proto__') values[name] = text;
  else Object.defineProperty(values, name, { value: text, enumerable: true, configurable: true });
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

function tooManyProperties(count: number): Rejected {
  return reject(
    'TOO_MANY_PROPERTIES',
    `Expected at most ${MAX_PROPERTIES} properties, got ${count}.`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
