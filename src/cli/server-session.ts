import { compose } from '../compose.js';
import { loadConfig } from '../config.js';
import { AppError } from '../errors.js';
import { findLocalAccess } from '../local-access.js';
import { createTelemetry } from '../telemetry.js';

/** A server a command may talk to, with a key of scope admin. */
export interface ServerSession {
  readonly url: string;
  readonly key: string;
  /** Asks GraphQL. @throws AppError with the code and message of the first error. */
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
}

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Address and key of a server elsewhere. */
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Runs `use` with the server named by `--url`, else with the one running on the data directory,
 * else with one started in this process for as long as `use` takes. The data directory has one
 * owner, so a command never opens it beside a server.
 */
export async function withServer<T>(
  options: SessionOptions,
  use: (session: ServerSession) => Promise<T>,
): Promise<T> {
  if (options.url !== undefined) {
    if (options.key === undefined) {
      throw new AppError('BAD_USER_INPUT', '--url needs --key (or SLUICE_KEY) with scope admin');
    }
    return use(sessionOf(options.url.replace(/\/$/, ''), options.key));
  }
  const config = loadConfig({ LOG_LEVEL: 'error', ...options.env });
  const running = findLocalAccess(config.dataDir);
  if (running !== null) return use(sessionOf(running.url, running.key));

  const telemetry = createTelemetry({ level: config.logLevel });
  const own = { ...config, http: { ...config.http, port: 0, host: '127.0.0.1' } };
  const sluice = await compose({ config: own, telemetry, clock: Date.now });
  try {
    const keys = await sluice.started;
    if (keys.length > 0) {
      process.stderr.write('first start: keys of the project "default", shown this once\n');
      for (const { name, secret } of keys) process.stderr.write(`  ${name.padEnd(8)} ${secret}\n`);
    }
    const access = findLocalAccess(config.dataDir);
    if (access === null) throw new AppError('INTERNAL', 'the server announced no local access');
    return await use(sessionOf(access.url, access.key));
  } finally {
    await sluice.stop();
  }
}

function sessionOf(url: string, key: string): ServerSession {
  return {
    url,
    key,
    async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as {
        readonly data?: T;
        readonly errors?: readonly { message: string; extensions?: { code?: string } }[];
      };
      const error = answer.errors?.[0];
      if (error !== undefined || answer.data === undefined || answer.data === null) {
        throw new AppError(
          'BAD_USER_INPUT',
          `${error?.extensions?.code ?? response.status}: ${error?.message ?? 'no answer'}`,
        );
      }
      return answer.data;
    },
  };
}
