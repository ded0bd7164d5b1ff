import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

/** A question made from the schema alone. */
export interface WalkedQuestion {
  /** Field of the query type it asks. */
  readonly field: string;
  /** The field, and what is special about this one, e.g. `pageViews grain DAY`. */
  readonly name: string;
  readonly query: string;
}

/** Values to try, as literals: by the name of a type, of `Type.field`, or of an argument. */
export interface Samples {
  readonly [name: string]: readonly string[];
}

export interface WalkOptions {
  readonly samples: Samples;
  readonly leaveOut: ReadonlySet<string>;
  /** Optional arguments that a field needs unless it is given an `id`. */
  readonly withoutId: Readonly<Record<string, readonly string[]>>;
}

/** Longest way down into answers, and how often one type may lie on it. */
const MAX_DEPTH = 6;

/**
 * Asks every field of the query type: once with what it requires, once for every argument, and once
 * with all arguments together. Everything below that takes no required argument is selected, and the
 * arguments of inner fields are tried in the same way. Of several values of an argument each field
 * tries another one.
 */
export function walkQuestions(
  schema: GraphQLSchema,
  { samples, leaveOut, withoutId }: WalkOptions,
): readonly WalkedQuestion[] {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  return fields
    .filter(({ name }) => !leaveOut.has(name))
    .flatMap((field, turn) => [
      ...outerQuestions(field, samples, turn, withoutId[field.name] ?? []),
      ...innerQuestions(field, samples, turn, withoutId[field.name] ?? []),
    ]);
}

function outerQuestions(
  field: GraphQLField<unknown, unknown>,
  samples: Samples,
  turn: number,
  withoutId: readonly string[],
): readonly WalkedQuestion[] {
  const { name } = field;
  const selection = selectionOf(field.type, samples, null, []);
  const asked = (special: string, given: readonly Given[]): WalkedQuestion => ({
    field: name,
    name: special === '' ? name : `${name} ${special}`,
    query: `{ ${name}${argumentText(given)}${selection} }`,
  });
  const required = requiredOf(field, samples, name, withoutId);
  const optional = field.args.filter(
    (argument) => !required.some((given) => given.name === argument.name),
  );
  const variations = optional.flatMap((argument) =>
    oneOf(valuesFor(argument, name, samples), turn).map((value) => ({
      name: argument.name,
      value,
    })),
  );
  const others = required.flatMap((given) => {
    const argument = field.args.find((each) => each.name === given.name);
    if (argument === undefined) return [];
    const [, ...rest] = valuesFor(argument, name, samples);
    return oneOf(rest, turn).map((value) => ({ name: given.name, value }));
  });
  const all = optional.flatMap((argument) => {
    if (argument.name === 'id' && withoutId.length > 0) return [];
    const [value] = valuesFor(argument, name, samples);
    return value === undefined ? [] : [{ name: argument.name, value }];
  });
  return [
    asked('', required),
    ...variations.map((given) =>
      asked(`${given.name} ${given.value}`, [
        ...required.filter((each) => given.name !== 'id' || !withoutId.includes(each.name)),
        given,
      ]),
    ),
    ...others.map((given) =>
      asked(`${given.name} ${given.value}`, [
        ...required.filter((each) => each.name !== given.name),
        given,
      ]),
    ),
    asked('with every argument', [...required, ...all]),
  ];
}

/** For every argument of a field one level below: a question for each of its values. */
function innerQuestions(
  field: GraphQLField<unknown, unknown>,
  samples: Samples,
  turn: number,
  withoutId: readonly string[],
): readonly WalkedQuestion[] {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return [];
  const required = argumentText(requiredOf(field, samples, field.name, withoutId));
  return Object.values(type.getFields()).flatMap((inner) =>
    inner.args.flatMap((argument) =>
      oneOf(valuesFor(argument, inner.name, samples), turn).map((value) => ({
        field: field.name,
        name: `${field.name}.${inner.name} ${argument.name} ${value}`,
        query: `{ ${field.name}${required} { ${inner.name}(${argument.name}: ${value})${selectionOf(inner.type, samples, null, [])} } }`,
      })),
    ),
  );
}

