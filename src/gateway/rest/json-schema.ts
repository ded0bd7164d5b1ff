import {
  astFromValue,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { AppError } from '../../errors.js';

/** A JSON Schema of draft 2020-12, which OpenAPI 3.1 has too. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Where OpenAPI keeps schemas that have a name. */
const COMPONENTS = '#/components/schemas/';

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  Int: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  SafeInt: {
    type: 'integer',
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  },
  Float: { type: 'number' },
  String: { type: 'string' },
  ID: { type: 'string' },
  Boolean: { type: 'boolean' },
  JSON: {},
  JSONObject: { type: 'object' },
};

function described(schema: JsonSchema, description: string | null | undefined): JsonSchema {
  return description == null ? schema : { ...schema, description };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length === 0) return schema;
  return typeof schema.type === 'string' && schema.enum === undefined
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

function leaf(name: string): JsonSchema {
  // Other scalars travel as text; the question that gets them judges them.
  return SCALARS[name] ?? { type: 'string' };
}

/** The schema of values of an input type. Types with a name are referred to. */
export function inputSchema(type: GraphQLInputType): JsonSchema {
  if (!isNonNullType(type)) return orNull(inputSchemaOfValue(type));
  return inputSchemaOfValue(type.ofType);
}

function inputSchemaOfValue(type: GraphQLInputType): JsonSchema {
  if (isNonNullType(type)) return inputSchemaOfValue(type.ofType);
  if (isListType(type)) return { type: 'array', items: inputSchema(type.ofType) };
  if (isEnumType(type) || isInputObjectType(type)) return { $ref: `${COMPONENTS}${type.name}` };
  return leaf(type.name);
}

/** The schema of a field of an input, or of an argument: its type, meaning and default. */
export function memberSchema({
  type,
  description,
  defaultValue,
}: Pick<GraphQLInputField, 'type' | 'description' | 'defaultValue'>): JsonSchema {
  const node = defaultValue === undefined ? null : astFromValue(defaultValue, type);
  const usual = node == null ? {} : { default: valueFromASTUntyped(node) };
  return { ...described(inputSchema(type), description), ...usual };
}

/** Whether a field of an input or an argument has to be given. */
export function isNeeded({
  type,
  defaultValue,
}: Pick<GraphQLInputField, 'type' | 'defaultValue'>): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function inputObjectSchema(type: GraphQLInputObjectType): JsonSchema {
  const fields = Object.values(type.getFields());
  const required = fields.filter(isNeeded).map(({ name }) => name);
  return described(
    {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, memberSchema(field)])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
    type.description,
  );
}

/** The schemas that those of input types refer to, and those these refer to, by name. */
export function namedSchemas(
  types: readonly GraphQLInputType[],
): Readonly<Record<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>();
  const visit = (outer: GraphQLInputType): void => {
    const type = getNamedType(outer);
    if (found.has(type.name)) return;
    if (isEnumType(type)) {
      const values = type.getValues().map(({ name }) => name);
      found.set(type.name, described({ type: 'string', enum: values }, type.description));
    } else if (isInputObjectType(type)) {
      found.set(type.name, inputObjectSchema(type));
      for (const field of Object.values(type.getFields())) visit(field.type);
    }
  };
  for (const type of types) visit(type);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The schema of what a selection of a type answers with; fragments are not expected. */
export function outputSchema(
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
): JsonSchema {
  if (!isNonNullType(type)) return orNull(outputSchemaOfValue(type, selection));
  return outputSchemaOfValue(type.ofType, selection);
}

function outputSchemaOfValue(
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
): JsonSchema {
  if (isNonNullType(type)) return outputSchemaOfValue(type.ofType, selection);
  if (isListType(type)) return { type: 'array', items: outputSchema(type.ofType, selection) };
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  if (isLeafType(type)) return leaf(type.name);
  if (!isObjectType(type) || selection === undefined) {
    throw new AppError('INTERNAL', `${type.name} has no schema without a selection`);
  }
  const properties = selection.selections.map((node) => {
    if (node.kind !== Kind.FIELD) throw new AppError('INTERNAL', 'expected fields, got a fragment');
    const field = type.getFields()[node.name.value];
    if (field === undefined) throw new AppError('INTERNAL', `no field ${node.name.value}`);
    const schema = described(outputSchema(field.type, node.selectionSet), field.description);
    return [node.alias?.value ?? node.name.value, schema] as const;
  });
  return described(
    {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: properties.map(([name]) => name),
      additionalProperties: false,
    },
    type.description,
  );
}

/** Everything of an object type that takes no argument, as a selection; never `freshness`. */
export function fullSelection(
  schema: GraphQLSchema,
  typeName: string,
  way: readonly string[] = [],
): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type) || way.includes(typeName)) return '';
  const parts = Object.values(type.getFields()).flatMap((field) => {
    // What it tells differs from one moment to the next, and takes a statement of its own.
    if (field.args.length > 0 || field.name === 'freshness') return [];
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    const selected = fullSelection(schema, inner.name, [...way, typeName]);
    return selected === '' ? [] : [`${field.name} ${selected}`];
  });
  return parts.length === 0 ? '' : `{ ${parts.join(' ')} }`;
}
