import {
  type DocumentNode,
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
import type { Principal } from '../../project/project.js';
import type { Callers } from '../caller.js';
import { formatResult, kindOf, type Operations, type ReadyOperation } from '../operation.js';

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
  ): AsyncGenerator<LiveResult, void, undefined> {
    const abort = new AbortController();
    const contextValue = callers.context(anybody, abort);
    const results = await operations.run({ ...operation, contextValue });
    const end = (): void => void results.return();
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) return;
      for await (const result of results) {
        if (signal.aborted) return;
        // A failure that may pass leaves this tick out.
        const isOver = result.errors !== undefined;
        if (isOver && contextValue.ticking.hasFailed) continue;
        const text = JSON.stringify(formatResult(result, formatError));
        if (isOver) {
          yield { kind: 'end', text };
          return;
        }
        yield { kind: 'next', text, print: contextValue.ticking.print };
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
      const { anybody, id } = question;
      const { schema, document, operationName, variableValues } = operation;
      const shared = { schema, document, operationName, variableValues };
      return hub.join({
        question: id,
        member,
        resumeFrom,
        evaluate: (signal) => evaluate(shared, anybody, signal),
      });
    },
  };
}

/**
 * The question of a subscription and on whose behalf all its members ask: equal for project,
 * scopes, document, variables and operation, and for nothing else. Null when it is not shared:
 * without a key, for sources that each reader has to itself, and for what is refused anyway.
 */
function sharedQuestion(
  operation: ReadyOperation,
): { readonly id: string; readonly anybody: Principal } | null {
  const { schema, document, operationName, variableValues, contextValue } = operation;
  const { principal } = contextValue;
  const definition = getOperationAST(document, operationName);
  if (principal === null || kindOf(operation) !== 'subscription' || definition == null) return null;
  const [root] = rootNames(definition.selectionSet, document);
  const field = schema.getSubscriptionType()?.getFields()[root ?? ''];
  if (field === undefined || field.extensions.isOwnSource === true) return null;
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
  };
}

const texts = new WeakMap<DocumentNode, string>();

/** A document in one form, however it was written. */
function textOf(document: DocumentNode): string {
  const known = texts.get(document) ?? print(document);
  texts.set(document, known);
  return known;
}

/** Names of the root fields, fragments followed; validation lets a subscription have one. */
function rootNames({ selections }: SelectionSetNode, document: DocumentNode): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return rootNames(selection.selectionSet, document);
    }
    const fragment = document.definitions.find(
      (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? rootNames(fragment.selectionSet, document)
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
