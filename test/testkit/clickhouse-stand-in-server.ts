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
import { createBlockFiles } from '../../src/warehouse/clickhouse/block-files.js';
import { mendDeduplicationLogs } from '../../src/warehouse/clickhouse/mend-deduplication-logs.js';
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
// A killed server of one node has the same gap between token and part; see the decision on replays.
mendDeduplicationLogs(directory);
// The first connection stays open: the engine starts once and closes with the process.
const blockFiles = createBlockFiles(directory);
blockFiles.clear();
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

/** `SET` statements for the settings and statement parameters given beside the query. */
function preamble(given: ReadonlyMap<string, string>): readonly string[] {
  const statements: string[] = [];
  for (const [name, value] of given) {
    if (PROTOCOL_PARAMETERS.has(name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    statements.push(`SET ${name} = ${stringLiteral(value)}`);
  }
  return statements;
}

/** An insert whose rows follow in the Native format; the engine's connection takes text alone. */
const BINARY_INSERT = /\bSETTINGS\b[^;]*\bFORMAT\s+Native\s*$/i;

interface Query {
  readonly text: string;
  /** Rows in a binary format, which the engine reads from a file. */
  readonly block?: Buffer;
  /** Everything given by name, in the URL or as a part of a form. */
  readonly given: ReadonlyMap<string, string>;
}

/** The query from the body, from the URL with the body as its data, or from a multipart form. */
async function queryOf(request: IncomingMessage, url: URL): Promise<Query> {
  const body = await bodyOf(request);
  const given = new Map(url.searchParams);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') given.set(name, value);
    }
    return { text: given.get('query') ?? '', given };
  }
  const query = given.get('query');
  if (query !== undefined && BINARY_INSERT.test(query)) return { text: query, block: body, given };
  const data = body.toString();
  if (query === undefined) return { text: data, given };
  return { text: data === '' ? query : `${query}\n${data}`, given };
}

/** Status codes as the server gives them (ClickHouse, src/Server/HTTP/exceptionCodeToHTTPStatus.cpp). */
function statusOf(code: number): number {
  if ([46, 47, 50, 56, 60, 73, 81, 115].includes(code)) return 404;
  if ([6, 25, 26, 27, 38, 41, 53, 62, 72, 117, 130].includes(code)) return 400;
  if (code === 48) return 501;
  return 500;
}

interface Fault {
  readonly code: number;
  readonly text: string;
}

function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  return { code, text: code === 0 ? `Code: 0. DB::Exception: ${message} (UNKNOWN)` : message };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const { text, block, given } = await queryOf(request, url);
  response.setHeader('X-ClickHouse-Query-Id', given.get('query_id') ?? randomUUID());
  response.setHeader('X-ClickHouse-Server-Display-Name', 'stand-in');
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  const connection = createChdbConnection({ path: directory });
  try {
    // The server has no such limit for the data of an insert or for parameters.
    const settings = ['SET max_query_size = 268435456', ...preamble(given)].join('; ');
    const format = given.get('default_format') ?? 'TabSeparated';
    const run = (query: string) => connection.chdb.queryAsync(`${settings}; ${query}`, { format });
    const result = await (block === undefined
      ? run(text)
      : blockFiles.use([block], (path) =>
          run(text.replace(BINARY_INSERT, (end) => `FROM INFILE ${stringLiteral(path)} ${end}`)),
        ));
    const bytes = Buffer.from(result.bytes());
    const summary = { read_rows: String(result.rowsRead), read_bytes: String(result.bytesRead) };
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
    const wantsGzip =
      given.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (wantsGzip) response.setHeader('Content-Encoding', 'gzip');
    response.end(wantsGzip ? gzipSync(bytes) : bytes);
  } catch (error) {
    const fault = faultOf(error);
    response.statusCode = statusOf(fault.code);
    response.setHeader('X-ClickHouse-Exception-Code', String(fault.code));
    response.end(`${fault.text}\n`);
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
