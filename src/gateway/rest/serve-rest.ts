import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { AppError, type ErrorCode } from '../../errors.js';
import { dateOfDayNumber } from '../../metric/local-date.js';
import { localDay } from '../../metric/time-range.js';
import { createZoneClock } from '../../metric/zone-offsets.js';
import type { Callers } from '../caller.js';
import { type GatewayContext, secretOf } from '../context.js';
import { allowOrigin } from '../cross-origin.js';
import { httpStatusOf, toGraphQLError } from '../gateway-errors.js';
import { type GatewayLimits, MAX_BODY_BYTES } from '../limits.js';
import { type OperationObserver, observeOperations } from '../observe-operations.js';
import { createOperations } from '../operation.js';
import { refusalOf } from '../refuse-request.js';
import { tellLifetime } from '../serve-http.js';
import { createRequestChecks } from './check-request.js';
import { documentedEndpoints, questionEndpoints } from './endpoints.js';
import { openApi, RANGE, REPORT_FILE, REST_ROOT } from './open-api.js';
import { type ReadEndpoint, readEndpoint } from './rest-endpoint.js';
import { sendFile } from './send-file.js';

/** Local days of a range that was left out; they end today. */
const USUAL_DAYS = 30;

const REPORT_FILE_PATH = new RegExp(`^${REPORT_FILE.replace('{report_id}', '([^/]+)')}$`);

export interface RestOptions {
  readonly schema: GraphQLSchema;
  readonly callers: Callers;
  readonly limits: GatewayLimits;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  /** Time in ms since 1970. */
  readonly clock: () => number;
  /** For how long callers may keep answers to GET, seconds. */
  readonly getMaxAgeSeconds: number;
  readonly observer: OperationObserver;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Serves the paths of the product documents at `/api/v1`. Each is one operation of the schema, so it
 * has the rights, limits, costs and numbers of that; its description is made from the same.
 */
export function serveRest(app: FastifyInstance, options: RestOptions): void {
  const { schema, callers, formatError, clock, getMaxAgeSeconds } = options;
  const read = (endpoint: Parameters<typeof readEndpoint>[1]) => readEndpoint(schema, endpoint);
  const documented = documentedEndpoints().map(read);
  const ofMetrics = questionEndpoints(schema).map(read);
  const questions = new Map(ofMetrics.map((each) => [each.id, each]));
  const description = openApi(documented, ofMetrics);
  const checks = createRequestChecks(description);
  // The documents are ours: only what callers send is held to limits and trust.
  const operations = observeOperations(
    createOperations({
      schema,
      limits: { ...options.limits, maxDepth: 100, maxAliases: 100, maxTokens: 100_000 },
      allowsIntrospection: false,
    }),
    options.observer,
  );

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url, 'http://gateway');
    const path = pathname.slice(REST_ROOT.length);
    if (path === '/openapi.json' && request.method === 'GET') return description;
    const abort = new AbortController();
    reply.raw.once('close', () => abort.abort());
    const { headers } = request;
    const principal = await callers.authenticate(secretOf(headers), headers.origin);
    const context = callers.context(principal, abort);
    context.requireScope('read');
    if (path === '/query' && request.method === 'POST') {
      const question = checks.question(questions, request.body);
      const { metric: _metric, ...variables } = checks.body(question, request.body);
      return run(question, context, variables);
    }
    // How far a report is differs from one moment to the next.
    if (path.startsWith('/reports/')) reply.header('cache-control', 'private, no-store');
    const reportId = request.method === 'GET' ? REPORT_FILE_PATH.exec(path)?.[1] : undefined;
    if (reportId !== undefined) {
      const { project } = fieldsOf(searchParams);
      const owner = await context.askIn(project as string | undefined);
      return sendFile(reply, await context.reports.file(owner.project.id, reportId));
    }
    const { endpoint, values } = endpointAt(documented, request.method, path);
    const given =
      request.method === 'POST'
        ? checks.body(endpoint, request.body)
        : await ofParameters(
            context,
            endpoint,
            checks.parameters(endpoint, fieldsOf(searchParams)),
          );
    reply.code(endpoint.status ?? 200);
    return run(endpoint, context, { ...given, ...values });
  }

  /** The variables that parameters mean; a range that is left out is the last days. */
  async function ofParameters(
    context: GatewayContext,
    { variables }: ReadEndpoint,
    given: Values,
  ): Promise<Values> {
    if (!variables.some(({ name }) => name === RANGE)) return given;
    const { [RANGE]: range, ...rest } = rangeGiven(given);
    return { ...rest, [RANGE]: range ?? (await usualRange(context, rest)) };
  }

  async function usualRange(context: GatewayContext, given: Values): Promise<Values> {
    const { project } = await context.askIn(given.project as string | undefined);
    const zone = (given.timeZone as string | undefined) ?? project.timeZone;
    const today = localDay(createZoneClock(zone), clock());
    const first = dateOfDayNumber(today - USUAL_DAYS + 1);
    return { from: first, to: dateOfDayNumber(today) };
  }

  async function run(
    { document, onlyField, payload }: ReadEndpoint,
    context: GatewayContext,
    variables: Values,
  ): Promise<unknown> {
    const prepared = operations.prepare({ query: document, variables }, context);
    if (!('document' in prepared)) throw prepared[0];
    const { value } = await (await operations.run(prepared)).next();
    const { data, errors: [failed] = [] } = value ?? {};
    if (failed !== undefined) throw failed;
    const found = onlyField === null ? data : data?.[onlyField];
    return payload === undefined ? found : partOf(found as Payload, payload);
  }

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: `${REST_ROOT}/*`,
    bodyLimit: MAX_BODY_BYTES,
    onRequest: async (request, reply) => allowOrigin(request, reply),
    onSend: async (request, reply) => tellLifetime(request, reply, getMaxAgeSeconds),
    handler: async (request, reply) => {
      const answered = await answer(request, reply);
      return answered === reply ? reply : reply.send(answered);
    },
    errorHandler(thrown, { method }, reply) {
      const error = refusalOf(thrown);
      const { message, extensions = {} } = formatError(
        error === null ? thrown : toGraphQLError(error),
      );
      const { code, fields, field, http: _http, ...details } = extensions as Values;
      const [first] = (fields ?? []) as readonly { readonly field: string }[];
      const place = field ?? first?.field ?? null;
      return reply
        .code(STATUS[String(code)] ?? (error === null ? 400 : httpStatusOf(error)))
        .send({ code, message, field: method === 'POST' ? place : parameterOf(place), ...details });
    },
  });
}

