import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Random } from '../random-numbers.js';

/** A question as a query and as the subscription that is its twin. */
export interface TwinQuestion {
  /** Name of the query field. */
  readonly name: string;
  /** Name of the subscription field. */
  readonly twin: string;
  readonly query: string;
  readonly subscription: string;
}

const pick = <Value>(random: Random, values: readonly Value[]): Value => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('expected something to pick from');
  return value;
};

const EVENTS = ['page_view', 'click', 'signup', 'purchase', 'login'];
const event = (random: Random): string => `{ event: "${pick(random, EVENTS)}" }`;

/** Arguments by name, each as GraphQL text; one that is missing here is left out. */
const ARGUMENTS: Readonly<Record<string, (random: Random) => string>> = {
  range: (random) =>
    pick(random, [
      '{ from: "2026-03-01", to: "2026-03-10" }',
      '{ from: "2026-03-02", to: "2026-03-03" }',
      '{ from: "2026-03-02T10:00:00Z", to: "2026-03-04T00:00:00Z" }',
      '{ from: "2026-03-05T08:30:00Z", to: "2026-03-05T21:00:00Z" }',
    ]),
  timeZone: (random) => pick(random, ['"UTC"', '"Europe/Berlin"', '"Asia/Kathmandu"']),
  includeBots: (random) => pick(random, ['true', 'false']),
  filter: (random) =>
    pick(random, [
      '[]',
      '[{ field: "country", operator: IS_NOT_SET }]',
      '[{ field: "page", operator: IN, values: ["/", "/a"] }]',
      '[{ field: "plan", operator: EQUALS, values: ["pro"] }]',
    ]),
  event,
  goal: event,
  feature: event,
  startEvent: event,
  returnEvent: event,
  page: () => '"/a"',
  experiment: () => '"checkout"',
  measures: () => '[{ measure: COUNT }]',
  goals: (random) => `[${event(random)}]`,
  steps: (random) => `[${event(random)}, ${event(random)}]`,
  // A window is about a series, so it brings one.
  window: (random) =>
    `${pick(random, ['{ cumulative: true }', '{ moving: 2 }', '{ moving: 7 }'])}, grain: ${pick(random, ['HOUR', 'DAY'])}`,
  windowSeconds: (random) => pick(random, ['3600', '864000']),
  step: (random) => pick(random, ['1', '2']),
};
const operand = (random: Random): string =>
  `{ metric: ${pick(random, ['EVENTS', 'SESSIONS', 'UNIQUE_USERS'])}, event: ${event(random)} }`;

/** Optional arguments are given half of the time, these always; no definition is named instead. */
const ALWAYS = new Set(['range', 'timeZone', 'steps', 'experiment', 'goals']);

/** Random questions over every query that has a twin, each of them at least once. */
export function twinQuestions(
  schema: GraphQLSchema,
  random: Random,
  count: number,
): readonly TwinQuestion[] {
  const queries = schema.getQueryType()?.getFields() ?? {};
  const twins = Object.values(schema.getSubscriptionType()?.getFields() ?? {}).filter((field) =>
    field.args.some(({ name }) => name === 'range'),
  );
  return Array.from({ length: count }, (_, index) => {
    const twin = twins[index % twins.length];
    if (twin === undefined) throw new Error('there are no twins');
    const name =
      queries[twin.name] === undefined || twin.name === 'eventRateOfRange'
        ? 'eventRate'
        : twin.name;
    const given = argumentsOf(twin, random);
    const selection = selectionOf(twin.type, random() < 0.25);
    return {
      name,
      twin: twin.name,
      query: `query { ${name}(${given}) ${selection} }`,
      subscription: `subscription { ${twin.name}(${given}, intervalMs: 250) ${selection} }`,
    };
  });
}

function argumentsOf(field: GraphQLField<unknown, unknown>, random: Random): string {
  return field.args
    .flatMap((argument) => {
      const isOperand = String(getNamedType(argument.type)) === 'OperandInput';
      const make = isOperand ? operand : ARGUMENTS[argument.name];
      const isNeeded = isRequiredArgument(argument) || ALWAYS.has(argument.name);
      if (make === undefined) {
        if (isRequiredArgument(argument)) throw new Error(`${field.name} needs ${argument.name}`);
        return [];
      }
      return isNeeded || random() < 0.5 ? [`${argument.name}: ${make(random)}`] : [];
    })
    .join(', ');
}

/** What every answer can be compared with: answers of the same type, so not again in themselves. */
const COMPARED = new Set(['previous', 'change']);

/** Every field of an answer that takes no arguments, `meta` only with its moment. */
function selectionOf(type: GraphQLOutputType, isCompared: boolean): string {
  const named = getNamedType(type);
  if (isLeafType(named) || !isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    if (field.name === 'meta') return ['meta { asOf }'];
    if (COMPARED.has(field.name) && !isCompared) return [];
    return [`${field.name} ${selectionOf(field.type, false)}`];
  });
  return `{ ${fields.join(' ')} }`;
}
