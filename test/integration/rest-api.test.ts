import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';
import { tenantEvents } from '../testkit/isolation/tenant-events.js';

jest.setTimeout(120_000);

const RANGE = { from: '2024-02-01', to: '2024-02-12' };
const SEARCH = `from=${RANGE.from}&to=${RANGE.to}`;

type Json = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

let world: GatewayWorld;
let description: Json;

beforeAll(async () => {
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 1, 12, 12),
    events: tenantEvents('default', 6),
  });
  const { errors } = await world.admin.query(
    'mutation { createDefinition(input: { definitionId: "checkout", name: "Checkout", funnel: { steps: [{ event: "page_view" }, { event: "click" }, { event: "purchase" }] } }) { userErrors { message } } }',
  );
  expect(errors).toEqual([]);
  description = (await rest('GET', '/openapi.json')).body;
  ajv.addSchema({ $id: 'api', ...description }, 'api');
}, 60_000);

afterAll(() => world.stop());

async function rest(
  method: 'GET' | 'POST',
  path: string,
  { body, key = 'reader', text }: { body?: unknown; key?: string | null; text?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${world.server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: text ?? JSON.stringify(body) } : {}),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Json,
  };
}

const ajv = new Ajv2020({ strict: false, allErrors: true });

/** A schema of the description, by the way to it, compiled. */
function validatorOf(...way: readonly (string | number)[]) {
  const pointer = way.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
  return ajv.compile({
    $ref: `api#/${pointer.map(encodeURIComponent).join('/')}/schema`,
  });
}

/** Whether a request is as its operation is described: a body, or parameters that are all declared. */
function expectAsked(path: string, given: Json | { readonly body: unknown }): void {
  if ('body' in given) {
    const validate = validatorOf(
      'paths',
      path,
      'post',
      'requestBody',
      'content',
      'application/json',
    );
    expect({ path, isValid: validate(given.body), errors: validate.errors }).toEqual({
      path,
      isValid: true,
      errors: null,
    });
    return;
  }
  const { paths } = description as {
    paths: Record<string, { get: { parameters: readonly { name: string; required?: boolean }[] } }>;
  };
  const parameters = paths[path]?.get.parameters ?? [];
  const names = parameters.map(({ name }) => name);
  expect(Object.keys(given).filter((name) => !names.includes(name))).toEqual([]);
  for (const [index, { name, required }] of parameters.entries()) {
    if (!(name in given))
      expect({ name, required: required === true }).toEqual({ name, required: false });
    else
      expect({
        name,
        isValid: validatorOf('paths', path, 'get', 'parameters', index)(given[name]),
      }).toEqual({ name, isValid: true });
  }
}

function expectDescribed(method: 'get' | 'post', path: string, { status, body }: Answer): void {
  const validate = validatorOf(
    'paths',
    path,
    method,
    'responses',
    '200',
    'content',
    'application/json',
  );
  const isValid = validate(body);
  expect({ path, status, errors: validate.errors ?? [], isValid }).toEqual({
    path,
    status: 200,
    errors: [],
    isValid: true,
  });
}

/** An answer without what is about its run. */
function told(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      ['meta', 'rowsRead', 'elapsedMs', 'asOf'].includes(key) ? undefined : inner,
    ),
  );
}

/** Whether an answer tells of something: a number other than zero. */
function tells(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'object' && value !== null && Object.values(value).some(tells);
}

async function graphql(query: string, variables: Json = {}): Promise<Json> {
  return (await world.client.query(query, variables)).expectNoErrors();
}

const operation = (file: string): string =>
  readFileSync(`schema/operations/${file}.graphql`, 'utf8');

