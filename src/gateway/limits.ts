import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../errors.js';

/** What the gateway refuses before any work is done for it. */
export interface GatewayLimits {
  /** Levels of fields; introspection is not counted. */
  readonly maxDepth: number;
  /** Aliased fields of an operation, fragments expanded. */
  readonly maxAliases: number;
  /** Tokens of a document. */
  readonly maxTokens: number;
  /** Largest `first` of a connection and `limit` of a breakdown. */
  readonly maxPageSize: number;
  /** Open subscriptions of one WebSocket connection. */
  readonly maxSubscriptions: number;
  /** Open subscriptions of one key in this process. */
  readonly maxKeySubscriptions: number;
  /** Unsent bytes of a connection above which its reader counts as too slow. */
  readonly maxBacklogBytes: number;
}

/** Largest request body, and largest WebSocket message, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** Most fields of an operation once every fragment is expanded. */
export const MAX_SELECTIONS = 10_000;

/** Most levels of lists and objects in the variables of an operation. */
export const MAX_VARIABLE_DEPTH = 64;

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly selections: number;
}

const EMPTY: Size = { depth: 0, aliases: 0, selections: 0 };

/**
 * Measures every operation of a document, fragments expanded but each visited once, so that the
 * time is linear in the document however far it unfolds. A fragment that contains itself ends
 * there: validation refuses it afterwards with its own error.
 *
 * @throws AppError `LIMIT_EXCEEDED` with `limit`, `maximum` and `value`.
 */
export function checkDocumentLimits(
  document: DocumentNode,
  limits: Pick<GatewayLimits, 'maxDepth' | 'maxAliases'>,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      operations.push(definition);
    }
  }
  const sizeOf = createMeasure(fragments);
  for (const operation of operations) {
    const size = sizeOf(operation.selectionSet);
    checkLimit('depth', size.depth, limits.maxDepth);
    checkLimit('aliases', size.aliases, limits.maxAliases);
    checkLimit('selections', size.selections, MAX_SELECTIONS);
  }
}

/**
 * Refuses variables nested so deep that whoever reads them could run out of stack. JSON text is read
 * first; what is none is left for others to refuse.
 *
 * @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_VARIABLE_DEPTH}.
 */
export function checkVariables(variables: unknown): void {
  let level: unknown[] = [typeof variables === 'string' ? parsed(variables) : variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    checkLimit('variableDepth', depth, MAX_VARIABLE_DEPTH);
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @throws AppError `LIMIT_EXCEEDED` naming limit, maximum and value when `value > maximum`. */
export function checkLimit(limit: string, value: number, maximum: number): void {
  if (value > maximum) {
    throw new AppError('LIMIT_EXCEEDED', `${limit}: expected at most ${maximum}, got ${value}`, {
      details: { limit, maximum, value },
    });
  }
}

/**
 * Rows to answer with: what was asked, or a default that no installation has to allow.
 *
 * @throws AppError `LIMIT_EXCEEDED` when more was asked than the installation allows.
 */
export function pageSize(
  argument: string,
  asked: number | null | undefined,
  usual: number,
  { maxPageSize }: Pick<GatewayLimits, 'maxPageSize'>,
): number {
  if (asked == null) return Math.min(usual, maxPageSize);
  checkLimit(argument, asked, maxPageSize);
  return asked;
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const known = new Map<string, Size>();
  const open = new Set<string>();

  function fragmentSize(name: string): Size {
    const measured = known.get(name);
    if (measured !== undefined) return measured;
    const fragment = fragments.get(name);
    if (fragment === undefined || open.has(name)) return EMPTY;
    open.add(name);
    const size = sizeOf(fragment.selectionSet);
    open.delete(name);
    known.set(name, size);
    return size;
  }

  function sizeOf(set: SelectionSetNode): Size {
    let { depth, aliases, selections } = EMPTY;
    for (const selection of set.selections) {
      const isField = selection.kind === Kind.FIELD;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? fragmentSize(selection.name.value)
          : selection.selectionSet === undefined
            ? EMPTY
            : sizeOf(selection.selectionSet);
      const isIntrospection = isField && selection.name.value.startsWith('__');
      depth = Math.max(depth, isIntrospection ? 1 : inner.depth + (isField ? 1 : 0));
      aliases += inner.aliases + (isField && selection.alias !== undefined ? 1 : 0);
      selections += inner.selections + (isField ? 1 : 0);
    }
    return { depth, aliases, selections };
  }

  return sizeOf;
}
