import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate } from '../../clickhouse/migrate.js';
import { createWarehouseDefinitionStore } from '../../src/definition/warehouse-definition-store.js';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { type AnsweringGateway, startAnsweringGateway } from '../testkit/answering-gateway.js';
import type { GraphqlResponse } from '../testkit/graphql-client.js';
import { tenantSamples } from '../testkit/isolation/samples.js';
import { seedTenantDefinitions } from '../testkit/isolation/tenant-definitions.js';
import { tenantEvents } from '../testkit/isolation/tenant-events.js';
import { type WalkedQuestion, walkQuestions } from '../testkit/isolation/walk-questions.js';
import { oneThreaded } from '../testkit/oracle/worlds.js';
import { type EventJson, seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/**
 * Two installations in one engine: both tenants, and the first alone. The project `default` is the
 * first tenant, `other` the second.
 */
const INSTALLATIONS = ['both', 'alone'] as const;
type Installation = (typeof INSTALLATIONS)[number];

/** Fields that are not about stored events: counts that are given, keys, dead letters, the ledger, the installation itself. Reports have tests of their own. */
const LEAVE_OUT = new Set([
  'attributionOf',
  'consumerLag',
  'consumerLagOf',
  'cost',
  'deadLetter',
  'deadLetters',
  'experimentOf',
  'integrity',
  'keys',
  'ledgerJob',
  'node',
  'projects',
  'report',
]);

/** What a question needs that can also be asked by the id of a definition. */
const WITHOUT_ID = {
  funnel: ['steps'],
  funnelActors: ['steps'],
  experiment: ['experiment', 'goals'],
};

/** What may differ between two runs of one question: how it was answered, not what. */
const ABOUT_THE_RUN = new Set(['meta', 'rowsRead', 'elapsedMs', 'asOf', 'freshness']);

/** Share of questions whose answers must tell of own events. */
const LEAST_TELLING = 0.9;

/** Most questions of one field, spread over its arguments; `ISOLATION_QUESTIONS=1000` asks all. */
const MOST_PER_FIELD = Number(process.env.ISOLATION_QUESTIONS ?? 3);

const WALKED = walkQuestions(await createGraphqlSchema(), {
  samples: tenantSamples('default'),
  leaveOut: LEAVE_OUT,
  withoutId: WITHOUT_ID,
});
const FIELDS = [...new Set(WALKED.map(({ field }) => field))];
const QUESTIONS = FIELDS.flatMap((name) => {
  const own = WALKED.filter(({ field }) => field === name);
  const step = Math.max(1, Math.ceil(own.length / MOST_PER_FIELD));
  return own.filter((_, index) => index % step === 0);
});

let kit: TestWarehouse;
const gateways = new Map<Installation, AnsweringGateway>();
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { warehouse } = kit;
  const [own, other] = [tenantEvents('default', 6), tenantEvents('other', 9)];
  for (const database of INSTALLATIONS) {
    await migrate({ warehouse, topology: { database, cluster: null } });
    const events = new Map<string, readonly EventJson[]>([
      ['default', own] as const,
      ...(database === 'both' ? [['other', other] as const] : []),
    ]);
    await seedProjects({ warehouse, database, events, batch: 'tenants' });
    const env = { GATEWAY_MAX_TOKENS: '20000', GATEWAY_MAX_DEPTH: '20' };
    const clock = () => Date.UTC(2024, 2, 1);
    const definitions = createWarehouseDefinitionStore({ warehouse, database, clock });
    for (const tenant of events.keys()) await seedTenantDefinitions(definitions, tenant);
    const gateway = await startAnsweringGateway({
      definitions,
      warehouse: oneThreaded(warehouse),
      clock,
      database,
      env,
    });
    gateways.set(database, gateway);
  }
}, 120_000);
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await kit.stop();
});

function ask(installation: Installation, { query }: WalkedQuestion): Promise<GraphqlResponse> {
  const gateway = gateways.get(installation);
  if (gateway === undefined) throw new Error(`no installation ${installation}`);
  return gateway.client('reader').query(query);
}

/** An answer without what is about its run. */
function told({ data, errors }: GraphqlResponse): string {
  const text = JSON.stringify(data, (key, value) => (ABOUT_THE_RUN.has(key) ? undefined : value));
  return `${text} ${JSON.stringify(errors.map(({ extensions }) => extensions.code))}`;
}

/** Whether an answer holds a number other than zero, or a word of the tenant. */
function tells(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value.includes('default-');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => !ABOUT_THE_RUN.has(key) && tells(inner));
}

describe('two projects in one installation', () => {
  let asked = 0;
  const silent: string[] = [];

  test.each(FIELDS)(
    'own events alone answer %s, whatever its arguments',
    async (field) => {
      for (const question of QUESTIONS.filter((each) => each.field === field)) {
        const [both, alone] = await Promise.all([ask('both', question), ask('alone', question)]);
        const answer = told(both);
        // The same question of the same project, where there is no other.
        expect({ question: question.name, answer }).toEqual({
          question: question.name,
          answer: told(alone),
        });
        expect(answer).not.toContain('other-');
        asked += 1;
        if (both.errors.length > 0 || !tells(both.data)) {
          silent.push(`${question.name}: ${answer.slice(0, 200)}`);
        }
      }
    },
    120_000,
  );

  test('nearly all answers tell of own events', () => {
    process.stdout.write(
      `isolation: ${asked} questions of ${FIELDS.length} fields, ${asked - silent.length} tell of own events, none of others\n`,
    );
    expect(silent.length > asked * (1 - LEAST_TELLING) ? silent : []).toEqual([]);
  });
});
