import type { ChannelRules } from '../channel/source-category.js';
import { AppError, messageOf } from '../errors.js';
import { SCOPES } from './project.js';
import type { NewKey, NewProject, ProjectChanges } from './project-store.js';

const PROJECT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const HOST = /^[a-z0-9.-]{1,253}$/;
/** A host, or a value of `utm_source` as it is compared: trimmed, in lower case. */
const SOURCE = /^(?! )[^\p{Lu}\p{Cc}]{1,253}(?<! )$/u;

/** Most sources that a project may know better. */
const MAX_RULED_SOURCES = 1_000;
const ORIGIN = /^https?:\/\/[^/\s?#]+$/;

/**
 * Checks the settings of a project.
 *
 * @throws AppError `BAD_USER_INPUT` with `details.field` and what was expected.
 */
export function checkProjectInput(input: NewProject | ProjectChanges): void {
  if ('id' in input && !PROJECT_ID.test(input.id)) {
    refuse('id', '1 to 64 of a-z, 0-9, - and _, starting with a letter or digit', input.id);
  }
  const { name, timeZone, sessionTimeoutSeconds: timeout, linkedDomains, allowedOrigins } = input;
  if (name !== undefined && (name.trim() === '' || name.length > 200)) {
    refuse('name', '1 to 200 characters', name);
  }
  if (timeZone !== undefined) checkTimeZone(timeZone);
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout >= 1 && timeout <= 86_400)) {
    refuse('sessionTimeoutSeconds', 'a whole number from 1 to 86400', String(timeout));
  }
  for (const host of linkedDomains ?? []) {
    if (!HOST.test(host)) refuse('linkedDomains', 'host names in lower case, without scheme', host);
  }
  for (const origin of allowedOrigins ?? []) {
    if (!ORIGIN.test(origin))
      refuse('allowedOrigins', 'origins such as https://shop.example', origin);
  }
  checkChannelRules(input.channelRules ?? {});
}

function checkChannelRules(rules: ChannelRules): void {
  const sources = Object.values(rules).flat();
  if (sources.length > MAX_RULED_SOURCES) {
    refuse('channelRules', `at most ${MAX_RULED_SOURCES} sources`, String(sources.length));
  }
  for (const [index, source] of sources.entries()) {
    if (!SOURCE.test(source)) {
      refuse('channelRules', 'sources of 1 to 253 characters in lower case', source);
    }
    if (sources.indexOf(source) !== index) {
      refuse('channelRules', 'each source in one category, once', source);
    }
  }
}

/**
 * Checks a key to be made.
 *
 * @throws AppError `BAD_USER_INPUT` with `details.field` and what was expected.
 */
export function checkKeyInput(input: NewKey, now: number): void {
  for (const origin of input.allowedOrigins ?? []) {
    if (!ORIGIN.test(origin))
      refuse('allowedOrigins', 'origins such as https://shop.example', origin);
  }
  const { budgetRows } = input;
  if (budgetRows != null && !(Number.isSafeInteger(budgetRows) && budgetRows >= 1)) {
    refuse('budgetRows', 'a whole number of rows, 1 or more', String(budgetRows));
  }
  if (input.name.length > 200) refuse('name', 'at most 200 characters', input.name);
  if (input.scopes.length === 0) refuse('scopes', `one or more of ${SCOPES.join(', ')}`, 'none');
  for (const scope of input.scopes) {
    if (!SCOPES.includes(scope)) refuse('scopes', `one or more of ${SCOPES.join(', ')}`, scope);
  }
  if (input.expiresAt !== undefined && input.expiresAt !== null) {
    const expiry = Date.parse(input.expiresAt);
    if (!(expiry > now)) refuse('expiresAt', 'an ISO 8601 instant in the future', input.expiresAt);
  }
}

/** Longest time for which a rotated key goes on, seconds. */
const MAX_GRACE_SECONDS = 30 * 86_400;

/** @throws AppError `BAD_USER_INPUT` unless it is a whole number of seconds up to 30 days. */
export function checkGrace(graceSeconds: number): void {
  if (Number.isInteger(graceSeconds) && graceSeconds >= 0 && graceSeconds <= MAX_GRACE_SECONDS) {
    return;
  }
  refuse('graceSeconds', `a whole number from 0 to ${MAX_GRACE_SECONDS}`, String(graceSeconds));
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new AppError(
      'INVALID_TIME_ZONE',
      `timeZone: expected an IANA time zone such as Europe/Berlin, got '${timeZone}' (${messageOf(cause)})`,
      { cause, details: { field: 'timeZone' } },
    );
  }
}

function refuse(field: string, expected: string, got: string): never {
  throw new AppError(
    'BAD_USER_INPUT',
    `${field}: expected ${expected}, got '${got.slice(0, 100)}'`,
    {
      details: { field, expected },
    },
  );
}
