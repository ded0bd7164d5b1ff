import { request } from 'node:http';
import { connect } from 'node:net';
import type { HostileCase } from './hostile-case.js';

/** What came back, as far as a refusal is defined. */
export interface HostileAnswer {
  readonly status: number;
  readonly code: string | null;
  readonly limit: string | null;
}

/** A longer body is announced, but only its beginning is sent. */
const MOST_SENT_BYTES = 1_048_576;

/** Longest wait for an answer, ms. */
const DEADLINE_MS = 20_000;

/** Sends a case as it is written, and reads how it was refused. */
export async function sendHostile(url: string, hostile: HostileCase): Promise<HostileAnswer> {
  const { status, text } =
    hostile.raw === undefined ? await sendRequest(url, hostile) : await sendRaw(url, hostile.raw);
  if (!text.startsWith('{"')) return { status, code: null, limit: null };
  const { errors = [] } = JSON.parse(text) as {
    errors?: readonly { extensions?: { code?: string; limit?: string } }[];
  };
  const { code = null, limit = null } = errors[0]?.extensions ?? {};
  return { status, code, limit };
}

interface Raw {
  readonly status: number;
  readonly text: string;
}

function sendRequest(url: string, hostile: HostileCase): Promise<Raw> {
  const { method = 'POST', path = '/graphql', headers = {}, body = '' } = hostile;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      {
        method,
        headers: {
          ...(headers as Record<string, string>),
          'content-length': Buffer.byteLength(body),
        },
        timeout: DEADLINE_MS,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${hostile.name}`)));
    sent.on('error', reject);
    // The length alone is refused, and a server that has refused closes: the rest stays here.
    if (Buffer.byteLength(body) > MOST_SENT_BYTES) sent.write(body.slice(0, 1024));
    else sent.end(body);
  });
}

function sendRaw(url: string, bytes: string): Promise<Raw> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('no answer on the socket')));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      if (status === 0) return;
      socket.destroy();
      resolve({ status, text: '' });
    });
    socket.on('error', reject);
  });
}
