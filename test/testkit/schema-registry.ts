import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Confluent-compatible registry on a loopback port, for tests: two calls of the protocol. */
export interface TestRegistry {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  /** Stores a schema text under an id; as if another producer had registered it. */
  put(id: number, schema: unknown, schemaType?: string): void;
  /** While set, every call is answered with this status. */
  failWith(status: number | null): void;
  stop(): Promise<void>;
}

export async function startTestRegistry(): Promise<TestRegistry> {
  const byId = new Map<number, { schema: string; schemaType: string }>();
  const requests: string[] = [];
  let failure: number | null = null;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      requests.push(path);
      const answer = (status: number, json: unknown) => {
        response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
        response.end(JSON.stringify(json));
      };
      if (failure !== null) return answer(failure, { error_code: failure, message: 'refused' });
      const id = /^\/schemas\/ids\/(\d+)$/.exec(path)?.[1];
      if (id !== undefined) {
        const found = byId.get(Number(id));
        if (found === undefined) return answer(404, { error_code: 40403, message: 'not found' });
        return answer(200, found);
      }
      if (/^\/subjects\/[^/]+\/versions$/.test(path) && request.method === 'POST') {
        const { schema } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { schema: string };
        const known = [...byId].find(([, entry]) => entry.schema === schema)?.[0];
        const next = known ?? Math.max(0, ...byId.keys()) + 1;
        byId.set(next, { schema, schemaType: 'AVRO' });
        return answer(200, { id: next });
      }
      return answer(404, { error_code: 404, message: 'no such path' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    put: (id, schema, schemaType = 'AVRO') =>
      byId.set(id, { schema: JSON.stringify(schema), schemaType }),
    failWith: (status) => {
      failure = status;
    },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
