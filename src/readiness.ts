import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { messageOf } from './errors.js';

/** Longest a single check may take before it counts as failed, ms. */
const CHECK_TIMEOUT_MS = 2_000;

/** A part that must work for the process to serve: rejects with an error that says why it does not. */
export type ReadinessCheck = () => Promise<void>;

/** What `/readyz` answers; a part's value is `ok` or the reason it is not. */
export interface Readiness {
  readonly isReady: boolean;
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * Asks every part at once.
 *
 * @param starting Why the process is still starting, or null once it has started.
 */
export async function readinessOf(
  checks: ReadonlyMap<string, ReadinessCheck>,
  starting: string | null,
): Promise<Readiness> {
  const parts: Record<string, string> = {};
  if (starting !== null) parts.start = starting;
  await Promise.all(
    [...checks].map(async ([name, check]) => {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
          CHECK_TIMEOUT_MS,
        );
      });
      try {
        await Promise.race([check(), timeout]);
        parts[name] = 'ok';
      } catch (error) {
        parts[name] = messageOf(error);
      } finally {
        clearTimeout(timer);
      }
    }),
  );
  return { isReady: Object.values(parts).every((state) => state === 'ok'), parts };
}

/**
 * `/healthz` (the process runs), `/readyz` (it can serve: 200, else 503 with the reason of each
 * part) and `/metrics` (Prometheus text).
 */
export function registerReadiness(
  app: FastifyInstance,
  { readiness, registry }: { readiness: () => Promise<Readiness>; registry: Registry },
): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    const answer = await readiness();
    return reply.code(answer.isReady ? 200 : 503).send(answer);
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
