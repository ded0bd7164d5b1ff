import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../src/config.js';
import { AppError, messageOf } from '../../src/errors.js';
import type { EventLog } from '../../src/event-log/event-log.js';
import { isListedOrigin } from '../../src/project/origin.js';
import { hasScope, type Principal, type Project } from '../../src/project/project.js';
import type { ProjectStore } from '../../src/project/project-store.js';
import type { Telemetry } from '../../src/telemetry.js';
import { createDeadLetterCodec } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { bodyFormatOf } from './body-format.js';
import { clientAddress } from './client-address.js';
import { answerOf } from './collector-errors.js';
import { createCollectorMetrics } from './collector-metrics.js';
import { allowOrigin, answerPreflight } from './cross-origin.js';
import { createRateLimit } from './rate-limit.js';
import { createBodyBudget, isKnownEncoding, readRaw } from './read-body.js';
import { type CollectorTopics, createReceiveEvents } from './receive-events.js';
import type { BodyFormat } from './split-body.js';

export interface CollectorOptions {
  readonly log: Pick<EventLog, 'append' | 'partitionCount'>;
  readonly codec: Pick<EventCodec, 'encode' | 'prepareToEncode'>;
  readonly projects: Pick<ProjectStore, 'authenticate' | 'project'>;
  readonly topics: CollectorTopics;
  readonly config: Config['collector'];
  readonly telemetry: Telemetry;
  /** ms since 1970. */
  readonly clock: () => number;
  /** Take the client address from `X-Forwarded-For`. */
  readonly trustProxy: boolean;
}

/** Where events are posted. */
export const EVENTS_PATH = '/v1/events';
/** Bodies in memory at once, all requests together. */
const MAX_HELD_BYTES = 268_435_456;

/** What is known about a request before its body is read. */
interface Sender {
  readonly principal: Principal;
  readonly format: BodyFormat;
  readonly encoding: string;
}

/**
 * Adds `POST /v1/events` to a server, with its own body parsing and error answers, which the rest
 * of the server does not see.
 *
 * The key comes as `authorization: Bearer`, `x-sluice-key` or `?key=` and needs the scope `write`.
 * Who sends is checked before the body is read. Answers: 200 `{accepted, rejected}` once the log
 * has everything durably; else `{"error": {code, message, details}}` with 400, 401, 403, 405, 413,
 * 415, 429, 500 or 503.
 */