describe('the paths of the product documents answer as GraphQL does', () => {
  test.each([
    ['/users/{user_id}/summary', '/users/u-3/summary', 'user-summary', { userId: 'u-3' }],
    ['/users/{user_id}/behavior', '/users/u-3/behavior', 'user-behavior', { userId: 'u-3' }],
    ['/metrics/daily', '/metrics/daily', 'daily-metrics', {}],
    [
      '/pages/{page_id}/metrics',
      '/pages/%2Fdefault-shop/metrics',
      'page-metrics',
      { page: '/default-shop', pageName: '/default-shop' },
    ],
    [
      '/funnels/{funnel_id}/conversion',
      '/funnels/checkout/conversion',
      'kept-funnel',
      { id: 'checkout' },
    ],
  ] as const)('GET %s', async (path, asked, file, variables) => {
    const answer = await rest('GET', `${asked}?${SEARCH}&timeZone=Asia/Tokyo`);
    const [, name = 'from'] = /\{(\w+)\}/.exec(path) ?? [];
    const ofPath = decodeURIComponent(asked.split('/')[2] ?? '');
    expectAsked(path, {
      ...(name === 'from' ? {} : { [name]: ofPath }),
      ...RANGE,
      timeZone: 'Asia/Tokyo',
    });
    expectDescribed('get', path, answer);
    const data = await graphql(operation(file), {
      ...variables,
      range: RANGE,
      timeZone: 'Asia/Tokyo',
    });
    expect(told(answer.body)).toEqual(told(file === 'kept-funnel' ? data.funnel : data));
    expect(tells(told(answer.body))).toBe(true);
    expect(answer.headers.get('cache-control')).toContain('private');
  });

  test('a summary is of the person, over their devices', async () => {
    const { body } = await rest('GET', `/users/u-3/summary?${SEARCH}`);
    const people = await graphql(
      `{ own: eventVolume(range: { from: "${RANGE.from}", to: "${RANGE.to}" }, filter: [{ field: "user_id", values: ["u-3"] }]) { total } all: eventVolume(range: { from: "${RANGE.from}", to: "${RANGE.to}" }) { total } }`,
    );
    const { own, all } = people as { own: { total: number }; all: { total: number } };
    const { events } = body as { events: { total: number } };
    expect(events.total).toBeGreaterThanOrEqual(own.total);
    expect(own.total).toBeGreaterThan(0);
    expect(events.total).toBeLessThan(all.total);
  });

  test('POST /sessions/query', async () => {
    const asked = {
      range: RANGE,
      grain: 'WEEK',
      breakdown: 'channel',
      limit: 2,
      filter: [{ field: 'device_type', operator: 'IN', values: ['desktop', 'mobile'] }],
      cohort: { did: { event: { event: 'purchase' } } },
    };
    const answer = await rest('POST', '/sessions/query', { body: asked });
    expectAsked('/sessions/query', { body: asked });
    expectDescribed('post', '/sessions/query', answer);
    expect(told(answer.body)).toEqual(told(await graphql(operation('session-query'), asked)));
    expect(tells(told(answer.body))).toBe(true);
  });

  test('POST /query, for every question that has a range', async () => {
    const { components } = description as { components: { schemas: Record<string, Json> } };
    const metrics = Object.entries(components.schemas).flatMap(([name, schema]) => {
      const { required = [] } = schema as { readonly required?: readonly string[] };
      return name.endsWith('Question') ? [{ metric: name.slice(0, -8), required }] : [];
    });
    expect(metrics.length).toBeGreaterThan(35);
    const goal = { event: 'purchase' };
    const usual: Json = {
      range: RANGE,
      goal,
      feature: goal,
      page: '/default-home',
      measures: [{ measure: 'COUNT' }],
      first: { metric: 'EVENTS' },
      second: { metric: 'SESSIONS' },
      step: 1,
      path: ['/default-home', '/default-shop'],
    };
    const besides: Readonly<Record<string, Json>> = {
      funnel: { id: 'checkout' },
      funnelActors: { id: 'checkout' },
      experiment: { experiment: 'default-exp', goals: [goal], control: 'a' },
      eventChannels: { first: undefined },
      pathSessions: { first: undefined },
    };
    const schema = await createGraphqlSchema();
    const fieldType = (name: string): GraphQLOutputType => {
      const field = schema.getQueryType()?.getFields()[name];
      if (field === undefined) throw new Error(`no question ${name}`);
      return field.type;
    };
    let telling = 0;
    for (const { metric, required } of metrics) {
      const needed = required.filter((name) => name !== 'metric' && name in usual);
      const asked: Json = {
        ...Object.fromEntries(needed.map((name) => [name, usual[name]])),
        ...besides[metric],
      };
      const answer = await rest('POST', '/query', { body: { metric, ...asked } });
      if (answer.status !== 200) throw new Error(`${metric}: ${JSON.stringify(answer.body)}`);
      expectAsked('/query', { body: JSON.parse(JSON.stringify({ metric, ...asked })) });
      const validate = ajv.compile({ $ref: `api#/components/schemas/${metric}Answer` });
      expect({ metric, isValid: validate(answer.body) }).toEqual({ metric, isValid: true });
      const literal = JSON.stringify(asked)
        .replace(/"(\w+)":/g, '$1: ')
        .replace(/"(COUNT|EVENTS|SESSIONS)"/g, '$1')
        .slice(1, -1);
      const data = await graphql(
        `{ answer: ${metric}(${literal}) ${selectionOf(fieldType(metric))} }`,
      );
      expect({ metric, answer: told(answer.body) }).toEqual({ metric, answer: told(data.answer) });
      if (tells(told(answer.body))) telling += 1;
    }
    expect(telling).toBeGreaterThan(metrics.length * 0.8);
  });

  test('a range that is left out is the last 30 days of the project', async () => {
    const [usual, given] = await Promise.all([
      rest('GET', '/metrics/daily'),
      rest('GET', '/metrics/daily?from=2024-01-14&to=2024-02-12'),
    ]);
    expect(usual.status).toBe(200);
    expect(told(usual.body)).toEqual(told(given.body));
  });
});

