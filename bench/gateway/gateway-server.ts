/**
 * One of the servers that `npm run bench -- gateway` compares, in a process of its own: `raw`
 * (Fastify with JSON.stringify of the answer), `mercurius` (jit after the first time), `yoga`
 * (on node:http), or `sluice` (the gateway as composed, over a warehouse that answers at once).
 */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLSchema, isScalarType } from 'graphql';
import mercurius from 'mercurius';
import { SafeInt } from '../../src/gateway/scalar/safe-int.js';
import { DateTime } from '../../src/gateway/scalar/text-scalars.js';
import { createWarehouseProjectStore } from '../../src/project/warehouse-project-store.js';
import { startAnsweringGateway } from '../../test/testkit/answering-gateway.js';
import { repositoryRoot } from '../../test/testkit/clickhouse-stand-in.js';
import { preparedSeries, preparedVolume } from './gateway-questions.js';
import { DATABASE, STUB_WAREHOUSE } from './gateway-stub.js';

export type Rival = 'raw' | 'mercurius' | 'yoga' | 'sluice';

/** Asked by a message of any kind. */
export interface GatewayUsage {
  readonly cpuMicros: number;
}

interface Yoga {
  createYoga(options: {
    readonly schema: GraphQLSchema;
    readonly logging: boolean;
  }): RequestListener;
}

interface Body {
  readonly query: string;
  readonly variables: { readonly range: { readonly from: string } };
}

const volume = preparedVolume();
const seriesByStart = new Map<string, ReturnType<typeof preparedSeries>>();

/** Answers exist before they are asked for a second time. */
function seriesFrom(from: string): ReturnType<typeof preparedSeries> {
  const known = seriesByStart.get(from) ?? preparedSeries(from);
  seriesByStart.set(from, known);
  return known;
}

/** The whole schema of the product, with resolvers that return what is there. */
function equalSchema(): GraphQLSchema {
  const schema = buildSchema(readFileSync(join(repositoryRoot(), 'schema/api.graphql'), 'utf8'));
  for (const scalar of [SafeInt, DateTime]) {
    const type = schema.getType(scalar.name);
    if (isScalarType(type)) type.serialize = scalar.serialize;
  }
  const { eventVolume, explore } = schema.getQueryType()?.getFields() ?? {};
  if (eventVolume === undefined || explore === undefined) throw new Error('the schema has changed');
  eventVolume.resolve = async () => volume;
  explore.resolve = async (_root, { range }) => seriesFrom(range.from);
  return schema;
}

async function listening(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

const RIVALS: Readonly<Record<Rival, () => Promise<number>>> = {
  async raw() {
    const app = Fastify();
    app.post('/graphql', async (request, reply) => {
      const { query, variables } = request.body as Body;
      const data = query.startsWith('query Small')
        ? { eventVolume: volume }
        : { explore: seriesFrom(variables.range.from) };
      reply.header('content-type', 'application/json; charset=utf-8');
      return JSON.stringify({ data });
    });
    return listening(app);
  },

  async mercurius() {
    const app = Fastify();
    await app.register(mercurius, { schema: equalSchema(), jit: 1 });
    return listening(app);
  },

  async yoga() {
    // Its declarations bring those of browsers along, which do not fit into this program.
    const { createYoga } = createRequire(import.meta.url)('graphql-yoga') as Yoga;
    const server = createServer(createYoga({ schema: equalSchema(), logging: false }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },

  async sluice() {
    const projects = createWarehouseProjectStore({
      warehouse: STUB_WAREHOUSE,
      database: DATABASE,
      clock: Date.now,
    });
    // Without a cache of answers: each is computed anew.
    const options = { warehouse: STUB_WAREHOUSE, database: DATABASE, projects };
    return Number(new URL((await startAnsweringGateway(options)).url).port);
  },
};

const [rival = 'raw'] = process.argv.slice(2);
const port = await RIVALS[rival as Rival]();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system } satisfies GatewayUsage);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
