import type { FastifyReply } from 'fastify';

/** Seconds for which a browser need not ask again; browsers cap it themselves. */
const PREFLIGHT_SECONDS = 7200;

/** Lets the page read the answer. Never with credentials: the key is all there is. */
export function allowOrigin(reply: FastifyReply, origin: string): void {
  reply
    .header('access-control-allow-origin', origin)
    .header('access-control-expose-headers', 'retry-after')
    .header('vary', 'Origin');
}

/** Answers a browser that asks beforehand. The project's list is applied to the request itself. */
export function answerPreflight(reply: FastifyReply, origin: string | undefined): FastifyReply {
  reply.header('allow', 'POST, OPTIONS').status(204);
  if (origin !== undefined) {
    allowOrigin(reply, origin);
    reply
      .header('access-control-allow-methods', 'POST')
      .header(
        'access-control-allow-headers',
        'authorization, content-type, content-encoding, x-sluice-key',
      )
      .header('access-control-max-age', PREFLIGHT_SECONDS);
  }
  return reply.send();
}