/** Everything that an answer of a type tells without an argument, but its freshness. */
function selectionOf(output: GraphQLOutputType): string {
  const type = getNamedType(output);
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).filter(
    ({ name, args }) => args.length === 0 && name !== 'freshness',
  );
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(field.type)}`).join(' ')} }`;
}

describe('the description', () => {
  test('is OpenAPI 3.1 whose parts all lead somewhere', () => {
    const { openapi, paths, components } = description as {
      openapi: string;
      paths: Record<string, Record<string, Json>>;
      components: { schemas: Json };
    };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths).sort()).toEqual([
      '/funnels/{funnel_id}/conversion',
      '/metrics/daily',
      '/pages/{page_id}/metrics',
      '/query',
      '/reports/generate',
      '/reports/{report_id}',
      '/reports/{report_id}/file',
      '/sessions/query',
      '/users/{user_id}/behavior',
      '/users/{user_id}/summary',
    ]);
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    for (const [, reference = ''] of references) {
      expect(Object.keys(components.schemas)).toContain(
        reference.replace('#/components/schemas/', ''),
      );
    }
    // Every schema compiles by the rules of its draft.
    for (const name of Object.keys(components.schemas)) {
      ajv.compile({ $ref: `api#/components/schemas/${name}` });
    }
    for (const [path, operations] of Object.entries(paths)) {
      for (const { operationId, parameters = [], responses } of Object.values(operations)) {
        expect(typeof operationId).toBe('string');
        const done = path === '/reports/generate' ? '202' : '200';
        expect(Object.keys(responses as Json).sort()).toEqual([done, 'default']);
        const inPath = (parameters as readonly { name: string; in: string }[])
          .filter((each) => each.in === 'path')
          .map(({ name }) => `{${name}}`);
        expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    }
  });

  test('is valid by the schema of OpenAPI itself', async () => {
    const validator = new Validator();
    const { valid, errors = [] } = await validator.validate(structuredClone(description));
    expect(errors).toEqual([]);
    expect({ valid, version: validator.version }).toEqual({ valid: true, version: '3.1' });
    const spoilt = { ...structuredClone(description), paths: { 'no-slash': {} } };
    expect((await new Validator().validate(spoilt)).valid).toBe(false);
  });

  test('needs no key', async () => {
    expect((await rest('GET', '/openapi.json', { key: null })).status).toBe(200);
  });
});

