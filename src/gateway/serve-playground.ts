import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
};

const NOT_BUILT =
  'The playground is not built. Run `npm run build`, then load this page again.\nThe API itself answers at /graphql.\n';

interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly etag: string;
}

/**
 * Serves the files of the built playground, `index.html` at `/` and the others by their names.
 * Browsers keep them and ask each time whether they changed (ETag).
 *
 * Files are listed once: what is not listed is not served, so no path of a request reaches the
 * file system. A missing folder leaves `/` with a message that says how to build it.
 */
export async function servePlayground(app: FastifyInstance, folder: string): Promise<void> {
  const files = await filesOf(folder);
  if (!files.some((path) => relative(folder, path) === 'index.html')) {
    app.get('/', (_request, reply) =>
      reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT),
    );
    return;
  }
  for (const path of files) {
    const name = relative(folder, path).split(sep).join('/');
    const asset: Asset = {
      path,
      contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256')
        .update(await readFile(path))
        .digest('base64url')}"`,
    };
    app.get(name === 'index.html' ? '/' : `/${name}`, (request, reply) =>
      serve(asset, request, reply),
    );
  }
}

async function serve(
  { path, contentType, etag }: Asset,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('etag', etag).header('cache-control', 'public, no-cache');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply
    .type(contentType)
    .header('x-content-type-options', 'nosniff')
    .send(await readFile(path));
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
