import { AppError } from '../errors.js';
import type { ParameterType } from './bound-parameters.js';
import { checkCount, jsonEquals, shown, stored } from './condition-value.js';
import {
  DIMENSIONS,
  type DimensionScope,
  dimensionByName,
  isOfPerson,
  PAGE_SQL,
  PERSON_PREFIX,
  type PeopleScope,
} from './dimension.js';
import type { Condition, EventSelector, JsonValue, Operator } from './metric-query.js';

/** Longest name of a property in a question, in UTF-8 bytes. */
export const MAX_FIELD_BYTES = 1_000;

/** Columns that hold an event's own fields as text, by the name they have in the event. */
const EVENT_FIELDS: ReadonlySet<string> = new Set([
  'event_id',
  'event_name',
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
]);

const TIME_FIELDS: Readonly<Record<string, string>> = {
  timestamp: 'occurred_at',
  occurred_at: 'occurred_at',
  received_at: 'received_at',
};

const UTM_FIELDS: ReadonlySet<string> = new Set(
  [...EVENT_FIELDS].filter((name) => name.startsWith('utm_')),
);

/** A dimension, field or property as SQL over the columns of `silver_events`. */
export interface FieldSql {
  /** Text to show and to group by; a missing value has its label, `(none)` or `(unknown)`. */
  readonly label: string;
  /** The same text, empty when missing. */
  readonly text: string;
  /** Property: its JSON text, empty when absent; null for dimensions and fields, which are text. */
  readonly json: string | null;
  /** True when `entry_page` or `exit_page` must be among the columns. */
  readonly needsSession: boolean;
  /** The registered label of a missing value. */
  readonly missing: string;
}

/**
 * Resolves a name: a dimension, else an event field, else a property (`properties.x` names the
 * property `x` even where a dimension is called the same).
 *
 * @throws AppError `INVALID_DIMENSION` naming the dimensions when the name can be none of them.
 */
export function fieldSql(name: string, scope: DimensionScope): FieldSql {
  const dimension = dimensionByName(name);
  if (dimension !== undefined) {
    const text = dimension.sql(scope);
    return {
      label: labelled(text, dimension.missing),
      text,
      json: null,
      needsSession: dimension.level === 'session',
      missing: dimension.missing,
    };
  }
  const field = eventFieldText(name);
  if (field !== null) {
    const label = labelled(field, '(none)');
    return { label, text: field, json: null, needsSession: false, missing: '(none)' };
  }
  if (name === 'cohort') {
    throw new AppError(
      'INVALID_DIMENSION',
      'a cohort filters and has no values to break down by; a property of that name is properties.cohort',
      { details: { field: 'dimension' } },
    );
  }
  if (name.startsWith(PERSON_PREFIX)) {
    return jsonField(peopleOf(name, scope).property(personProperty(name)));
  }
  const property = name.startsWith('properties.') ? name.slice('properties.'.length) : name;
  return jsonField(propertyJson(property, scope));
}

function jsonField(json: string): FieldSql {
  const text = `multiIf(startsWith(${json}, '"'), JSONExtractString(${json}), ${json} = 'null', '', ${json})`;
  return { label: labelled(text, '(none)'), text, json, needsSession: false, missing: '(none)' };
}

/**
 * The property that `person.<name>` means.
 *
 * @throws AppError `INVALID_DIMENSION` for a name that no property can have.
 */
export function personProperty(field: string): string {
  return checkedProperty(field.slice(PERSON_PREFIX.length));
}

function peopleOf(field: string, { people }: DimensionScope): PeopleScope {
  if (people !== undefined) return people;
  throw new AppError(
    'INVALID_DIMENSION',
    `${JSON.stringify(field.slice(0, 80))}: people are not known here, only the event itself`,
    { details: { field: 'filter' } },
  );
}

function labelled(text: string, missing: string): string {
  return `ifNull(nullIf(${text}, ''), '${missing}')`;
}

function eventFieldText(name: string): string | null {
  if (EVENT_FIELDS.has(name)) return `toString(${name})`;
  const time = TIME_FIELDS[name];
  if (time === undefined) return null;
  return `concat(replaceOne(toString(${time}), ' ', 'T'), 'Z')`;
}

function propertyJson(property: string, scope: DimensionScope): string {
  return `properties[${scope.parameters.bind('String', checkedProperty(property))}]`;
}

function checkedProperty(property: string): string {
  const bytes = Buffer.byteLength(property);
  if (bytes === 0 || bytes > MAX_FIELD_BYTES || property.includes('\u0000')) {
    throw new AppError(
      'INVALID_DIMENSION',
      `a dimension must be one of ${DIMENSIONS.map((each) => each.name).join(', ')}, an event field, or the name of a property of 1 to ${MAX_FIELD_BYTES} bytes without NUL`,
      { details: { field: 'dimension', allowed: DIMENSIONS.map((each) => each.name) } },
    );
  }
  return property;
}

/**
 * Whether an event fits a selector, as a boolean expression over the columns of `silver_events`.
 * Keys of `where` are `page`, else event fields, else properties; equal means equal type and
 * value. An undefined selector fits every event.
 */
export function selectorSql(selector: EventSelector | undefined, scope: DimensionScope): string {
  const parts: string[] = [];
  if (selector?.event !== undefined) {
    parts.push(
      `event_name = ${scope.parameters.bind('String', stored('event_name', selector.event))}`,
    );
  }
  for (const [key, value] of Object.entries(selector?.where ?? {})) {
    parts.push(equalsSql(key, value, scope));
  }
  return conjunction(parts);
}

