import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLUnionType,
  getNullableType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  visit,
} from 'graphql';

/** Tells that a column holds what its items may not be; whoever interprets it item by item says which. */
class ColumnError extends Error {}

type Complete = (value: unknown) => unknown;

/**
 * The same schema for execution alone, in which a list of scalars is one leaf: the executor goes
 * through it in a loop instead of completing each item as if it were a field, which takes most of the
 * time of a long series. Documents are validated against the schema itself.
 *
 * A column with an item that its type does not allow fails as a whole: see {@link hasFailedColumn}.
 */
export function columnSchema(schema: GraphQLSchema): GraphQLSchema {
  const twins = new Map<string, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType>();

  const columns = new Map<string, GraphQLScalarType>();

  function twinOf<T extends GraphQLOutputType>(type: T): T;
  function twinOf(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type)) return new GraphQLNonNull(twinOf(type.ofType));
    if (isListType(type)) {
      if (!isColumn(type)) return new GraphQLList(twinOf(type.ofType));
      const column = columns.get(String(type)) ?? columnOf(type);
      columns.set(String(type), column);
      return column;
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isUnionType(type)) return type;
    if (isIntrospectionType(type)) return type;
    const twin = twins.get(type.name) ?? made(type);
    twins.set(type.name, twin);
    return twin;
  }

  function made(type: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) {
    if (isUnionType(type)) {
      return new GraphQLUnionType({ ...type.toConfig(), types: () => type.getTypes().map(twinOf) });
    }
    const shape = {
      interfaces: () => type.getInterfaces().map(twinOf),
      fields: () => fieldsOf(type),
    };
    return isObjectType(type)
      ? new GraphQLObjectType({ ...type.toConfig(), ...shape })
      : new GraphQLInterfaceType({ ...type.toConfig(), ...shape });
  }

  function fieldsOf(
    type: GraphQLObjectType | GraphQLInterfaceType,
  ): GraphQLFieldConfigMap<unknown, unknown> {
    const fields = Object.entries<GraphQLFieldConfig<unknown, unknown>>(type.toConfig().fields);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, { ...field, type: twinOf(field.type) }]),
    );
  }

  const { types, query, mutation, subscription, ...config } = schema.toConfig();
  const root = (type: typeof query) => (type == null ? type : twinOf(type));
  return new GraphQLSchema({
    ...config,
    query: root(query),
    mutation: root(mutation),
    subscription: root(subscription),
    types: types
      .map((type) => (isObjectType(type) ? twinOf(type) : type))
      .filter((type) => !isInterfaceType(type) && !isUnionType(type)),
    assumeValid: true,
  });
}

/** Whether a result lacks a column that {@link columnSchema} could not complete. */
export function hasFailedColumn({ errors = [] }: ExecutionResult): boolean {
  return errors.some(({ originalError }) => originalError instanceof ColumnError);
}

const introspecting = new WeakMap<DocumentNode, boolean>();

/** Whether a document asks for the schema, which must be told as it is. */
export function asksForSchema(document: DocumentNode): boolean {
  const known = introspecting.get(document);
  if (known !== undefined) return known;
  let isFound = false;
  visit(document, {
    Field({ name: { value } }) {
      isFound ||= value === '__schema' || value === '__type';
    },
  });
  introspecting.set(document, isFound);
  return isFound;
}

function isColumn(type: GraphQLList<GraphQLOutputType>): boolean {
  const item = getNullableType(type.ofType);
  return isLeafType(item) || (isListType(item) && isColumn(item));
}

function columnOf(type: GraphQLList<GraphQLOutputType>): GraphQLScalarType {
  const name = `Column_${String(type).replace(/\W/g, (sign) => `_${sign.charCodeAt(0)}`)}`;
  return new GraphQLScalarType({ name, serialize: completerOf(type) });
}

/** The items completed; the list itself where that changes none, which is the rule. */
function mapped(items: readonly unknown[], complete: Complete): readonly unknown[] {
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const completed = complete(item);
    if (completed === item) continue;
    const rest = items.slice(at + 1).map((each) => complete(each));
    return [...items.slice(0, at), completed, ...rest];
  }
  return items;
}

/** Completes a value of a type that is a scalar or a list of such. */
function completerOf(type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) {
    const complete = completerOf(type.ofType);
    return (value) => {
      const completed = value == null ? null : complete(value);
      if (completed == null) throw new ColumnError('expected a value');
      return completed;
    };
  }
  if (isListType(type)) {
    const complete = completerOf(type.ofType);
    return (value) => {
      if (value == null) return null;
      if (!Array.isArray(value)) throw new ColumnError('expected a list');
      return mapped(value, complete);
    };
  }
  if (!isLeafType(type)) throw new Error(`${String(type)} is no leaf`);
  const leaf = type;
  return (value) => {
    if (value == null) return null;
    let serialized: unknown;
    try {
      serialized = leaf.serialize(value);
    } catch (cause) {
      throw new ColumnError('expected another value', { cause });
    }
    if (serialized == null) throw new ColumnError('expected a value');
    return serialized;
  };
}
