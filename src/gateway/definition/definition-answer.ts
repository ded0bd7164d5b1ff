import type { Definition, DefinitionKind } from '../../definition/definition.js';
import { decodeCursor, encodeCursor } from '../connection/cursor.js';
import { encodeNodeId } from '../connection/node-id.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import { CONTENT_FIELD } from './content-type.js';
import type { DefinitionsArgs } from './definition.input.js';
import type { DefinitionConnection, Definition as DefinitionNode } from './definition.type.js';

/** Definitions of a page whose size was left out. */
const USUAL_DEFINITIONS = 50;

/** A definition as the API shows it. */
export function definitionNode(definition: Definition) {
  const { id: definitionId, content, usedIds, ...rest } = definition;
  const { projectId, kind } = rest;
  return {
    ...rest,
    nodeType: 'Definition' as const,
    id: encodeNodeId({ type: 'Definition', projectId, localId: definitionId }),
    definitionId,
    uses: usedIds,
    ...{ goal: null, funnel: null, cohort: null, experiment: null, savedQuery: null },
    [CONTENT_FIELD[kind]]: content,
  } satisfies Record<string, unknown> as DefinitionNode & { readonly nodeType: 'Definition' };
}

/**
 * A page of the definitions of a project. Order and cursors are by the moment a definition was made,
 * which no change moves, so a page never repeats or leaves out what was there all the time.
 *
 * @throws AppError `INVALID_CURSOR`, `LIMIT_EXCEEDED`.
 */
export function definitionConnection(
  projectId: string,
  all: readonly Definition[],
  { kind, first, after }: Pick<DefinitionsArgs, 'kind' | 'first' | 'after'>,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): DefinitionConnection {
  const size = pageSize('first', first, USUAL_DEFINITIONS, limits);
  const scope = cursorScope(projectId, kind);
  const list = kind == null ? all : all.filter((each) => each.kind === kind);
  const [createdAt = '', id = ''] = after == null ? [] : decodeCursor(scope, after, 2);
  const rest = list.filter(
    (each) => each.createdAt > createdAt || (each.createdAt === createdAt && each.id > id),
  );
  const edges = rest.slice(0, size).map((each) => ({
    cursor: encodeCursor(scope, [each.createdAt, each.id]),
    node: definitionNode(each),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rest.length > size,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: list.length,
  };
}

function cursorScope(projectId: string, kind: DefinitionKind | null | undefined): string {
  return JSON.stringify(['definitions', projectId, kind ?? null]);
}