/** Joins conditions with AND; no condition is `true`. */
export function conjunction(parts: readonly string[]): string {
  return parts.length === 0 ? 'true' : parts.map((part) => `(${part})`).join(' AND ');
}

function equalsSql(key: string, value: JsonValue, scope: DimensionScope): string {
  const { parameters } = scope;
  const field = key === 'page' ? PAGE_SQL : eventFieldText(key);
  if (field !== null) {
    // Fields are text: a value of another type is equal to none, and an absent field to nothing.
    if (typeof value !== 'string' || value === '') return 'false';
    if (TIME_FIELDS[key] !== undefined) return instantEquals(TIME_FIELDS[key], value, scope);
    const wanted = UTM_FIELDS.has(key) ? value.trim().toLowerCase() : value;
    return `${field} = ${parameters.bind('String', stored(key, wanted))}`;
  }
  const property = key.startsWith('properties.') ? key.slice('properties.'.length) : key;
  return jsonEquals(propertyJson(property, scope), value, scope.parameters);
}

function instantEquals(column: string, value: string, scope: DimensionScope): string {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return 'false';
  return `toUnixTimestamp64Milli(${column}) = ${scope.parameters.bind('Int64', ms)}`;
}

const COMPARISONS: Partial<Record<Operator, string>> = {
  greater_than: '>',
  at_least: '>=',
  less_than: '<',
  at_most: '<=',
};

/**
 * Whether an event fits a condition on a dimension, field or property. Missing values have their
 * label as value, so `equals "(unknown)"` finds them. Properties compare by type and value with
 * `equals`, `not_equals`, `in` and `not_in`; everything else compares the text that is shown.
 * Comparisons are numeric when the bound is a number.
 *
 * @throws AppError `BAD_USER_INPUT` when the number of values does not fit the operator,
 *   `INVALID_DIMENSION` for an impossible name.
 */
export function conditionSql(condition: Condition, scope: DimensionScope): string {
  if (!isOfPerson(condition.field)) {
    return testSql(condition, fieldSql(condition.field, scope), scope);
  }
  const people = peopleOf(condition.field, scope);
  if (condition.field !== 'cohort') return people.belongs({ kind: 'person', condition });
  const { cohort, operator } = condition;
  if (cohort === undefined || (operator !== 'in' && operator !== 'not_in')) {
    throw new AppError('BAD_USER_INPUT', 'filter on "cohort": expected the argument `cohort`', {
      details: { field: 'filter', operator },
    });
  }
  return operator === 'in' ? people.belongs(cohort) : `NOT ${people.belongs(cohort)}`;
}

/** The same for a condition on a property whose JSON text an expression gives, empty when absent. */
export function propertyTestSql(condition: Condition, json: string, scope: DimensionScope): string {
  return testSql(condition, jsonField(json), scope);
}

function testSql(condition: Condition, field: FieldSql, scope: DimensionScope): string {
  const { operator, values } = condition;
  checkCount(condition);
  if (operator === 'is_set') return `${field.text} != ''`;
  if (operator === 'is_not_set') return `${field.text} = ''`;
  if (operator === 'not_equals') return `NOT (${anyEqual(condition.field, field, values, scope)})`;
  if (operator === 'not_in') return `NOT (${anyEqual(condition.field, field, values, scope)})`;
  if (operator === 'equals' || operator === 'in')
    return anyEqual(condition.field, field, values, scope);
  const value = values[0] ?? '';
  if (operator === 'contains' || operator === 'starts_with') {
    const text = scope.parameters.bind('String', stored(condition.field, shown(value)));
    return operator === 'contains'
      ? `position(${field.label}, ${text}) > 0`
      : `startsWith(${field.label}, ${text})`;
  }
  const comparison = COMPARISONS[operator] ?? '=';
  return typeof value === 'number'
    ? `ifNull(toFloat64OrNull(${field.text}) ${comparison} ${scope.parameters.bind('Float64', value)}, false)`
    : `${field.text} != '' AND ${field.text} ${comparison} ${scope.parameters.bind('String', stored(condition.field, shown(value)))}`;
}

/** Conditions joined with AND; none is `true`. */
export function filterSql(filter: readonly Condition[], scope: DimensionScope): string {
  return conjunction(filter.map((condition) => conditionSql(condition, scope)));
}

/** Parts a filter into what the event alone tells and what takes the session's pages. */
export function splitFilter(filter: readonly Condition[]): {
  readonly ofEvent: readonly Condition[];
  readonly ofSession: readonly Condition[];
} {
  const isOfSession = (condition: Condition): boolean => needsSession([condition.field]);
  return {
    ofEvent: filter.filter((condition) => !isOfSession(condition)),
    ofSession: filter.filter(isOfSession),
  };
}

/** Whether a filter or breakdown needs the session's columns `entry_page` and `exit_page`. */
export function needsSession(names: readonly string[]): boolean {
  return names.some((name) => dimensionByName(name)?.level === 'session');
}

function anyEqual(
  name: string,
  field: FieldSql,
  values: readonly JsonValue[],
  scope: DimensionScope,
): string {
  const parts: string[] = [];
  if (field.json === null) {
    const type: ParameterType = 'Array(String)';
    parts.push(
      `has(${scope.parameters.bind(
        type,
        values.map((each) => stored(name, shown(each))),
      )}, ${field.label})`,
    );
  } else {
    for (const value of values) {
      parts.push(
        value === field.missing
          ? `${field.text} = ''`
          : jsonEquals(field.json, value, scope.parameters),
      );
    }
  }
  return parts.length === 0 ? 'false' : parts.map((part) => `(${part})`).join(' OR ');
}
