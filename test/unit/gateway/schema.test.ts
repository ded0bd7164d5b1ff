import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  validate,
  visit,
} from 'graphql';
import { createGraphqlSchema, printApiSchema } from '../../../src/gateway/graphql-schema.js';

const OPERATIONS = 'schema/operations';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await createGraphqlSchema();
});

/** Everything of the schema that has a name, as `Type.field(argument)`, with its description. */
function described(): readonly (readonly [string, string | null | undefined])[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .flatMap((type) => {
      const own = [[type.name, type.description]] as const;
      if (isEnumType(type)) {
        const values = type.getValues();
        return [...own, ...values.map((v) => [`${type.name}.${v.name}`, v.description] as const)];
      }
      if (isInputObjectType(type)) {
        const fields = Object.values(type.getFields());
        return [...own, ...fields.map((f) => [`${type.name}.${f.name}`, f.description] as const)];
      }
      if (!isObjectType(type) && !isInterfaceType(type)) return own;
      const fields = Object.values(type.getFields()).flatMap((field) => [
        [`${type.name}.${field.name}`, field.description] as const,
        ...field.args.map((a) => [`${type.name}.${field.name}(${a.name})`, a.description] as const),
      ]);
      return [...own, ...fields];
    });
}

describe('the schema', () => {
  test('says of everything what it means', () => {
    expect(described().filter(([, text]) => (text ?? '').length < 10)).toEqual([]);
  });

  test('is the one that is committed', async () => {
    expect(readFileSync('schema/api.graphql', 'utf8')).toBe(await printApiSchema());
  });
});

describe('the named operations', () => {
  const files = readdirSync(OPERATIONS);
  const textOf = (file: string): string => readFileSync(`${OPERATIONS}/${file}`, 'utf8');

  test.each(files)('%s holds one operation of its name that fits the schema', (file) => {
    const document = parse(textOf(file));
    expect(validate(schema, document)).toEqual([]);
    const names = document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
    );
    const expected = file
      .replace('.graphql', '')
      .replace(/(^|-)(.)/g, (_match, _dash, letter: string) => letter.toUpperCase());
    expect(names).toEqual([expected]);
  });

  test('together ask every question and every subscription', () => {
    const asked = new Set<string>();
    for (const file of files) {
      visit(parse(textOf(file)), {
        enter(node) {
          if (node.kind === Kind.FIELD) asked.add(node.name.value);
        },
      });
    }
    const questions = [schema.getQueryType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const management = new Set(['device', 'integrity', 'keys', 'ledgerJob', 'node', 'projects']);
    expect(questions.filter((name) => !asked.has(name) && !management.has(name))).toEqual([]);
  });
});
