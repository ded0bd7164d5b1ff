import { isDeepStrictEqual } from 'node:util';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { DefinitionKind } from '../../definition/definition.js';
import { AppError } from '../../errors.js';
import type { GatewayContext } from '../context.js';
import { contentType } from './content-type.js';
import {
  createExpansion,
  type Expansion,
  mayRefer,
  referencesIn,
} from './definition-references.js';

/** Extension of a field whose argument `id` names a kept question: the kind of its definitions. */
export interface KeptAs {
  readonly keptAs: DefinitionKind;
}

/** Extension of a mutation whose input may name definitions, as the arguments of questions may. */
export interface NamesDefinitions {
  readonly namesDefinitions: true;
}

type Arguments = Readonly<Record<string, unknown>>;
type AnyField = GraphQLField<unknown, GatewayContext, Arguments>;
type AnyResolver = GraphQLFieldResolver<unknown, GatewayContext, Arguments>;

/**
 * Lets every question name definitions where it could be given goals, cohorts, a funnel or an
 * experiment: what they say takes their place before anything else looks at the arguments, so that
 * a kept question is checked and answered as if it had been given. Made once for the schema, so
 * that a question added later needs no word of its own. Mutations keep names as they are, unless they
 * say otherwise ({@link NamesDefinitions}).
 */
export function resolveDefinitions(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()) as AnyField[]) {
      const isTold = field.extensions.namesDefinitions === true;
      if (type === schema.getMutationType() && !isTold) continue;
      const naming = field.args.filter((argument) => mayRefer(argument.type));
      const { keptAs } = field.extensions as Partial<KeptAs>;
      if (naming.length === 0 && keptAs === undefined) continue;
      const ask = withContents(schema, field.args, naming, keptAs);
      if (field.resolve !== undefined) field.resolve = ask(field.resolve);
      // Subscriptions with a source of their own look at their arguments when they begin.
      if (field.subscribe !== undefined) field.subscribe = ask(field.subscribe);
    }
  }
}

function withContents(
  schema: GraphQLSchema,
  all: readonly GraphQLArgument[],
  naming: readonly GraphQLArgument[],
  keptAs: DefinitionKind | undefined,
): (ask: AnyResolver) => AnyResolver {
  return (ask) => (root, args, context, info) => {
    const isKept = keptAs !== undefined && args.id != null;
    const names = naming.filter(({ type, name }) => referencesIn(type, args[name]).length > 0);
    if (!isKept && names.length === 0) return ask(root, args, context, info);
    const given = async (): Promise<Arguments> => {
      const asking = await context.askIn(projectOf(root, args));
      const { id } = asking.project;
      const expansion = createExpansion(
        id,
        (definitionId) => context.definitions.definition(id, definitionId),
        (kind) => contentType(schema, kind),
      );
      const expanded = { ...args };
      for (const { name, type } of names) expanded[name] = await expansion.expand(type, args[name]);
      return isKept
        ? withKept(schema, expansion, { kind: keptAs, id: String(args.id) }, all, expanded)
        : expanded;
    };
    return given().then((expanded) => ask(root, expanded, context, info));
  };
}

/** The project that the root of a field, its input or its arguments name. */
function projectOf(root: unknown, { input, project }: Arguments): string | null | undefined {
  const named = (value: unknown) => (value as { readonly projectId?: string } | null)?.projectId;
  return named(root) ?? named(input) ?? (project as string | null | undefined);
}

/**
 * The arguments with what a kept question says. Its filter and cohort hold besides those given.
 *
 * @throws AppError `BAD_USER_INPUT` for an argument that says otherwise than the definition.
 */
async function withKept(
  schema: GraphQLSchema,
  { definition, expand }: Expansion,
  reference: { readonly kind: DefinitionKind; readonly id: string },
  all: readonly GraphQLArgument[],
  { id: _id, ...args }: Arguments,
): Promise<Arguments> {
  const type = contentType(schema, reference.kind);
  const { content } = await definition(reference);
  const kept = (await expand(type, content)) as Arguments;
  const merged: Record<string, unknown> = { ...args };
  for (const [name, value] of Object.entries(kept)) {
    if (value === null) continue;
    const given = args[name];
    const usual = all.find((argument) => argument.name === name)?.defaultValue;
    if (name === 'filter') merged.filter = [...list(value), ...list(given)];
    else if (name === 'cohort') merged.cohort = given == null ? value : { all: [value, given] };
    else if (given == null || isSame(given, usual) || isSame(given, value)) merged[name] = value;
    else {
      throw new AppError(
        'BAD_USER_INPUT',
        `${name}: expected nothing, because the kept ${reference.kind} says it already`,
        { details: { field: name } },
      );
    }
  }
  return merged;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Compares as JSON: arguments are objects without a prototype. */
function isSame(a: unknown, b: unknown): boolean {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  return isDeepStrictEqual(plain(a), plain(b));
}
