import { beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config.js';
import { type Callers, createCallers } from '../../../src/gateway/caller.js';
import { createGraphqlSchema } from '../../../src/gateway/graphql-schema.js';
import { createLiveOperations } from '../../../src/gateway/live/live-operations.js';
import {
  createOperations,
  type Operations,
  type ReadyOperation,
} from '../../../src/gateway/operation.js';
import type { EvaluateLive } from '../../../src/live/lead-question.js';
import type { LiveMember } from '../../../src/live/live-member.js';
import type { Principal } from '../../../src/project/project.js';
import { createFakeLedger } from '../../testkit/fake-ledger.js';
import { createFakeQuestions } from '../../testkit/fake-questions.js';
import { createMemoryDefinitionStore } from '../../testkit/memory-definition-store.js';
import { createMemoryProjectStore } from '../../testkit/memory-project-store.js';
import { NO_REPORTS } from '../../testkit/no-reports.js';
import { unmetered } from '../../testkit/unmetered.js';

const MEMBER: LiveMember = {
  next: () => undefined,
  nextInTurn: () => Promise.resolve(),
  end: () => undefined,
  fail: () => undefined,
};
const READER: Principal = { keyId: 'reader', projectId: 'default', scopes: ['read'] };

let operations: Operations;
let callers: Callers;
beforeAll(async () => {
  const limits = loadConfig({}).gateway;
  const schema = await createGraphqlSchema();
  operations = createOperations({ schema, limits, allowsIntrospection: true });
  callers = createCallers({
    projects: createMemoryProjectStore(),
    questions: createFakeQuestions().questions,
    deadLetters: {} as never,
    definitions: createMemoryDefinitionStore(),
    ledger: createFakeLedger(),
    reports: NO_REPORTS,
    limits,
    verifyToken: null,
    operations,
    meters: unmetered(),
    budgetRows: null,
  });
});

function ready(query: string, principal: Principal | null = READER): ReadyOperation {
  const context = callers.context(principal, new AbortController());
  const prepared = operations.prepare({ query }, context);
  if (!('document' in prepared)) throw new Error(String(prepared[0]?.message));
  return prepared;
}

/** Joins, and gives back the question's id and how it is evaluated; null when it is not shared. */
function join(operation: ReadyOperation, run: Operations['run'] = operations.run) {
  let joined: { readonly question: string; readonly evaluate: EvaluateLive } | null = null;
  const live = createLiveOperations({
    hub: {
      join(input) {
        joined = input;
        return () => undefined;
      },
    },
    operations: { run },
    callers,
    formatError: () => ({ message: '' }),
  });
  live.join(operation, MEMBER, undefined);
  return joined as { readonly question: string; readonly evaluate: EvaluateLive } | null;
}

test('a shared question is run for nobody in particular', async () => {
  let asked: ReadyOperation | undefined;
  const joined = join(ready('subscription { eventRate { total } }'), (operation) => {
    asked = operation;
    return operations.run(operation);
  });
  await joined?.evaluate(new AbortController().signal, null)[Symbol.asyncIterator]().next();
  expect(asked?.contextValue.principal).toEqual({
    keyId: 'live of default',
    projectId: 'default',
    scopes: ['read'],
    budgetRows: null,
  });
});

test('the same words make one question, whoever asks with the same rights', () => {
  const id = (query: string, principal = READER) => join(ready(query, principal))?.question;
  const text = 'subscription { eventRate(filter: [{ field: "page", values: ["/"] }]) { total } }';
  const usual = id(text);
  expect(usual).toMatch(/^[0-9a-f]{64}$/);
  expect(id(text.replaceAll(' ', '\n  '))).toBe(usual);
  expect(id(text, { ...READER, keyId: 'another' })).toBe(usual);
  expect(id(text, { ...READER, projectId: 'other' })).not.toBe(usual);
  expect(id(text, { ...READER, scopes: ['read', 'admin'] })).not.toBe(usual);
  expect(id(text.replace('"/"', '"/a"'))).not.toBe(usual);
});

test('what cannot be shared is not: without a key, no subscription', () => {
  expect(join(ready('subscription { eventRate { total } }', null))).toBeNull();
  expect(join(ready('{ __typename }'))).toBeNull();
});