/** The value whose turn it is, if there is any. */
function oneOf(values: readonly string[], turn: number): readonly string[] {
  const value = values[turn % values.length];
  return value === undefined ? [] : [value];
}

interface Given {
  readonly name: string;
  readonly value: string;
}

function argumentText(given: readonly Given[]): string {
  return given.length === 0
    ? ''
    : `(${given.map(({ name, value }) => `${name}: ${value}`).join(', ')})`;
}

/** What a field cannot do without, and what it is given always. */
function requiredOf(
  field: GraphQLField<unknown, unknown>,
  samples: Samples,
  owner: string,
  withoutId: readonly string[] = [],
): readonly Given[] {
  return field.args.flatMap((argument) => {
    const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined;
    if (!isRequired && !withoutId.includes(argument.name)) return [];
    const [value] = valuesFor(argument, owner, samples);
    return value === undefined ? [] : [{ name: argument.name, value }];
  });
}

/** Selects all there is, down to the leaves; a type that lies on the way already is left out. */
function selectionOf(
  outer: GraphQLOutputType,
  samples: Samples,
  only: string | null,
  way: readonly string[],
): string {
  const type = getNamedType(outer);
  if (isLeafType(type)) return '';
  if (isInterfaceType(type) || isUnionType(type)) return ' { __typename }';
  if (way.length >= MAX_DEPTH || way.includes(type.name)) return '';
  const parts = fieldsOf(type, only).flatMap((field) => {
    const inner = selectionOf(field.type, samples, null, [...way, type.name]);
    if (inner === '' && !isLeafType(getNamedType(field.type))) return [];
    return [`${field.name}${argumentText(requiredOf(field, samples, field.name))}${inner}`];
  });
  return parts.length === 0 ? '' : ` { ${parts.join(' ')} }`;
}

function fieldsOf(
  type: GraphQLObjectType,
  only: string | null,
): readonly GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields()).filter(({ name }) => only === null || name === only);
}

function valuesFor(
  { name, type }: GraphQLArgument | GraphQLInputField,
  owner: string,
  samples: Samples,
): readonly string[] {
  return samples[`${owner}.${name}`] ?? samples[name] ?? valuesOf(type, samples, []);
}

/** Values of a type; the first is the plainest. */
function valuesOf(
  type: GraphQLInputType,
  samples: Samples,
  way: readonly string[],
): readonly string[] {
  if (isNonNullType(type)) return valuesOf(type.ofType, samples, way);
  if (isListType(type)) return valuesOf(type.ofType, samples, way).map((value) => `[${value}]`);
  const known = samples[type.name];
  if (known !== undefined) return known;
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isInputObjectType(type))
    return objectsOf(type.name, Object.values(type.getFields()), samples, way);
  switch (type.name) {
    case 'Boolean':
      return ['true', 'false'];
    case 'Int':
    case 'SafeInt':
      return ['3'];
    case 'Float':
      return ['3600'];
    default:
      return [];
  }
}

/** Objects with what is required, and with each optional field besides. */
function objectsOf(
  name: string,
  fields: readonly GraphQLInputField[],
  samples: Samples,
  way: readonly string[],
): readonly string[] {
  if (way.includes(name)) return [];
  const value = (field: GraphQLInputField): readonly string[] =>
    samples[`${name}.${field.name}`] ??
    samples[field.name] ??
    valuesOf(field.type, samples, [...way, name]);
  const required = fields
    .filter(isRequiredInputField)
    .map((field) => `${field.name}: ${value(field)[0] ?? 'null'}`);
  const optional = fields.filter((field) => !isRequiredInputField(field));
  const variations = optional.flatMap((field) =>
    value(field).map((each) => `{ ${[...required, `${field.name}: ${each}`].join(', ')} }`),
  );
  return required.length === 0 ? variations : [`{ ${required.join(', ')} }`, ...variations];
}
