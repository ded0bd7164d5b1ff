import type { JsonValue } from '../metric/metric-query.js';

/** What can be kept under a name, to be asked for by its id. */
export const DEFINITION_KINDS = ['goal', 'funnel', 'cohort', 'experiment', 'saved_query'] as const;

export type DefinitionKind = (typeof DEFINITION_KINDS)[number];

/**
 * What a definition says: the arguments that a question would be given instead, as its adapter takes
 * them. Where it names another definition it holds that one's id, so that a change of a cohort
 * changes every funnel of its people.
 */
export type DefinitionContent = Readonly<Record<string, JsonValue>>;

/** A goal, funnel, cohort, experiment or query of a project. */
export interface Definition {
  readonly projectId: string;
  /** 1–64 characters of `a-z 0-9 - _`, unique in the project whatever the kind. */
  readonly id: string;
  readonly kind: DefinitionKind;
  /** Name for people, 1 to 200 characters. */
  readonly name: string;
  /** Text for people, up to 2,000 characters; may be empty. */
  readonly description: string;
  readonly content: DefinitionContent;
  /** Ids of the definitions that the content names, each once. */
  readonly usedIds: readonly string[];
  /** Rises with every change, from 1. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The definitions that name this one, directly or through others. */
export function usersOf(all: readonly Definition[], id: string): readonly Definition[] {
  const reached = new Set([id]);
  let before = 0;
  while (reached.size > before) {
    before = reached.size;
    for (const each of all)
      if (each.usedIds.some((used) => reached.has(used))) reached.add(each.id);
  }
  return all.filter((each) => each.id !== id && reached.has(each.id));
}
