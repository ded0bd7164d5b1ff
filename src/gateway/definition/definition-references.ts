import { type GraphQLInputType, getNullableType, isInputObjectType, isListType } from 'graphql';
import type { Definition, DefinitionKind } from '../../definition/definition.js';
import { AppError } from '../../errors.js';
import { decodeNodeId } from '../connection/node-id.js';
import { checkLimit } from '../limits.js';

/** Most places of one question that may name definitions. */
const MAX_REFERENCES = 1_000;

/** A place in an input where a definition is named instead of given. */
export interface Reference {
  readonly kind: DefinitionKind;
  /** As it was given: the definition's own id, or that of its node. */
  readonly id: string;
}

/** Input types whose values may name a definition, and by which of their fields. */
const NAMING: Readonly<Record<string, { readonly field: string; readonly kind: DefinitionKind }>> =
  {
    EventSelectorInput: { field: 'goal', kind: 'goal' },
    CohortInput: { field: 'id', kind: 'cohort' },
  };

/** Whether values of a type may name a definition somewhere. */
export function mayRefer(outer: GraphQLInputType, way: readonly string[] = []): boolean {
  const type = getNullableType(outer);
  if (isListType(type)) return mayRefer(type.ofType, way);
  if (!isInputObjectType(type) || way.includes(type.name)) return false;
  if (Object.hasOwn(NAMING, type.name)) return true;
  return Object.values(type.getFields()).some((field) => mayRefer(field.type, [...way, type.name]));
}

/**
 * A value with something else in place of each part that names a definition. Parts that name none
 * are the same objects as before.
 *
 * @throws AppError `BAD_USER_INPUT` for a part that names a definition and gives one too.
 */
export function replaceReferences(
  outer: GraphQLInputType,
  value: unknown,
  replace: (reference: Reference, part: object) => unknown,
): unknown {
  const type = getNullableType(outer);
  if (value === null || typeof value !== 'object') return value;
  if (isListType(type)) {
    const list = value as readonly unknown[];
    const replaced = list.map((each) => replaceReferences(type.ofType, each, replace));
    return replaced.every((each, index) => each === list[index]) ? value : replaced;
  }
  if (!isInputObjectType(type)) return value;
  const part = value as Readonly<Record<string, unknown>>;
  const naming = Object.hasOwn(NAMING, type.name) ? NAMING[type.name] : undefined;
  if (naming !== undefined && part[naming.field] != null) {
    const others = Object.keys(part).filter((key) => key !== naming.field && part[key] != null);
    if (others.length > 0) {
      throw new AppError(
        'BAD_USER_INPUT',
        `${naming.field}: expected a kept ${naming.kind} alone, got ${others.join(', ')} too`,
        { details: { field: naming.field } },
      );
    }
    return replace({ kind: naming.kind, id: String(part[naming.field]) }, part);
  }
  const changed = Object.values(type.getFields()).flatMap(({ name, type: inner }) => {
    const replaced = replaceReferences(inner, part[name], replace);
    return replaced === part[name] ? [] : [[name, replaced] as const];
  });
  return changed.length === 0 ? value : { ...part, ...Object.fromEntries(changed) };
}

/** The definitions that a value names, in order, each place once. */
export function referencesIn(type: GraphQLInputType, value: unknown): readonly Reference[] {
  const found: Reference[] = [];
  replaceReferences(type, value, (reference, part) => {
    found.push(reference);
    return part;
  });
  return found;
}

/**
 * The id within its project that a text means: the id itself, or that of its node.
 *
 * @throws AppError `NOT_FOUND` for a node of another kind or project, `BAD_USER_INPUT` for none.
 */
export function definitionIdOf(
  projectId: string,
  text: string,
  kind: DefinitionKind | 'definition' = 'definition',
): string {
  if (!text.includes('.')) return text;
  const key = decodeNodeId(text);
  if (key.type === 'Definition' && key.projectId === projectId) return key.localId;
  throw noSuchDefinition(kind, text);
}

/** Finds definitions of one project. */
export type LookUp = (id: string) => Promise<Definition | null>;

/** Puts what definitions say in place of their names. */
export interface Expansion {
  /** The definition that a reference means. @throws AppError `NOT_FOUND`, also for another kind. */
  definition(reference: Reference): Promise<Definition>;
  /**
   * The value with every name replaced, however deep.
   *
   * @throws AppError `NOT_FOUND`; `LIMIT_EXCEEDED` for too many names; `BAD_USER_INPUT` where
   *   definitions use one another in a ring.
   */
  expand(type: GraphQLInputType, value: unknown): Promise<unknown>;
}

/** @param typeOf Input type of the contents of a kind. */
export function createExpansion(
  projectId: string,
  lookUp: LookUp,
  typeOf: (kind: DefinitionKind) => GraphQLInputType,
): Expansion {
  const contents = new Map<string, unknown>();
  let count = 0;

  async function definition({ kind, id }: Reference): Promise<Definition> {
    const found = await lookUp(definitionIdOf(projectId, id, kind));
    if (found === null || found.kind !== kind) throw noSuchDefinition(kind, id);
    return found;
  }

  async function expand(
    type: GraphQLInputType,
    value: unknown,
    way: readonly string[],
  ): Promise<unknown> {
    const references = referencesIn(type, value);
    count += references.length;
    checkLimit('definitions', count, MAX_REFERENCES);
    for (const reference of references) await learn(reference, way);
    if (references.length === 0) return value;
    return replaceReferences(type, value, ({ kind, id }) => contents.get(`${kind} ${id}`));
  }

  async function learn(reference: Reference, way: readonly string[]): Promise<void> {
    const { kind, id } = reference;
    if (contents.has(`${kind} ${id}`)) return;
    const { id: ownId, content } = await definition(reference);
    if (way.includes(ownId)) {
      throw new AppError('BAD_USER_INPUT', `${kind}: the definition '${ownId}' uses itself`, {
        details: { field: kind },
      });
    }
    contents.set(`${kind} ${id}`, await expand(typeOf(kind), content, [...way, ownId]));
  }

  return { definition, expand: (type, value) => expand(type, value, []) };
}

/** `NOT_FOUND`, for what is not there and for what is another project's. */
export function noSuchDefinition(kind: string, id: string): AppError {
  const what = kind === 'saved_query' ? 'saved query' : kind;
  return new AppError('NOT_FOUND', `${what}: there is no ${what} '${id.slice(0, 80)}' here`, {
    details: { field: kind },
  });
}
