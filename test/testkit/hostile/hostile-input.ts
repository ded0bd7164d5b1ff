import {
  BAD_INPUT,
  beyond,
  type HostileClass,
  INVALID,
  operation,
  RANGE,
  refused,
  UNPARSABLE,
  VOLUME,
} from './hostile-case.js';

const WHERE = `query($where: JSONObject) { eventVolume(event: { where: $where }, ${RANGE}) { total } }`;
const VALUES = `query($values: [JSON!]!) { eventVolume(filter: [{ field: "page", operator: IN, values: $values }], ${RANGE}) { total } }`;

function nestedValue(depth: number, wrap: (value: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n += 1) value = wrap(value);
  return value;
}

/** Variables and values that are too many, too deep, or of the wrong kind. */
export const INPUT: readonly HostileClass[] = [
  {
    name: 'variables',
    cases: (world) => [
      ...[121, 500, 1000].map((depth) =>
        operation(world, `lists ${depth} deep`, WHERE, beyond('variableDepth'), {
          where: { a: nestedValue(depth, (value) => [value]) },
        }),
      ),
      ...[125, 900].map((depth) =>
        operation(world, `objects ${depth} deep`, WHERE, beyond('variableDepth'), {
          where: nestedValue(depth, (value) => ({ a: value })),
        }),
      ),
      ...[20_001, 100_000].map((count) =>
        operation(world, `${count} values`, VALUES, beyond('variableValues'), {
          values: Array.from({ length: count }, (_, n) => n),
        }),
      ),
      operation(world, '30,000 members', WHERE, beyond('variableValues'), {
        where: Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`m${n}`, n])),
      }),
      operation(world, '30,000 that nobody declared', VOLUME, beyond('variableValues'), {
        ...Array.from({ length: 30_000 }, () => 0),
      }),
      {
        name: 'brackets without an end',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${world.keys.reader}`,
        },
        body: `{"query":"{a}","variables":${'['.repeat(500_000)}`,
        refusal: beyond('variableDepth'),
      },
      {
        name: 'brackets 400,000 deep',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${world.keys.reader}`,
        },
        body: `{"query":"{a}","variables":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
        refusal: beyond('variableDepth'),
      },
      operation(world, 'more values than a condition takes', VALUES, refused('BAD_USER_INPUT'), {
        values: Array.from({ length: 10_001 }, (_, n) => n),
      }),
      ...[[], 'text', 7].map((variables) =>
        operation(
          world,
          `${JSON.stringify(variables)} instead of an object`,
          VOLUME,
          {
            status: 400,
            code: 'BAD_REQUEST',
          },
          variables,
        ),
      ),
    ],
  },
  {
    name: 'wrong types',
    cases: (world) => [
      ...(
        [
          ['Grain', 'grain', 'YEARS'],
          ['Grain', 'grain', 1],
          ['Grain', 'grain', ['DAY']],
          ['Int', 'limit', 2 ** 40],
          ['Int', 'limit', 1.5],
          ['Int', 'limit', '10'],
          ['Boolean', 'includeBots', 'yes'],
          ['TimeZone', 'timeZone', 7],
          ['TimeRangeInput!', 'range', 'January'],
          ['TimeRangeInput!', 'range', { from: '2026-01-01' }],
          ['TimeRangeInput!', 'range', { from: 1, to: 2 }],
          ['TimeRangeInput!', 'range', { from: '2026-01-01', to: '2026-01-02', or: 1 }],
          ['EventSelectorInput', 'event', { where: [1] }],
        ] as const
      ).map(([type, argument, value]) => {
        const range = argument === 'range' ? '' : `, ${RANGE}`;
        return operation(
          world,
          `${JSON.stringify(value)} for ${type}`,
          `query($v: ${type}) { eventVolume(${argument}: $v${range}) { total } }`,
          BAD_INPUT,
          { v: value },
        );
      }),
      operation(world, 'a number for a name', '{ 7 }', UNPARSABLE),
      operation(
        world,
        'a text for a list',
        `{ eventVolume(filter: "x", ${RANGE}) { total } }`,
        INVALID,
      ),
      operation(
        world,
        'a variable of another type',
        `query($v: Int) { eventVolume(timeZone: $v, ${RANGE}) { total } }`,
        INVALID,
        { v: 1 },
      ),
      operation(
        world,
        'a limit below one',
        `{ topPages(limit: 0, ${RANGE}) { values } }`,
        refused('BAD_USER_INPUT'),
      ),
      operation(
        world,
        'a negative page',
        '{ user(id: "u") { timeline(first: -1) { edges { cursor } } } }',
        refused('BAD_USER_INPUT'),
      ),
      operation(
        world,
        'a zone that is none',
        `{ eventVolume(timeZone: "Mars/Base", ${RANGE}) { total } }`,
        refused('INVALID_TIME_ZONE'),
      ),
      operation(
        world,
        'days that do not exist',
        '{ eventVolume(range: { from: "2026-02-30", to: "2026-03-01" }) { total } }',
        refused('INVALID_RANGE'),
      ),
      operation(
        world,
        'the end before the start',
        '{ eventVolume(range: { from: "2026-02-02", to: "2026-02-01" }) { total } }',
        refused('INVALID_RANGE'),
      ),
      operation(
        world,
        'a condition without a value',
        `{ eventVolume(filter: [{ field: "page" }], ${RANGE}) { total } }`,
        refused('BAD_USER_INPUT'),
      ),
    ],
  },
];
