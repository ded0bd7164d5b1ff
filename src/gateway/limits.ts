import {
  type DocumentNode,
  type FieldNode,
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

/** Most UTF-16 units of a document; what is remembered of documents is bounded by it. */
export const MAX_DOCUMENT_LENGTH = 100_000;

/** Deepest nesting of brackets of any kind in a document, so that no visitor recurses far. */
export const MAX_NESTING = 60;

/** Most directives of an operation, fragments expanded. */
const MAX_DIRECTIVES = 50;

/** Most `__schema` and `__type` fields of an operation; each may answer with the whole schema. */
const MAX_INTROSPECTIONS = 4;

/** Most values in the variables of an operation, lists and objects counted with what they hold. */
export const MAX_VARIABLE_VALUES = 20_000;

/** Deepest nesting of lists and objects in variables; patches of dead letters may have 100 levels. */
export const MAX_VARIABLE_DEPTH = 120;

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly selections: number;
  readonly directives: number;
  readonly introspections: number;
}

const EMPTY: Size = { depth: 0, aliases: 0, selections: 0, directives: 0, introspections: 0 };

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
    const ofVariables = operation.variableDefinitions ?? [];
    const directives = [operation, ...ofVariables].reduce(
      (sum, { directives: given = [] }) => sum + given.length,
      size.directives,
    );
    checkLimit('directives', directives, MAX_DIRECTIVES);
    checkLimit('introspections', size.introspections, MAX_INTROSPECTIONS);
  }
}

/**
 * Bounds the variables of an operation before anything is coerced: how many values, how deep.
 *
 * @throws AppError `LIMIT_EXCEEDED` with `limit`, `maximum` and `value`.
 */
export function checkVariableLimits(variables: unknown): void {
  let count = 0;
  let level: readonly unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    checkLimit('variableDepth', depth, MAX_VARIABLE_DEPTH);
    const inner: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const values = Object.values(value);
      count += values.length;
      checkLimit('variableValues', count, MAX_VARIABLE_VALUES);
      for (const each of values) inner.push(each);
    }
    level = inner;
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

function isSchemaField({ name: { value } }: FieldNode): boolean {
  return value === '__schema' || value === '__type';
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
    let { depth, aliases, selections, directives, introspections } = EMPTY;
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
      directives += inner.directives + (selection.directives?.length ?? 0);
      introspections += inner.introspections + (isField && isSchemaField(selection) ? 1 : 0);
    }
    return { depth, aliases, selections, directives, introspections };
  }

  return sizeOf;
}
