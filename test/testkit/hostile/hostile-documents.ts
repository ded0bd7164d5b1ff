import {
  beyond,
  type HostileClass,
  type HostileWorld,
  INVALID,
  operation,
  RANGE,
  times,
  UNPARSABLE,
  VOLUME,
} from './hostile-case.js';

const nested = (depth: number, open: string, inner: string, close: string): string =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

/** Documents that nest, unfold or repeat themselves. */
export const DOCUMENTS: readonly HostileClass[] = [
  {
    name: 'deep',
    cases: (world: HostileWorld) => [
      ...[13, 20, 50].map((depth) =>
        operation(
          world,
          `${depth} fields`,
          `{ ${nested(depth, 'a{', 'b', '}')} }`,
          beyond('depth'),
        ),
      ),
      ...[70, 500, 1300].map((depth) =>
        operation(
          world,
          `${depth} fields`,
          `{ ${nested(depth, 'a{', 'b', '}')} }`,
          beyond('nesting'),
        ),
      ),
      ...[61, 300, 1300].map((depth) =>
        operation(
          world,
          `${depth} inline fragments`,
          `{ ${nested(depth, '... {', '__typename', '}')} }`,
          beyond('nesting'),
        ),
      ),
      operation(
        world,
        'a list in a list, 1900 times',
        `{ eventVolume(range: ${nested(1900, '[', '', ']')}) { total } }`,
        beyond('nesting'),
      ),
      operation(
        world,
        'an object in an object, 600 times',
        `{ eventVolume(range: ${nested(600, '{a:', '1', '}')}) { total } }`,
        beyond('nesting'),
      ),
      operation(
        world,
        'a type of 200 lists',
        `query($v: ${nested(200, '[', 'Int', ']')}) { __typename }`,
        beyond('nesting'),
      ),
      operation(
        world,
        'through named fragments',
        `{ ...F0 } ${times(14, (n) => `fragment F${n} on Query { a { ...F${n + 1} } }`)} fragment F14 on Query { b }`,
        beyond('depth'),
      ),
      operation(world, 'never closed', '{'.repeat(200), beyond('nesting')),
    ],
  },
  {
    name: 'wide',
    cases: (world) => [
      ...[4001, 20_000, 45_000].map((count) =>
        operation(world, `${count} names`, `{ ${times(count, () => 'a')} }`, beyond('tokens')),
      ),
      operation(
        world,
        '1500 arguments',
        `{ eventVolume(${times(1500, (n) => `a${n}: 1`)}) { total } }`,
        beyond('tokens'),
      ),
      operation(
        world,
        '5000 operations',
        times(5000, (n) => `query Q${n} { a }`),
        beyond('tokens'),
      ),
      operation(
        world,
        '2000 variables',
        `query(${times(2000, (n) => `$v${n}: Int`)}) { __typename }`,
        beyond('tokens'),
      ),
      operation(world, 'a document of blanks', `${' '.repeat(100_001)}`, beyond('documentLength')),
      operation(
        world,
        'a long comment',
        `#${'x'.repeat(150_000)}\n${VOLUME}`,
        beyond('documentLength'),
      ),
      operation(
        world,
        'a long text',
        `{ eventVolume(event: { event: "${'x'.repeat(200_000)}" }, ${RANGE}) { total } }`,
        beyond('documentLength'),
      ),
      operation(world, 'a long name', `{ ${'n'.repeat(120_000)} }`, beyond('documentLength')),
      operation(
        world,
        '10,001 fields once unfolded',
        `{ ${times(101, () => '...F')} } fragment F on Query { ${times(100, () => '__typename')} }`,
        beyond('selections'),
      ),
      operation(
        world,
        '3900 fields of one name that do not exist',
        `{ eventVolume(${RANGE}) { ${times(3900, () => 'totals')} } }`,
        INVALID,
      ),
      operation(
        world,
        '3900 fields that do not exist',
        `{ ${times(3900, (n) => `f${n}`)} }`,
        INVALID,
      ),
    ],
  },
  {
    name: 'aliased',
    cases: (world) => [
      ...[51, 200, 1000].map((count) =>
        operation(
          world,
          `${count} aliases of nothing`,
          `{ ${times(count, (n) => `a${n}: __typename`)} }`,
          beyond('aliases'),
        ),
      ),
      ...[51, 90].map((count) =>
        operation(
          world,
          `${count} questions`,
          `{ ${times(count, (n) => `a${n}: eventVolume(${RANGE}) { total }`)} }`,
          beyond('aliases'),
        ),
      ),
      operation(
        world,
        'of leaves',
        `{ eventVolume(${RANGE}) { ${times(60, (n) => `a${n}: total`)} } }`,
        beyond('aliases'),
      ),
      operation(
        world,
        'in a fragment spread twice',
        `{ ...F ... { ...F } } fragment F on Query { ${times(26, (n) => `a${n}: __typename`)} }`,
        beyond('aliases'),
      ),
      operation(
        world,
        'in inline fragments',
        `{ ${times(51, (n) => `... { a${n}: __typename }`)} }`,
        beyond('aliases'),
      ),
      operation(
        world,
        'in the second operation',
        `query A { __typename } query B { ${times(51, (n) => `a${n}: __typename`)} }`,
        beyond('aliases'),
      ),
      operation(
        world,
        'of mutations',
        `mutation { ${times(51, (n) => `a${n}: revokeKey(input: { keyId: "x" }) { key { id } }`)} }`,
        beyond('aliases'),
      ),
      operation(
        world,
        'one name for two fields',
        `{ a: eventVolume(${RANGE}) { total } a: uniqueUsers(${RANGE}) { total } }`,
        INVALID,
      ),
      operation(world, 'without a field', '{ a: }', UNPARSABLE),
    ],
  },
  {
    name: 'fragments',
    cases: (world) => [
      operation(world, 'one in itself', '{ ...F } fragment F on Query { ...F }', INVALID),
      ...[2, 3, 10, 100].map((count) =>
        operation(
          world,
          `a circle of ${count}`,
          `{ ...F0 } ${times(count, (n) => `fragment F${n} on Query { ...F${(n + 1) % count} }`)}`,
          INVALID,
        ),
      ),
      operation(
        world,
        'a circle through a field',
        `{ ...F } fragment F on Query { eventVolume(${RANGE}) { ...G } } fragment G on EventVolume { total ...G }`,
        INVALID,
      ),
      operation(
        world,
        'a circle that unfolds twice',
        '{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...F ...F }',
        INVALID,
      ),
      ...[20, 40].map((count) =>
        operation(
          world,
          `${count} that double`,
          `{ ...F0 } ${times(count, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F${count} on Query { __typename }`,
          beyond('selections'),
        ),
      ),
      operation(
        world,
        'each spreads all that follow',
        `{ ...F0 } ${times(30, (n) => `fragment F${n} on Query { __typename ${times(29 - n, (m) => `...F${n + m + 1}`)} }`)}`,
        beyond('selections'),
      ),
      operation(world, 'unused', `${VOLUME} fragment F on Query { __typename }`, INVALID),
      operation(world, 'unknown', '{ ...Nowhere }', INVALID),
      operation(world, 'on a type that is none', '{ ...F } fragment F on Nothing { a }', INVALID),
      operation(
        world,
        'two of one name',
        '{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }',
        INVALID,
      ),
    ],
  },
  {
    name: 'directives',
    cases: (world) => [
      ...[51, 200, 500].map((count) =>
        operation(
          world,
          `${count} on a field`,
          `{ __typename ${times(count, () => '@skip(if: false)', '')} }`,
          beyond('directives'),
        ),
      ),
      ...[60, 1500].map((count) =>
        operation(
          world,
          `${count} unknown ones`,
          `{ __typename ${'@a'.repeat(count)} }`,
          beyond('directives'),
        ),
      ),
      operation(
        world,
        'on each of 60 fields',
        `{ eventVolume(${RANGE}) { ${times(60, () => 'total @include(if: true)')} } }`,
        beyond('directives'),
      ),
      operation(
        world,
        'on the operation',
        `query ${'@a'.repeat(60)} { __typename }`,
        beyond('directives'),
      ),
      operation(
        world,
        'on variables',
        `query(${times(60, (n) => `$v${n}: Int @a`)}) { __typename }`,
        beyond('directives'),
      ),
      operation(
        world,
        'on spreads',
        `{ ${times(60, () => '...F @include(if: true)')} } fragment F on Query { __typename }`,
        beyond('directives'),
      ),
      operation(
        world,
        'in a fragment spread again and again',
        `{ ${times(20, () => '...F')} } fragment F on Query { __typename @a @b @c }`,
        beyond('directives'),
      ),
      operation(
        world,
        'on inline fragments',
        `{ ${times(55, () => '... @include(if: true) { __typename }')} }`,
        beyond('directives'),
      ),
      operation(
        world,
        'twice where once is allowed',
        '{ __typename @skip(if: false) @skip(if: false) }',
        INVALID,
      ),
      operation(world, '@defer', `{ ... @defer { eventVolume(${RANGE}) { total } } }`, INVALID),
      operation(
        world,
        '@stream',
        `{ eventVolume(${RANGE}) { series { values @stream } } }`,
        INVALID,
      ),
    ],
  },
  {
    name: 'introspection',
    cases: (world) => [
      ...[5, 20, 50].map((count) =>
        operation(
          world,
          `${count} schemas`,
          `{ ${times(count, (n) => `a${n}: __schema { types { name } }`)} }`,
          beyond('introspections'),
        ),
      ),
      ...[5, 40].map((count) =>
        operation(
          world,
          `${count} types`,
          `{ ${times(count, (n) => `a${n}: __type(name: "Query") { name }`)} }`,
          beyond('introspections'),
        ),
      ),
      operation(
        world,
        'repeated without an alias',
        `{ ${times(100, () => '__schema { types { name } }')} }`,
        beyond('introspections'),
      ),
      operation(
        world,
        'in a fragment spread again and again',
        `{ ${times(5, () => '...F')} } fragment F on Query { __schema { types { name } } }`,
        beyond('introspections'),
      ),
      ...['fields', 'inputFields', 'interfaces', 'possibleTypes'].map((list) => {
        const inner =
          list === 'interfaces' || list === 'possibleTypes' ? `${list} {` : `${list} { type {`;
        const closing = '}'.repeat((inner.match(/\{/g) ?? []).length);
        return operation(
          world,
          `${list} of ${list}, four times`,
          `{ __schema { types { ${nested(4, inner, 'name', closing)} } } }`,
          INVALID,
        );
      }),
      operation(world, 'what does not exist', '{ __schema { secrets } }', INVALID),
      operation(world, 'in a mutation', 'mutation { __nothing }', INVALID),
    ],
  },
];