export async function registerCollector(
  app: FastifyInstance,
  options: CollectorOptions,
): Promise<void> {
  const { config, projects, telemetry, clock, trustProxy } = options;
  const metrics = createCollectorMetrics(telemetry.registry);
  const budget = createBodyBudget(Math.max(MAX_HELD_BYTES, config.maxBodyBytes * 4));
  const receive = createReceiveEvents({
    log: options.log,
    codec: options.codec,
    deadLetters: createDeadLetterCodec(),
    topics: options.topics,
    limits: config,
    rateLimit: createRateLimit({ eventsPerSecond: config.eventsPerSecond, clock }),
    metrics,
    budget,
    clock,
  });
  const senders = new WeakMap<FastifyRequest, Sender>();

  async function identify(request: FastifyRequest): Promise<[Principal, Project]> {
    const secret = keyOf(request);
    if (secret === '') {
      throw new AppError(
        'UNAUTHENTICATED',
        'Expected a key as "authorization: Bearer …", "x-sluice-key" or "?key=…", got none.',
      );
    }
    const principal = await projects.authenticate(secret);
    const project = principal === null ? null : await projects.project(principal.projectId);
    if (principal === null || project === null) {
      throw new AppError('UNAUTHENTICATED', 'The key is unknown, revoked or expired.');
    }
    return [principal, project];
  }

  async function checkSender(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { origin } = request.headers;
    // A page may read why it was refused, unless it was refused for being that page.
    if (origin !== undefined) allowOrigin(reply, origin);
    const [principal, project] = await identify(request);
    if (origin !== undefined && !isListedOrigin(project.allowedOrigins, origin)) {
      reply.removeHeader('access-control-allow-origin');
      throw new AppError(
        'FORBIDDEN',
        `Pages of ${origin} may not send events of this project; add it to the allowed origins.`,
        { details: { origin } },
      );
    }
    if (!hasScope(principal, 'write')) {
      throw new AppError('FORBIDDEN', 'The key may not send events: expected the scope "write".', {
        details: { scopes: principal.scopes },
      });
    }
    senders.set(request, {
      principal,
      format: bodyFormatOf(request.headers['content-type'] ?? ''),
      encoding: encodingOf(request.headers['content-encoding'] ?? ''),
    });
  }

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Bodies are read in the handler, where bad ones can still be kept as dead letters.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, request, reply) => {
      const answer = answerOf(error, request.id);
      const context = { code: answer.body.error.code, requestId: request.id };
      if (answer.status === 500) {
        telemetry.log.error({ ...context, err: error }, 'collector.failed');
      } else if (answer.status === 503) {
        telemetry.log.warn({ ...context, cause: messageOf(error) }, 'collector.unavailable');
      }
      if (answer.status === 401) reply.header('www-authenticate', 'Bearer');
      if (answer.status === 413) reply.header('connection', 'close');
      if (answer.retryAfterSeconds !== null) reply.header('retry-after', answer.retryAfterSeconds);
      return reply.status(answer.status).send(answer.body);
    });
    scope.addHook('onResponse', async (_request, reply) => {
      metrics.responses.inc({ status: String(reply.statusCode) });
      metrics.requestSeconds.observe(reply.elapsedTime / 1000);
    });

    scope.post(EVENTS_PATH, { onRequest: checkSender }, async (request) => {
      const sender = senders.get(request);
      if (sender === undefined) throw new TypeError('expected the sender to be known');
      const declared = Number(request.headers['content-length'] ?? Number.NaN);
      const { body } = request;
      const raw = !(body instanceof Readable)
        ? Buffer.alloc(0)
        : await readRaw(
            body,
            config.maxBodyBytes,
            Number.isFinite(declared) ? declared : null,
            budget,
          );
      metrics.bodyBytes.inc(raw.length);
      try {
        return await receive({
          raw,
          encoding: sender.encoding,
          format: sender.format,
          contentType: request.headers['content-type'] ?? '',
          keyId: sender.principal.keyId,
          projectId: sender.principal.projectId,
          isTrusted: hasScope(sender.principal, 'importer'),
          ip: clientAddress(
            request.socket.remoteAddress,
            request.headers['x-forwarded-for'],
            trustProxy,
          ),
          userAgent: request.headers['user-agent'] ?? '',
        });
      } finally {
        budget.give(raw.length);
      }
    });

    scope.options(EVENTS_PATH, async (request, reply) => {
      const { origin } = request.headers;
      if (origin === undefined || keyOf(request) === '') return answerPreflight(reply, origin);
      // Only a key in the address is known before the request itself.
      const [, project] = await identify(request);
      if (isListedOrigin(project.allowedOrigins, origin)) return answerPreflight(reply, origin);
      throw new AppError('FORBIDDEN', `Pages of ${origin} may not send events of this project.`, {
        details: { origin },
      });
    });

    scope.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: EVENTS_PATH,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        reply.header('allow', 'POST, OPTIONS').status(405);
        return {
          error: {
            code: 'BAD_USER_INPUT',
            message: `Expected POST ${EVENTS_PATH}, got ${request.method}.`,
            details: { allow: ['POST', 'OPTIONS'] },
          },
        };
      },
    });
  });
}

function keyOf(request: FastifyRequest): string {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const header = request.headers['x-sluice-key'];
  if (typeof header === 'string' && header !== '') return header;
  const { key } = request.query as { readonly key?: unknown };
  return typeof key === 'string' ? key : '';
}

function encodingOf(header: string): string {
  const encoding = header.trim().toLowerCase();
  if (isKnownEncoding(encoding)) return encoding === 'identity' ? '' : encoding;
  throw new AppError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Expected the content-encoding gzip, br or deflate, got "${encoding.slice(0, 100)}".`,
    { details: { accepted: ['gzip', 'br', 'deflate', 'identity'] } },
  );
}
