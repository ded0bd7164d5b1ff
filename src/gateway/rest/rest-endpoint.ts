import {
  type DocumentNode,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  typeFromAST,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { AppError } from '../../errors.js';
import { isNeeded, type JsonSchema, memberSchema, outputSchema } from './json-schema.js';

/** A path of the product documents, answered by one operation of the schema. */
export interface RestEndpoint {
  /** Name of the operation, and of the endpoint in the description. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Status of its answer; left out: 200. */
  readonly status?: number;
  /** Of a mutation, the part of its payload that is the answer. */
  readonly payload?: string;
  /** Below `/api/v1`, with `{name}` for the parts that vary. */
  readonly path: string;
  /** One line for people. */
  readonly summary: string;
  /** The operation. Variables that no part of the path gives are parameters of the request. */
  readonly document: string;
  /** Which variables the parts of the path give; one part may give several. */
  readonly fromPath: Readonly<Record<string, readonly string[]>>;
  /** What varying parts of the path mean. */
  readonly pathMeaning: Readonly<Record<string, string>>;
}

/** A variable of an endpoint's operation. */
export interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isNeeded: boolean;
  readonly schema: JsonSchema;
}

/** An endpoint's operation, read. */
export interface ReadEndpoint extends RestEndpoint {
  readonly variables: readonly Variable[];
  /** The one field that the operation asks, whose answer is the whole answer; null: several. */
  readonly onlyField: string | null;
  readonly answer: JsonSchema;
}

/** Reads what an endpoint takes and answers from its operation. */
export function readEndpoint(schema: GraphQLSchema, endpoint: RestEndpoint): ReadEndpoint {
  const document = parse(endpoint.document);
  const operation = getOperationAST(document);
  const root = operation == null ? null : schema.getRootType(operation.operation);
  if (operation == null || root == null) {
    throw new AppError('INTERNAL', `${endpoint.id} has no operation`);
  }
  const meanings = variableMeanings(schema, document);
  const variables = (operation.variableDefinitions ?? []).map((definition): Variable => {
    const { name } = definition.variable;
    const type = typeFromAST(schema, definition.type) as GraphQLInputType;
    const defaultValue = constantOf(operation, name.value);
    const member = { type, description: meanings.get(name.value), defaultValue: undefined };
    const usual = defaultValue === undefined ? {} : { default: defaultValue };
    return {
      name: name.value,
      type,
      isNeeded: isNeeded({ type, defaultValue }),
      schema: { ...memberSchema(member), ...usual },
    };
  });
  const whole = outputSchema(new GraphQLNonNull(root), operation.selectionSet);
  const { properties = {} } = whole as { readonly properties?: Record<string, JsonSchema> };
  const [onlyField, ...others] = Object.keys(properties);
  const isOnly = onlyField !== undefined && others.length === 0;
  return {
    ...endpoint,
    variables,
    onlyField: isOnly ? onlyField : null,
    answer: answerOf(isOnly ? (properties[onlyField] ?? {}) : whole, endpoint.payload),
  };
}

/** A payload's part is null with errors alone, which are no answers here. */
function answerOf(whole: JsonSchema, payload: string | undefined): JsonSchema {
  if (payload === undefined) return whole;
  const { properties = {} } = whole as { readonly properties?: Record<string, JsonSchema> };
  return { ...properties[payload], type: 'object' };
}

/** The default of a variable as plain JSON; undefined without one. */
function constantOf(operation: OperationDefinitionNode, name: string): unknown {
  const node = operation.variableDefinitions?.find((each) => each.variable.name.value === name);
  return node?.defaultValue === undefined ? undefined : valueFromASTUntyped(node.defaultValue);
}

/** Each variable means what the first argument means that it is given as. */
function variableMeanings(schema: GraphQLSchema, document: DocumentNode): Map<string, string> {
  const meanings = new Map<string, string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Argument({ value }) {
        const description = types.getArgument()?.description;
        if (value.kind !== 'Variable' || description == null) return;
        if (!meanings.has(value.name.value)) meanings.set(value.name.value, description);
      },
      ObjectField({ name, value }) {
        const type = getNamedType(types.getParentInputType());
        if (value.kind !== 'Variable' || !isInputObjectType(type)) return;
        const description = type.getFields()[name.value]?.description;
        if (description != null) meanings.set(value.name.value, description);
      },
    }),
  );
  return meanings;
}
