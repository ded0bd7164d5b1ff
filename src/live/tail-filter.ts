import { AppError } from '../errors.js';
import { scalarText } from '../event/text-value.js';
import { dimensionByName, isOfPerson } from '../metric/dimension.js';
import type { Condition, EventSelector, JsonValue } from '../metric/metric-query.js';
import type { LiveQuestion } from './live-query.js';
import type { TailedEvent } from './tailed-event.js';

/** Fields and dimensions that an event carries before it is stored. */
const READERS: Readonly<Record<string, (tailed: TailedEvent) => string>> = {
  page: ({ event }) =>
    event.page === '' || (event.eventName === 'screen_view' && event.screen !== '')
      ? event.screen
      : event.page,
  event_id: ({ event }) => event.eventId,
  event_name: ({ event }) => event.eventName,
  platform: ({ event }) => event.platform,
  anonymous_id: ({ event }) => event.anonymousId,
  user_id: ({ event }) => event.userId,
  session_id: ({ event }) => event.sessionId,
  url: ({ event }) => event.url,
  referrer: ({ event }) => event.referrer,
  device_type: ({ event }) => event.deviceType,
  browser: ({ event }) => event.browser,
  os: ({ event }) => event.os,
  country: ({ event }) => event.country,
  timestamp: ({ event }) => event.occurredAt,
  occurred_at: ({ event }) => event.occurredAt,
  received_at: ({ receivedAt }) => receivedAt,
  ...Object.fromEntries(
    [
      'host',
      'user_agent',
      'ip',
      'utm_source',
      'utm_medium',
      'utm_campaign',
      'utm_content',
      'utm_term',
      'browser_version',
      'os_version',
      'region',
      'city',
      'language',
      'app_version',
    ].map((name) => [name, ({ fields }: TailedEvent) => fields[name] ?? '']),
  ),
};

const INSTANTS: ReadonlySet<string> = new Set(['timestamp', 'occurred_at', 'received_at']);

/** Dimensions of METRICS-SPEC §1 that stand for the value of an event field in a selector. */
const ONLY_DIMENSIONS: ReadonlySet<string> = new Set([
  'host',
  'device_type',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'country',
  'region',
  'city',
  'language',
  'app_version',
]);

type Test = (tailed: TailedEvent) => boolean;

/**
 * Whether an event fits a live question, by the rules that selectors and conditions have in
 * statements (`event-condition.ts`), told from the event alone.
 *
 * @throws AppError `INVALID_DIMENSION` for a dimension that is known only once an event is stored,
 *   `BAD_USER_INPUT` when the number of values does not fit the operator.
 */
export function tailFilter(question: LiveQuestion): Test {
  const { projectId, platform, event: selector, includeBots } = question;
  const tests: Test[] = [
    (tailed) => tailed.projectId === projectId,
    ...(includeBots ? [] : [(tailed: TailedEvent) => !tailed.isBot]),
    ...(platform === undefined
      ? []
      : [(tailed: TailedEvent) => tailed.event.platform === platform]),
    ...selectorTests(selector),
    ...question.filter.map(conditionTest),
  ];
  return (tailed) => tests.every((test) => test(tailed));
}

function selectorTests(selector: EventSelector | undefined): Test[] {
  const tests: Test[] = [];
  const name = selector?.event?.normalize('NFC');
  if (name !== undefined) tests.push(({ event }) => event.eventName === name);
  for (const [key, value] of Object.entries(selector?.where ?? {})) {
    // A key is `page`, else an event field, else a property; dimensions are not among them.
    const read = ONLY_DIMENSIONS.has(key) ? undefined : READERS[key];
    if (read === undefined) tests.push(propertyEquals(key, value));
    else if (typeof value !== 'string' || value === '') tests.push(() => false);
    else if (INSTANTS.has(key))
      tests.push((tailed) => Date.parse(read(tailed)) === Date.parse(value));
    else {
      const wanted = stored(key, value);
      tests.push((tailed) => read(tailed) === wanted);
    }
  }
  return tests;
}

/** Text as it is stored: NFC; campaign tags trimmed and in lower case. */
function stored(field: string, text: string): string {
  return (field.startsWith('utm_') ? text.trim().toLowerCase() : text).normalize('NFC');
}

function propertyName(field: string): string {
  return field.startsWith('properties.') ? field.slice('properties.'.length) : field;
}

