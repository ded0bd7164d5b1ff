import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { AppError } from '../../errors.js';
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
import { openApi, RANGE, REST_ROOT } from './open-api.js';
import { type ReadEndpoint, readEndpoint } from './rest-endpoint.js';

/** Local days of a range that was left out; they end today. */
const USUAL_DAYS = 30;

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
    const { endpoint, values } = endpointAt(documented, request.method, path);
    const given =
      request.method === 'GET'
        ? await ofParameters(context, checks.parameters(endpoint, fieldsOf(searchParams)), clock)
        : checks.body(endpoint, request.body);
    return run(endpoint, context, { ...given, ...values });
  }

  async function run(
    { document, onlyField }: ReadEndpoint,
    context: GatewayContext,
    variables: Values,
  ): Promise<unknown> {
    const prepared = operations.prepare({ query: document, variables }, context);
    if (!('document' in prepared)) throw prepared[0];
    const { value } = await (await operations.run(prepared)).next();
    const { data, errors: [failed] = [] } = value ?? {};
    if (failed !== undefined) throw failed;
    return onlyField === null ? data : data?.[onlyField];
  }

  app.route({
    method: ['GET', 'POST'],
    url: `${REST_ROOT}/*`,
    bodyLimit: MAX_BODY_BYTES,
    onRequest: async (request, reply) => allowOrigin(request, reply),
    onSend: async (request, reply) => tellLifetime(request, reply, getMaxAgeSeconds),
    handler: async (request, reply) => reply.send(await answer(request, reply)),
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
        .send({ code, message, field: method === 'GET' ? parameterOf(place) : place, ...details });
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

/** The variables that parameters mean. @throws AppError for one end of a range alone. */
async function ofParameters(
  context: GatewayContext,
  { from, to, ...rest }: Values,
  clock: () => number,
): Promise<Values> {
  if ((from === undefined) !== (to === undefined)) {
    const field = from === undefined ? 'from' : 'to';
    throw new AppError('BAD_USER_INPUT', `${field}: expected from and to, or neither`, {
      details: { field },
    });
  }
  if (from !== undefined) return { ...rest, [RANGE]: { from, to } };
  const { project } = await context.askIn(rest.project as string | undefined);
  const zone = (rest.timeZone as string | undefined) ?? project.timeZone;
  const today = localDay(createZoneClock(zone), clock());
  const first = dateOfDayNumber(today - USUAL_DAYS + 1);
  return { ...rest, [RANGE]: { from: first, to: dateOfDayNumber(today) } };
}
