import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';

jest.setTimeout(600_000);

/** Occurs in no statement of the product, and in no name of the schema. */
const MARK = 'zq9w';

/** Texts that have a meaning in SQL, in JSON, to the driver or to a rule of the product. */
const TEXTS: readonly string[] = [
  `${MARK}' OR 1=1 --`,
  `'; DROP TABLE silver_events; -- ${MARK}`,
  `${MARK}\\' OR ''='`,
  `${MARK}") UNION ALL SELECT * FROM system.tables --`,
  `\`${MARK}\``,
  `{${MARK}:Identifier}`,
  `{p0:String} ${MARK}`,
  `${MARK} ? %s $1 :p0`,
  `${MARK}\u0000b`,
  `${MARK}\ud800`,
  `${MARK}\n\t\r/* */ #`,
  `properties['${MARK}']`,
  `person.${MARK}'"[]{}`,
  `person.`,
  `properties.`,
  `["${MARK}"]`,
  `{"${MARK}": [1`,
  `NaN`,
  `1e999`,
  `é\u0301\u202e😀${MARK}`,
  MARK.repeat(2_560),
  '',
];

/** Codes with which an input may be refused. Everything else is a fault of the product. */
const REFUSALS: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'INVALID_RANGE',
  'INVALID_TIME_ZONE',
  'INVALID_DIMENSION',
  'INVALID_EXCLUSION',
  'INVALID_FUNNEL',
  'INVALID_CURSOR',
  'LIMIT_EXCEEDED',
  'NOT_FOUND',
  'FORBIDDEN',
]);

/** Those of GraphQL itself, for an argument that is a document; they quote what they refuse. */
const PROTOCOL_REFUSALS: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

/** Steps from a root field to a place that takes text: names of arguments and input fields. */
type Path = readonly string[];

interface Position {
  readonly root: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
  readonly path: Path;
  /** What is tried there, whatever the root field: `ConditionInput.field`. */
  readonly coordinate: string;
}

let world: GatewayWorld;
let schema: GraphQLSchema;

beforeAll(async () => {
  schema = await createGraphqlSchema();
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 0, 20),
    events: ['identify', 'page_view', 'purchase', 'click', 'app_start', 'signup'].map(
      (event_name, index) => ({
        event_id: `e${index}`,
        event_name,
        timestamp: `2024-01-1${index}T10:00:00Z`,
        anonymous_id: `d${index % 2}`,
        ...(index === 0 ? { user_id: 'u' } : {}),
        url: 'https://shop.example/a',
        properties: { plan: 'pro', revenue: 5, currency: 'EUR' },
      }),
    ),
  });
}, 60_000);

afterAll(() => world.stop());

/** Whether a type takes text somewhere: scalars other than numbers and booleans. */
const takesText = (type: GraphQLInputType): boolean => {
  const named = getNamedType(type);
  return (
    isLeafType(named) &&
    !isEnumType(named) &&
    !['Int', 'Float', 'Boolean', 'SafeInt'].includes(named.name)
  );
};

function positionsOf(
  type: GraphQLInputType,
  at: Omit<Position, 'coordinate'>,
  coordinate: string,
): readonly Position[] {
  const named = getNamedType(type);
  if (takesText(type)) return [{ ...at, coordinate }];
  // An input may hold itself; the second time brings no new place.
  if (!isInputObjectType(named) || at.path.length > 4) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    positionsOf(
      field.type,
      { ...at, path: [...at.path, field.name] },
      `${named.name}.${field.name}`,
    ),
  );
}

/** A value of a type that makes sense, with the least that is needed, and what a path asks for. */
function argumentValue(type: GraphQLInputType, name: string, path: Path, text: unknown): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const one = argumentValue(nullable.ofType as GraphQLInputType, name, path, text);
    return name === 'steps' ? [one, one] : [one];
  }
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).filter(
      (field) => isNeeded(field) || field.name === path[0],
    );
    return Object.fromEntries(
      fields.map((field) => [
        field.name,
        field.name === path[0]
          ? argumentValue(field.type, field.name, path.slice(1), text)
          : plainValue(field.type, field.name),
      ]),
    );
  }
  if (named.name === 'JSONObject') return { [String(text)]: text, plan: text };
  return text;
}