function propertyEquals(field: string, value: JsonValue): Test {
  const name = propertyName(field);
  const wanted = typeof value === 'string' ? value.normalize('NFC') : value;
  return ({ event }) => {
    const json = event.properties[name] ?? '';
    if (typeof wanted === 'string') return json.startsWith('"') && scalarText(json) === wanted;
    if (typeof wanted === 'number') return /^[-0-9]/.test(json) && Number(json) === wanted;
    return json === canonicalJson(wanted);
  };
}

/** JSON text as properties are stored: keys sorted, no white space. */
function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${parts.join(',')}}`;
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** How a condition sees a field: its text, its label when missing, and how values equal it. */
interface Field {
  readonly text: (tailed: TailedEvent) => string;
  readonly missing: string;
  readonly equals: (value: JsonValue) => Test;
}

function fieldOf(name: string): Field {
  const dimension = dimensionByName(name);
  const missing = dimension?.missing ?? '(none)';
  const read = READERS[name];
  if (read !== undefined) {
    return {
      text: read,
      missing,
      equals(value) {
        const wanted = stored(name, shown(value));
        return (tailed) => (read(tailed) || missing) === wanted;
      },
    };
  }
  if (dimension !== undefined || isOfPerson(name)) {
    throw new AppError(
      'INVALID_DIMENSION',
      `${name.slice(0, 80)} is known only once an event is stored; a tail can test ${Object.keys(READERS).join(', ')} and properties`,
      { details: { field: 'filter', allowed: Object.keys(READERS) } },
    );
  }
  const property = propertyName(name);
  const text = ({ event }: TailedEvent): string => propertyText(event.properties[property]);
  return {
    text,
    missing,
    equals: (value) =>
      value === missing ? (tailed) => text(tailed) === '' : propertyEquals(name, value),
  };
}

/** Text of a property as breakdowns show it: strings without quotes, null as missing. */
function propertyText(json: string | undefined): string {
  if (json === undefined || json === 'null') return '';
  return json.startsWith('"') ? scalarText(json) : json;
}

function conditionTest(condition: Condition): Test {
  const { field: name, operator, values } = condition;
  checkCount(condition);
  const { text, missing, equals } = fieldOf(name);
  const label: (tailed: TailedEvent) => string = (tailed) => text(tailed) || missing;
  const tests = values.map(equals);
  const anyEqual: Test = (tailed) => tests.some((test) => test(tailed));
  const [value = ''] = values;
  const bound = stored(name, shown(value));
  const compare = (holds: (order: number) => boolean): Test => {
    if (typeof value === 'number') {
      return (tailed) => {
        const got = text(tailed);
        return got.trim() !== '' && holds(Number(got) - value);
      };
    }
    return (tailed) => {
      const got = text(tailed);
      return got !== '' && holds(Buffer.compare(Buffer.from(got), Buffer.from(bound)));
    };
  };
  switch (operator) {
    case 'equals':
    case 'in':
      return anyEqual;
    case 'not_equals':
    case 'not_in':
      return (tailed) => !anyEqual(tailed);
    case 'contains':
      return (tailed) => label(tailed).includes(bound);
    case 'starts_with':
      return (tailed) => label(tailed).startsWith(bound);
    case 'greater_than':
      return compare((order) => order > 0);
    case 'at_least':
      return compare((order) => order >= 0);
    case 'less_than':
      return compare((order) => order < 0);
    case 'at_most':
      return compare((order) => order <= 0);
    case 'is_set':
      return (tailed) => text(tailed) !== '';
    case 'is_not_set':
      return (tailed) => text(tailed) === '';
  }
}

function checkCount({ field, operator, values }: Condition): void {
  const isNone = operator === 'is_set' || operator === 'is_not_set';
  const isMany = operator === 'in' || operator === 'not_in';
  const isRight = isNone ? values.length === 0 : isMany ? values.length > 0 : values.length === 1;
  if (isRight) return;
  const expected = isNone ? 'no value' : isMany ? 'one value or more' : 'one value';
  throw new AppError(
    'BAD_USER_INPUT',
    `filter on ${JSON.stringify(field.slice(0, 80))}: ${operator} takes ${expected}, got ${values.length}`,
    { details: { field: 'filter', operator } },
  );
}
