import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Seconds for which a browser need not ask again; browsers cap it themselves. */
const PREFLIGHT_SECONDS = 7200;

const ALLOWED_HEADERS =
  'authorization, content-type, x-sluice-key, apollo-require-preflight, last-event-id';

/**
 * Lets pages of any origin read answers. Nothing but the key in a header gives rights, cookies are
 * never looked at, and the key's own list of origins is applied when it is checked.
 */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply.header('access-control-allow-origin', origin).header('vary', 'Origin');
}

/** Answers browsers that ask before they send a request to one of the paths. */
export function answerPreflights(
  app: FastifyInstance,
  paths: readonly string[],
  methods: string,
): void {
  for (const url of paths) {
    app.route({
      method: 'OPTIONS',
      url,
      handler(request, reply) {
        allowOrigin(request, reply);
        return reply
          .header('allow', `${methods}, OPTIONS`)
          .header('access-control-allow-methods', methods)
          .header('access-control-allow-headers', ALLOWED_HEADERS)
          .header('access-control-max-age', PREFLIGHT_SECONDS)
          .code(204)
          .send();
      },
    });
  }
}