/** The two ends of a range are parameters of their own. */
function parameterOf(place: unknown): unknown {
  return typeof place === 'string' ? place.replace(/^range\./, '') : place;
}

/** What a refusal means to HTTP, beside what it means to GraphQL over HTTP. */
const STATUS: Readonly<Record<string, number>> = {
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  COST_EXCEEDED: 429,
  WAREHOUSE_UNAVAILABLE: 503,
  WAREHOUSE_OVERLOADED: 503,
  WAREHOUSE_TIMEOUT: 504,
  INTERNAL: 500,
  DISK_FULL: 507,
};

/** The endpoint at a path, with what the parts of the path give. @throws AppError `NOT_FOUND`. */
function endpointAt(
  endpoints: readonly ReadEndpoint[],
  method: string,
  path: string,
): { readonly endpoint: ReadEndpoint; readonly values: Values } {
  for (const endpoint of endpoints) {
    const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const pattern = new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '([^/]+)')}$`);
    const found = endpoint.method === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const values = names.flatMap((name, index) => {
      // What is no percent-encoded UTF-8 never comes here.
      const text = decodeURIComponent(found[index + 1] ?? '');
      return (endpoint.fromPath[name] ?? []).map((variable) => [variable, text] as const);
    });
    return { endpoint, values: Object.fromEntries(values) };
  }
  throw new AppError('NOT_FOUND', `${method} ${path.slice(0, 200)} is no path of this API`, {
    details: { field: null },
  });
}

/** Parameters by name; one that is given twice is a list, which none may be. */
function fieldsOf(search: URLSearchParams): Values {
  const names = [...new Set(search.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** The same with the two ends of a range put together. @throws AppError for one of them alone. */
function rangeGiven({ from, to, ...rest }: Values): Values {
  if ((from === undefined) !== (to === undefined)) {
    const field = from === undefined ? 'from' : 'to';
    throw new AppError('BAD_USER_INPUT', `${field}: expected from and to, or neither`, {
      details: { field },
    });
  }
  return from === undefined ? rest : { ...rest, [RANGE]: { from, to } };
}

/** What a mutation answers with. */
interface Payload {
  readonly [part: string]: unknown;
  readonly userErrors?: readonly {
    readonly code: ErrorCode;
    readonly message: string;
    readonly path: readonly string[];
  }[];
}

/** The part of a payload that is the answer. @throws AppError for what the caller can mend. */
function partOf({ userErrors: [refused] = [], ...parts }: Payload, name: string): unknown {
  if (refused === undefined) return parts[name];
  const field = refused.path.slice(1).join('.');
  throw new AppError(refused.code, refused.message, { details: { field } });
}
