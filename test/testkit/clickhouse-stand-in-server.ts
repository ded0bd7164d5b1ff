/**
 * A stand-in for a ClickHouse server: the embedded engine behind ClickHouse's HTTP interface, in a
 * process of its own, so that several ingesters and gateways share one warehouse through the real
 * client. Arguments: data directory, port (0: any). Prints `listening PORT`.
 *
 * Each request has a connection of its own, so no setting and no leftover row can pass to another.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { createGunzip, createInflate, gzipSync } from 'node:zlib';
import { createChdbConnection } from 'chdb/connection';
import { stringLiteral } from '../../src/warehouse/clickhouse/settings-clause.js';

/** URL parameters that are neither settings nor statement parameters. */
const PROTOCOL_PARAMETERS: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'user',
  'password',
  'role',
  'database',
  'default_format',
  'enable_http_compression',
  'http_headers_progress_interval_ms',
  'send_progress_in_http_headers',
  // The stand-in always answers once it is done.
  'wait_end_of_query',
  'buffer_size',
]);

const [directory = './data/stand-in', port = '0'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
// The first connection stays open: the engine starts once and closes with the process.
const keeper = createChdbConnection({ path: directory });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const stream: Readable =
    encoding === 'gzip'
      ? request.pipe(createGunzip())
      : encoding === 'deflate'
        ? request.pipe(createInflate())
        : request;
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** `SET` statements for the settings and statement parameters in the URL. */
function preamble(url: URL): readonly string[] {
  const statements: string[] = [];
  for (const [name, value] of url.searchParams) {
    if (PROTOCOL_PARAMETERS.has(name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    statements.push(`SET ${name} = ${stringLiteral(value)}`);
  }
  return statements;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const body = await bodyOf(request);
  const query = url.searchParams.get('query');
  const text = query === null ? body.toString() : `${query}\n${body.toString()}`;
  const queryId = url.searchParams.get('query_id') ?? randomUUID();
  const connection = createChdbConnection({ path: directory });
  response.setHeader('X-ClickHouse-Query-Id', queryId);
  response.setHeader('X-ClickHouse-Server-Display-Name', 'stand-in');
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  try {
    for (const statement of preamble(url)) await connection.chdb.queryAsync(statement);
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    const result = await connection.chdb.queryAsync(text, { format });
    const bytes = Buffer.from(result.bytes());
    const summary = { read_rows: String(result.rowsRead), read_bytes: String(result.bytesRead) };
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
    response.setHeader('X-ClickHouse-Format', format);
    const wantsGzip =
      url.searchParams.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (wantsGzip) response.setHeader('Content-Encoding', 'gzip');
    response.end(wantsGzip ? gzipSync(bytes) : bytes);
  } catch (error) {
    const { code = '0', type = 'UNKNOWN' } = (error ?? {}) as { code?: string; type?: string };
    const message = error instanceof Error ? error.message : String(error);
    const shown = /Code: \d+/.test(message)
      ? message
      : `Code: ${code}. DB::Exception: ${message} (${type})`;
    response.statusCode = code === '60' || code === '81' ? 404 : code === '62' ? 400 : 500;
    response.setHeader('X-ClickHouse-Exception-Code', code);
    response.end(`${shown}\n`);
  } finally {
    await connection.close();
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.destroy(error instanceof Error ? error : new Error(String(error)));
  });
});
server.keepAliveTimeout = 10_000;
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});

function stop(): void {
  server.close(() => {
    void keeper.close().then(() => process.exit(0));
  });
  server.closeAllConnections();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
