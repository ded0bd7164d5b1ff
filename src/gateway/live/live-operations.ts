import {
  type DocumentNode,
  type FieldNode,
  type GraphQLFormattedError,
  getOperationAST,
  getVariableValues,
  Kind,
  print,
  type SelectionSetNode,
} from 'graphql';
import type { LiveResult } from '../../live/lead-question.js';
import type { LiveHub } from '../../live/live-hub.js';
import type { LiveMember } from '../../live/live-member.js';
import { invalidResumeToken, liveQuestionId } from '../../live/live-message.js';
import { paceMember } from '../../live/paced-member.js';
import type { Principal } from '../../project/project.js';
import type { Callers } from '../caller.js';
import { kindOf, type Operations, type ReadyOperation } from '../operation.js';
import { formatResult } from '../results.js';

/** Extension of a field whose results are sent one after another, the oldest dropped. */
export const IS_PACED = 'isPaced';

/** Subscriptions that share what is the same for all who ask it. */
export interface LiveOperations {
  /**
   * Joins the question of a subscription.
   *
   * @param resumeFrom Token of the last result the client has seen, as it came; undefined: none.
   * @returns Leaves; null when this operation is not shared and must be run for itself.
   * @throws AppError `INVALID_RESUME_TOKEN`.
   */
  join(operation: ReadyOperation, member: LiveMember, resumeFrom: unknown): (() => void) | null;
}

/** What all members of a question have in common. */
type SharedOperation = Pick<
  ReadyOperation,
  'schema' | 'document' | 'operationName' | 'variableValues'
>;

export interface LiveOperationsOptions {
  readonly hub: Pick<LiveHub, 'join'>;
  readonly operations: Pick<Operations, 'run'>;
  readonly callers: Pick<Callers, 'context'>;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
}

export function createLiveOperations(options: LiveOperationsOptions): LiveOperations {
  const { hub, operations, callers, formatError } = options;

  /**
   * Runs a subscription for all its members. Its context belongs to nobody: project and scopes
   * are all that is known of who asks, and both are part of the question. What it reads is charged
   * to an account of the project.
   */
  async function* evaluate(
    operation: SharedOperation,
    anybody: Principal,
    signal: AbortSignal,
    from: string | null,
  ): AsyncGenerator<LiveResult, void, undefined> {
    const abort = new AbortController();
    const contextValue = callers.context(anybody, abort);
    const { ticking } = contextValue;
    ticking.from = from;
    const results = await operations.run({ ...operation, contextValue });
    const end = (): void => void results.return();
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) return;
      for await (const result of results) {
        if (signal.aborted) return;
        // A failure that may pass leaves this tick out.
        const isOver = result.errors !== undefined;
        if (isOver && ticking.hasFailed) continue;
        const text = JSON.stringify(formatResult(result, formatError));
        if (isOver) {
          yield { kind: 'end', text };
          return;
        }
        const { print: same, counted } = ticking;
        yield { kind: 'next', text, print: same, ...(counted === undefined ? {} : { counted }) };
      }
      if (!signal.aborted) yield { kind: 'end', text: '' };
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  return {
    join(operation, member, resumeFrom) {
      const question = sharedQuestion(operation);
      if (question === null) {
        if (resumeFrom != null) throw invalidResumeToken('this operation cannot be resumed');
        return null;
      }
      const { anybody, id, root } = question;
      const { schema, document, operationName, variableValues } = operation;
      const shared = { schema, document, operationName, variableValues };
      const paced = root.isPaced ? pacedMember(member, root.fields, document) : null;
      const leave = hub.join({
        question: id,
        member: paced?.member ?? member,
        resumeFrom,
        evaluate: (signal, from) => evaluate(shared, anybody, signal, from),
      });
      return () => {
        paced?.stop();
        leave();
      };
    },
  };
}

/**
 * The question of a subscription and on whose behalf all its members ask: equal for project,
 * scopes, document, variables and operation, and for nothing else. Null when it is not shared:
 * without a key, for sources that each reader has to itself, and for what is refused anyway.
 */
function sharedQuestion(operation: ReadyOperation): {
  readonly id: string;
  readonly anybody: Principal;
  readonly root: { readonly fields: readonly FieldNode[]; readonly isPaced: boolean };
} | null {
  const { schema, document, operationName, variableValues, contextValue } = operation;
  const { principal } = contextValue;
  const definition = getOperationAST(document, operationName);
  if (principal === null || kindOf(operation) !== 'subscription' || definition == null) return null;
  const fields = fieldsOf(definition.selectionSet, document);
  const field = schema.getSubscriptionType()?.getFields()[fields[0]?.name.value ?? ''];
  if (field === undefined) return null;
  const { coerced } = getVariableValues(
    schema,
    definition.variableDefinitions ?? [],
    variableValues ?? {},
  );
  if (coerced === undefined) return null;
  const scopes = [...principal.scopes].sort();
  const { projectId } = principal;
  const keyId = `live of ${projectId}`;
  return {
    id: liveQuestionId([
      projectId,
      scopes,
      textOf(document),
      operationName ?? null,
      sorted(coerced),
    ]),
    anybody: { keyId, projectId, scopes, budgetRows: null },
    root: { fields, isPaced: field.extensions[IS_PACED] === true },
  };
}

const texts = new WeakMap<DocumentNode, string>();

/** A document in one form, however it was written. */
function textOf(document: DocumentNode): string {
  const known = texts.get(document) ?? print(document);
  texts.set(document, known);
  return known;
}

/** A member of a question of which each reader gets as much as it can take. */
function pacedMember(member: LiveMember, roots: readonly FieldNode[], document: DocumentNode) {
  const keys = roots
    .flatMap(({ selectionSet }) =>
      selectionSet === undefined ? [] : fieldsOf(selectionSet, document),
    )
    .filter(({ name }) => name.value === 'dropped')
    .map(({ name, alias }) => (alias ?? name).value);
  return paceMember({ member, tellDropped: (text, dropped) => addDropped(text, keys, dropped) });
}

/** Adds to the count that was asked for under these names, and says it in the extensions too. */
function addDropped(text: string, keys: readonly string[], dropped: number): string {
  const result = JSON.parse(text) as {
    readonly data: Readonly<Record<string, Record<string, unknown>>>;
    readonly extensions: { readonly live: Record<string, unknown> };
  };
  for (const batch of Object.values(result.data)) {
    for (const key of new Set(keys)) {
      if (typeof batch[key] === 'number') batch[key] += dropped;
    }
  }
  result.extensions.live.dropped = dropped;
  return JSON.stringify(result);
}

/** The fields of a selection, fragments followed; validation lets a subscription have one root. */
function fieldsOf({ selections }: SelectionSetNode, document: DocumentNode): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, document);
    const fragment = document.definitions.find(
      (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? fieldsOf(fragment.selectionSet, document)
      : [];
  });
}

/** The same value with the keys of every object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // Pairs, since a key may be called `__proto__`; marked, since a list may hold pairs too.
  return { object: entries.map(([key, inner]) => [key, sorted(inner)]) };
}
