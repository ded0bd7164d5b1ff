import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FastifyReply } from 'fastify';
import type { ReportFile } from '../../report/report.js';

/**
 * Sends a file as it is read, at the pace of whoever takes it. A file that is removed meanwhile is
 * sent to its end.
 */
export async function sendFile(
  reply: FastifyReply,
  { path, bytes, name, contentType }: ReportFile,
): Promise<FastifyReply> {
  const file = await open(path, 'r');
  return reply
    .header('content-type', contentType)
    .header('content-length', bytes)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(createReadStream('', { fd: file }));
}
