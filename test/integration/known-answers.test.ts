import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';

const RANGE = '{ from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `query V($range: TimeRangeInput!, $limit: Int) {
  eventVolume(range: $range, breakdown: "browser", limit: $limit) {
    total series { bucketStarts values } breakdown { values counts sharePercents } }
}`;
const MANY = `query A { eventVolume(range: ${RANGE}) { total } } query B { uniqueUsers(range: ${RANGE}) { total } }`;
const JANUARY = { from: '2026-01-01', to: '2026-01-31' };

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.stop());

interface Told {
  readonly status: number;
  /** Without what is of the moment. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

async function post(body: unknown, accept: string, key: string | null): Promise<Told> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { date: _, ...headers } = Object.fromEntries(response.headers);
  return {
    status: response.status,
    headers,
    body: JSON.parse(text),
  };
}

/** Apollo Server alone negotiates about more than one type. */
const byApollo = (body: unknown, key: string | null) =>
  post(body, 'application/json, text/plain;q=0.1', key);

describe('an answer to a document that was asked before', () => {
  test.each<[string, object, number]>([
    ['a question', { query: VOLUME, variables: { range: JANUARY } }, 200],
    ['no variables', { query: `{ eventVolume(range: ${RANGE}) { total meta { exact } } }` }, 200],
    ['variables that are null', { query: '{ __typename }', variables: null }, 200],
    ['the schema', { query: '{ __schema { queryType { name fields { name } } } }' }, 200],
    ['one of several operations', { query: MANY, operationName: 'B' }, 200],
    [
      'a range the wrong way round',
      { query: VOLUME, variables: { range: { from: '2026-02-01', to: '2026-01-01' } } },
      200,
    ],
    ['a limit below one', { query: VOLUME, variables: { range: JANUARY, limit: -1 } }, 200],
    ['a variable that is missing', { query: VOLUME, variables: {} }, 400],
    ['a variable of another type', { query: VOLUME, variables: { range: 'January' } }, 400],
    [
      'a field that fails beside one that does not',
      {
        query: `query F($range: TimeRangeInput!) { a: eventVolume(range: $range) { total } b: eventVolume(range: ${RANGE}) { total } }`,
        variables: { range: { from: '2026-01-01', to: '2026-01-02T00:00:00Z' } },
      },
      200,
    ],
    ['no name where there are several', { query: MANY }, 400],
    ['a name that there is not', { query: MANY, operationName: 'C' }, 400],
    ['a mutation', { query: 'mutation { deleteProjectKey(id: "none") }' }, 400],
    ['a subscription', { query: 'subscription { eventRate { total } }' }, 400],
    ['no GraphQL', { query: '{ eventVolume' }, 400],
    ['variables that are a list', { query: '{ __typename }', variables: [1] }, 400],
    ['a name that is a number', { query: '{ __typename }', operationName: 1 }, 400],
  ])('is what Apollo Server gives: %s', async (_name, body, status) => {
    const first = await byApollo(body, 'reader');
    expect(first.status).toBe(status);
    for (let time = 0; time < 3; time += 1) {
      expect(await post(body, '*/*', 'reader')).toEqual(first);
    }
  });

  test.each([
    ['no key', null],
    ['an unknown key', 'sl_unknown'],
  ])('is refused as Apollo Server refuses it: %s', async (_name, key) => {
    const body = { query: `{ eventVolume(range: ${RANGE}) { total } }` };
    await post(body, '*/*', 'reader');
    const refused = await byApollo(body, key);
    expect(JSON.stringify(refused.body)).toContain('UNAUTHENTICATED');
    expect(await post(body, '*/*', key)).toEqual(refused);
  });
});