const isNeeded = (it: GraphQLArgument | GraphQLInputField): boolean =>
  isNonNullType(it.type) && it.defaultValue === undefined;

/** What a funnel and an experiment need unless they are named. */
const isNeededWithoutId = ({ name }: GraphQLArgument): boolean =>
  ['steps', 'experiment', 'goals'].includes(name);

function plainValue(type: GraphQLInputType, name: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const one = plainValue(nullable.ofType as GraphQLInputType, name);
    return name === 'steps' ? [one, one] : [one];
  }
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (isInputObjectType(named)) {
    if (named.name === 'TimeRangeInput') return { from: '2024-01-01', to: '2024-01-31' };
    const fields = Object.values(named.getFields()).filter(isNeeded);
    return Object.fromEntries(
      fields.map((field) => [field.name, plainValue(field.type, field.name)]),
    );
  }
  const plain: Readonly<Record<string, unknown>> = {
    Int: 1,
    Float: 1,
    SafeInt: 1,
    Boolean: true,
    JSON: 'x',
    JSONObject: {},
    LocalDate: '2024-01-01',
    DateTime: '2024-01-01T00:00:00Z',
    TimeZone: 'UTC',
  };
  return plain[named.name] ?? 'plan';
}

/** Every field of an answer that needs no argument, three levels deep. */
function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  const fields = isObjectType(named) ? Object.values(named.getFields()) : [];
  const chosen = fields
    .filter(({ name, args }) => name !== 'previous' && name !== 'change' && !args.some(isNeeded))
    .map((field) => {
      if (isLeafType(getNamedType(field.type))) return field.name;
      if (depth === 0) return '';
      return `${field.name} ${selection(field.type, depth - 1)}`;
    });
  return `{ __typename ${chosen.join(' ')} }`;
}

async function tryText({ root, field, path, coordinate }: Position, text: string): Promise<void> {
  const given = field.args.filter(
    (argument) => isNeeded(argument) || isNeededWithoutId(argument) || argument.name === path[0],
  );
  const variables = Object.fromEntries(
    given.map((argument) => [
      argument.name,
      argument.name === path[0]
        ? argumentValue(argument.type, argument.name, path.slice(1), text)
        : plainValue(argument.type, argument.name),
    ]),
  );
  const declared = given.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const before = world.statements.length;
  const { status, errors } = await world.admin.query(
    `${root} (${declared}) { ${field.name}(${passed}) ${selection(field.type, 3)} }`,
    variables,
  );
  const said = `${coordinate} of ${field.name} with ${JSON.stringify(text.slice(0, 60))}`;
  for (const { extensions, message } of errors) {
    if (PROTOCOL_REFUSALS.has(extensions.code) && field.name === 'cost') continue;
    if (!REFUSALS.has(extensions.code)) throw new Error(`${said}: ${extensions.code} ${message}`);
    expect(message.length).toBeLessThan(4_000);
  }
  expect([said, status < 500]).toEqual([said, true]);
  for (const { name, sql } of world.statements.slice(before)) {
    if (sql.includes(MARK)) throw new Error(`${said}: ${name} holds it as text`);
  }
}

test('no text of any argument is taken for anything but text', async () => {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  const byCoordinate = new Map<string, Position[]>();
  for (const [root, type] of roots) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      for (const argument of field.args) {
        const at = { root, field, path: [argument.name] };
        const seen = new Set<string>();
        for (const position of positionsOf(argument.type, at, argument.name)) {
          const place = `${argument.name}: ${position.coordinate}`;
          // An input within itself is the same place again.
          if (seen.has(place)) continue;
          seen.add(place);
          byCoordinate.set(place, [...(byCoordinate.get(place) ?? []), position]);
        }
      }
    }
  }
  expect(byCoordinate.size).toBeGreaterThan(40);
  // Every text at every place, in turns over the fields that have it.
  const tries = [...byCoordinate.values()].flatMap((positions) =>
    Array.from({ length: TEXTS.length }, (_, index) => ({
      position: positions[Math.floor((index * positions.length) / TEXTS.length)] as Position,
      text: TEXTS[index % TEXTS.length] as string,
    })),
  );
  const ask = async (): Promise<void> => {
    for (let next = tries.pop(); next !== undefined; next = tries.pop()) {
      await tryText(next.position, next.text);
    }
  };
  await Promise.all([ask(), ask(), ask()]);
});
