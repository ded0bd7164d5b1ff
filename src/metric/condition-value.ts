import { AppError } from '../errors.js';
import type { BoundParameters } from './bound-parameters.js';
import type { Condition, JsonValue } from './metric-query.js';

/** Most values of one condition. */
const MAX_CONDITION_VALUES = 1_000;

/** Fields that are stored as they came; every other text is stored in NFC. */
const RAW_FIELDS: ReadonlySet<string> = new Set([
  'event_id',
  'anonymous_id',
  'user_id',
  'session_id',
  'url',
  'referrer',
  'user_agent',
  'ip',
]);

/** Text as it is stored under a name. */
export function stored(name: string, text: string): string {
  return RAW_FIELDS.has(name) ? text : text.normalize('NFC');
}

/** Whether a JSON text is a value: equal in type and value. */
export function jsonEquals(json: string, value: JsonValue, parameters: BoundParameters): string {
  if (typeof value === 'string') {
    // Compared as text, because writers may escape the same string differently.
    return `startsWith(${json}, '"') AND JSONExtractString(${json}) = ${parameters.bind('String', value.normalize('NFC'))}`;
  }
  if (typeof value === 'number') {
    return `match(${json}, '^[-0-9]') AND ifNull(toFloat64OrNull(${json}) = ${parameters.bind('Float64', value)}, false)`;
  }
  return `${json} = ${parameters.bind('String', canonicalJson(value))}`;
}

/** A value as text: strings themselves, everything else its JSON text. */
export function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** JSON text as properties are stored: keys sorted, no white space. */
function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`)
    .join(',')}}`;
}

/** @throws AppError `BAD_USER_INPUT` when the number of values does not fit the operator. */
export function checkCount(condition: Condition): void {
  const { operator, values, field } = condition;
  const isNone = operator === 'is_set' || operator === 'is_not_set';
  const isMany = operator === 'in' || operator === 'not_in';
  const expected = isNone
    ? 'no value'
    : isMany
      ? `1 to ${MAX_CONDITION_VALUES} values`
      : 'one value';
  const isRight = isNone
    ? values.length === 0
    : isMany
      ? values.length >= 1 && values.length <= MAX_CONDITION_VALUES
      : values.length === 1;
  if (!isRight) {
    throw new AppError(
      'BAD_USER_INPUT',
      `filter on ${JSON.stringify(field.slice(0, 80))}: ${operator} takes ${expected}, got ${values.length}`,
      { details: { field: 'filter', operator } },
    );
  }
}
