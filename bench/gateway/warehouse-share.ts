import { Agent, request } from 'node:http';
import type { Statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { startAnsweringGateway } from '../../test/testkit/answering-gateway.js';
import { type Figure, median } from '../benchmark.js';
import { openWorld } from '../world/open-world.js';

const ROUNDS = 30;
/** How much longer than its statement an answer may take. */
const BAR = 1.2;
const PROJECT = 'large';

const QUESTIONS: Readonly<Record<string, string>> = {
  'unique users by day':
    'uniqueUsers(range: $range, timeZone: "Europe/Berlin", grain: DAY) { series { bucketStarts values } }',
  'events by hour':
    'eventVolume(range: $range, timeZone: "Europe/Berlin", grain: HOUR) { series { bucketStarts values } }',
};

/**
 * How much longer answers over 90 days take than their own statements, which are asked of the
 * embedded engine beside them, in turns. `GATEWAY_EVENTS` asks for another world than 2 million.
 */
export async function measureWarehouseShare(): Promise<readonly Figure[]> {
  const world = await openWorld(Number(process.env.GATEWAY_EVENTS ?? 2_000_000));
  let asked: Statement<unknown>[] = [];
  const warehouse: WarehouseReader = {
    query(each, options) {
      asked.push(each);
      return world.warehouse.query(each, options);
    },
    queryBytes: (each, format, options) => world.warehouse.queryBytes(each, format, options),
  };
  const gateway = await startAnsweringGateway({ warehouse, database: world.database });
  await gateway.projects.createProject({ id: PROJECT });
  const { secret } = await gateway.projects.createKey({
    projectId: PROJECT,
    name: 'bench',
    scopes: ['read'],
  });
  const agent = new Agent({ keepAlive: true });
  const figures: Figure[] = [];
  try {
    for (const [name, field] of Object.entries(QUESTIONS)) {
      const body = JSON.stringify({
        query: `query($range: TimeRangeInput!) { ${field} }`,
        variables: { range: { from: '2026-01-01', to: '2026-03-31' } },
      });
      const ask = () => post(`${gateway.url}/graphql`, agent, secret, body);
      // The look at the sizes of tables is taken once in half a minute; the second asking shows what
      // every other asks.
      await ask();
      asked = [];
      await ask();
      const statements = asked.filter((each) => !each.name.startsWith('cost.'));
      const totals: number[] = [];
      const own: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        own.push(
          await timed(() => Promise.all(statements.map((each) => world.warehouse.query(each)))),
        );
        totals.push(await timed(ask));
      }
      figures.push({
        name: `gateway ${name}, answer ÷ its statement`,
        ratio: median(totals) / median(own),
        bar: BAR,
        isUpperBound: true,
        values: {
          statements: statements.length,
          'statement ms': median(own).toFixed(1),
          'answer ms': median(totals).toFixed(1),
        },
      });
    }
  } finally {
    agent.destroy();
    await gateway.stop();
    await world.stop();
  }
  return figures;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function post(url: string, agent: Agent, secret: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (text.startsWith('{"data":{')) resolve();
        else reject(new Error(text.slice(0, 500)));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