describe('what is refused says code, message and field', () => {
  test.each<[string, 'GET' | 'POST', string, unknown, number, string, string | null]>([
    ['an unknown path', 'GET', '/nothing', null, 404, 'NOT_FOUND', null],
    ['another method', 'POST', '/metrics/daily', {}, 404, 'NOT_FOUND', null],
    ['an unknown parameter', 'GET', '/metrics/daily?form=x', null, 400, 'BAD_USER_INPUT', 'form'],
    [
      'a parameter twice',
      'GET',
      `/metrics/daily?${SEARCH}&to=x`,
      null,
      400,
      'BAD_USER_INPUT',
      'to',
    ],
    ['half a range', 'GET', '/metrics/daily?from=2024-01-01', null, 400, 'BAD_USER_INPUT', 'to'],
    ['no range', 'GET', '/metrics/daily?from=a&to=b', null, 400, 'INVALID_RANGE', 'from'],
    ['no zone', 'GET', '/metrics/daily?timeZone=Mars', null, 400, 'INVALID_TIME_ZONE', 'timeZone'],
    ['no number', 'GET', '/users/u/behavior?limit=few', null, 400, 'BAD_USER_INPUT', 'limit'],
    [
      'too many rows',
      'GET',
      '/users/u/behavior?limit=100000000',
      null,
      400,
      'LIMIT_EXCEEDED',
      null,
    ],
    ['no grain', 'GET', '/users/u/behavior?grain=YEAR', null, 400, 'BAD_USER_INPUT', 'grain'],
    [
      'a funnel of nobody',
      'GET',
      `/funnels/none/conversion?${SEARCH}`,
      null,
      404,
      'NOT_FOUND',
      'funnel',
    ],
    ['another project', 'GET', '/metrics/daily?project=other', null, 403, 'FORBIDDEN', 'project'],
    ['no metric', 'POST', '/query', { range: RANGE }, 400, 'BAD_USER_INPUT', 'metric'],
    ['an unknown metric', 'POST', '/query', { metric: 'keys' }, 400, 'BAD_USER_INPUT', 'metric'],
    ['a list', 'POST', '/query', [], 400, 'BAD_USER_INPUT', 'metric'],
    [
      'no range in a body',
      'POST',
      '/query',
      { metric: 'sessions' },
      400,
      'BAD_USER_INPUT',
      'range',
    ],
    [
      'a wrong type deep inside',
      'POST',
      '/sessions/query',
      { range: RANGE, cohort: { did: { event: { event: 7 } } } },
      400,
      'BAD_USER_INPUT',
      'cohort.did.event.event',
    ],
    [
      'an unknown member deep inside',
      'POST',
      '/sessions/query',
      { range: RANGE, filter: [{ field: 'page', value: 'x' }] },
      400,
      'BAD_USER_INPUT',
      'filter.0.value',
    ],
    [
      'what the question refuses',
      'POST',
      '/query',
      { metric: 'uniqueUsers', range: RANGE, cohort: { all: [] } },
      400,
      'BAD_USER_INPUT',
      'cohort.all',
    ],
  ])('%s', async (_, method, path, body, status, code, field) => {
    const answer = await rest(method, path, { body });
    expect(answer).toMatchObject({ status, body: { code, field } });
    expect(typeof answer.body.message).toBe('string');
  });

  test('what is no percent-encoded text', async () => {
    expect((await rest('GET', '/users/%FF/summary')).status).toBe(400);
    expect((await rest('GET', '/users/%F0%9F%98%80%2F/summary')).status).toBe(200);
  });

  test('what is nested too deep, or has too many values, before it is parsed', async () => {
    for (const [text, limit] of [
      ['['.repeat(300_000), 'variableDepth'],
      [`{"a":[${'0,'.repeat(30_000)}0]}`, 'variableValues'],
    ] as const) {
      expect(await rest('POST', '/query', { text })).toMatchObject({
        status: 400,
        body: { code: 'LIMIT_EXCEEDED', limit },
      });
    }
  });

  test('what is no JSON, and what comes without a key or with one that may not read', async () => {
    expect(await rest('POST', '/query', { text: '{' })).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_BODY' },
    });
    for (const [key, status, code] of [
      [null, 401, 'UNAUTHENTICATED'],
      ['unknown', 401, 'UNAUTHENTICATED'],
      ['writer', 403, 'FORBIDDEN'],
    ] as const) {
      expect(await rest('GET', '/metrics/daily', { key })).toMatchObject({
        status,
        body: { code, field: null },
      });
    }
  });
});
