import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';
import type { GraphqlClient, GraphqlResponse } from '../testkit/graphql-client.js';

jest.setTimeout(60_000);

const RANGE = '{ from: "2024-01-01", to: "2024-01-31" }';

let world: GatewayWorld;

beforeAll(async () => {
  const events = Array.from({ length: 20 }, (_, person) =>
    ['page_view', 'add_to_cart', 'purchase', 'refund']
      .slice(0, 1 + (person % 4))
      .map((event_name, step) => ({
        event_id: `e${person}-${step}`,
        event_name,
        timestamp: new Date(Date.UTC(2024, 0, 1 + person, 9, step * 7)).toISOString(),
        anonymous_id: `d${person}`,
        url: person % 2 === 0 ? 'https://shop.example/a' : 'https://shop.example/b',
        properties: {
          plan: person % 3 === 0 ? 'pro' : 'free',
          ...(event_name === 'purchase' ? { revenue: person, currency: 'EUR' } : {}),
        },
      })),
  );
  const exposures = Array.from({ length: 20 }, (_, person) => ({
    event_id: `x${person}`,
    event_name: 'experiment_exposure',
    timestamp: new Date(Date.UTC(2024, 0, 1 + person, 8)).toISOString(),
    anonymous_id: `d${person}`,
    url: 'https://shop.example/a',
    properties: { experiment: 'button', variant: person % 2 === 0 ? 'control' : 'green' },
  }));
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 1, 1),
    events: [...events.flat(), ...exposures],
  });
}, 60_000);

afterAll(() => world.stop());

interface Kept {
  readonly definitionId: string;
  readonly id: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

interface Payload {
  readonly definition: Kept | null;
  readonly userErrors: readonly { code: string; message: string; path: readonly string[] }[];
}

const SHOWN = `definition { id definitionId kind name version uses } userErrors { code message path }`;

async function change(
  verb: 'create' | 'update' | 'delete',
  input: string,
  client: GraphqlClient = world.admin,
): Promise<Payload> {
  const field = `${verb}Definition`;
  const response = await client.query(`mutation { ${field}(input: ${input}) { ${SHOWN} } }`);
  return response.expectNoErrors<Record<string, Payload>>()[field] as Payload;
}

async function keep(input: string): Promise<Kept> {
  const { definition, userErrors } = await change('create', input);
  expect(userErrors).toEqual([]);
  return definition as Kept;
}

/** An answer without what is about its run. */
async function told(question: string): Promise<unknown> {
  const response = await world.client.query(`{ answer: ${question} }`);
  return response.expectNoErrors<{ answer: unknown }>().answer;
}

async function refused(question: string): Promise<GraphqlResponse['errors'][number]> {
  const { errors } = await world.client.query(`{ answer: ${question} }`);
  expect(errors).toHaveLength(1);
  return errors[0] as GraphqlResponse['errors'][number];
}

const FUNNEL_ANSWER = '{ result { counts ratePercents averageSeconds totalMedianSeconds } }';
const STEPS = '[{ event: "page_view" }, { event: "add_to_cart" }, { event: "purchase" }]';
const BUYERS = '{ did: { event: { event: "purchase" } } }';

describe('a kept question answers as the one that is given', () => {
  test('a funnel, by either of its ids, with a filter and cohort of its own', async () => {
    const shape = `steps: ${STEPS}, order: STRICT, windowSeconds: 3600, exclusions: [{ event: { event: "refund" }, fromStep: 1, toStep: 3 }]`;
    const kept = await keep(
      `{ definitionId: "checkout", name: "Checkout", funnel: { ${shape}, filter: [{ field: "plan", values: ["free"] }], cohort: ${BUYERS} } }`,
    );
    const page = '{ field: "page", values: ["/b"] }';
    const inline = await told(
      `funnel(range: ${RANGE}, ${shape}, filter: [{ field: "plan", values: ["free"] }, ${page}], cohort: ${BUYERS}) ${FUNNEL_ANSWER}`,
    );
    expect(inline).toMatchObject({ result: { counts: [3, 3, 3] } });
    for (const id of [kept.definitionId, kept.id]) {
      const byId = `funnel(range: ${RANGE}, id: "${id}", filter: [${page}])`;
      expect(await told(`${byId} ${FUNNEL_ANSWER}`)).toEqual(inline);
    }
    const actors = '(range: RANGE, step: 2, SHAPE) { totalCount edges { node { anonymousId } } }';
    const ask = (by: string) =>
      told(`funnelActors${actors.replace('RANGE', RANGE).replace('SHAPE', by)}`);
    expect(await ask('id: "checkout"')).toEqual(
      await ask(`${shape}, filter: [{ field: "plan", values: ["free"] }], cohort: ${BUYERS}`),
    );
    // A comparison with an earlier time is of the same funnel.
    const compared = '{ previous { result { counts } } }';
    expect(await told(`funnel(range: ${RANGE}, id: "checkout") ${compared}`)).toEqual(
      await told(
        `funnel(range: ${RANGE}, ${shape}, filter: [{ field: "plan", values: ["free"] }], cohort: ${BUYERS}) ${compared}`,
      ),
    );
  });

  test('a cohort as a filter of any question, and within another cohort', async () => {
    await keep(`{ definitionId: "buyers", name: "Buyers", cohort: ${BUYERS} }`);
    const answer = '{ total }';
    const inline = await told(`uniqueUsers(range: ${RANGE}, cohort: ${BUYERS}) ${answer}`);
    expect(inline).toEqual({ total: 10 });
    expect(await told(`uniqueUsers(range: ${RANGE}, cohort: { id: "buyers" }) ${answer}`)).toEqual(
      inline,
    );
    const others = await keep(
      '{ name: "Others", cohort: { all: [{ not: { id: "buyers" } }, { did: { event: { event: "page_view" } } }] } }',
    );
    expect(others.uses).toEqual(['buyers']);
    const [byId, given] = await Promise.all([
      told(`sessions(range: ${RANGE}, cohort: { id: "${others.id}" }) { total users }`),
      told(`sessions(range: ${RANGE}, cohort: { not: ${BUYERS} }) { total users }`),
    ]);
    expect(byId).toEqual(given);
    expect(byId).toMatchObject({ users: 10 });
  });

  test('a goal, wherever events are picked', async () => {
    await keep(
      '{ definitionId: "big-order", name: "Order", goal: { event: "purchase", where: { plan: "free" } } }',
    );
    const goal = '{ event: "purchase", where: { plan: "free" } }';
    const questions = [
      (by: string) =>
        `conversionRate(range: ${RANGE}, goal: ${by}) { userRatePercent totalConversions }`,
      (by: string) =>
        `attribution(range: ${RANGE}, goal: ${by}, models: [LINEAR]) { conversions models { values credits } }`,
      (by: string) =>
        `eventVolume(range: ${RANGE}, event: ${by}, grain: WEEK) { total series { values } }`,
      (by: string) =>
        `funnel(range: ${RANGE}, steps: [{ event: "page_view" }, ${by}]) ${FUNNEL_ANSWER}`,
    ];
    for (const question of questions) {
      const response = await world.client.query(`{ answer: ${question('{ goal: "big-order" }')} }`);
      if (response.errors.length > 0) throw new Error(JSON.stringify(response.errors));
      expect(response.data).toEqual({ answer: await told(question(goal)) });
    }
    const timeline = (by: string) =>
      `user(id: "nobody") { timeline(event: ${by}) { edges { node { eventId } } } }`;
    expect(await told(timeline('{ goal: "big-order" }'))).toEqual(await told(timeline(goal)));
  });

  test('an experiment', async () => {
    const shape = 'experiment: "button", goals: [{ event: "purchase" }], windowSeconds: 86400';
    await keep(
      `{ definitionId: "button", name: "Button", experiment: { ${shape}, allocation: [{ variant: "control", weight: 1 }, { variant: "green", weight: 1 }] } }`,
    );
    const answer =
      '{ sampleRatio { pValue } goals { variants { variant users conversions comparison { pValue } } } }';
    const inline = await told(`experiment(range: ${RANGE}, ${shape}) ${answer}`);
    expect(await told(`experiment(range: ${RANGE}, id: "button") ${answer}`)).toEqual(inline);
    expect(JSON.stringify(inline)).toContain('green');
  });

  test('a query is kept as it was, and knows what it names', async () => {
    const query = `query Q($r: TimeRangeInput!) { funnel(id: "checkout", range: $r) { result { counts } } uniqueUsers(range: $r, cohort: { id: "buyers" }) { total } }`;
    const { data } = await world.admin.query(
      'mutation ($input: CreateDefinitionInput!) { createDefinition(input: $input) { definition { uses savedQuery { query variables operationName } } userErrors { message } } }',
      {
        input: {
          name: 'Dashboard',
          savedQuery: { query, variables: { r: { from: '2024-01-01', to: '2024-01-31' } } },
        },
      },
    );
    expect(data?.createDefinition).toEqual({
      definition: {
        uses: ['checkout', 'buyers'],
        savedQuery: {
          query,
          variables: { r: { from: '2024-01-01', to: '2024-01-31' } },
          operationName: null,
        },
      },
      userErrors: [],
    });
  });

  test('a change is what the next question sees', async () => {
    const first = '{ did: { event: { event: "refund" } } }';
    await keep(`{ definitionId: "moving", name: "Moving", cohort: ${first} }`);
    await keep(
      `{ definitionId: "of-moving", name: "Of", funnel: { steps: ${STEPS}, cohort: { id: "moving" } } }`,
    );
    const ask = () => told(`funnel(range: ${RANGE}, id: "of-moving") ${FUNNEL_ANSWER}`);
    const given = (cohort: string) =>
      told(`funnel(range: ${RANGE}, steps: ${STEPS}, cohort: ${cohort}) ${FUNNEL_ANSWER}`);
    expect(await ask()).toEqual(await given(first));
    const { definition } = await change(
      'update',
      `{ id: "moving", cohort: ${BUYERS}, expectedVersion: 1 }`,
    );
    expect(definition?.version).toBe(2);
    expect(await ask()).toEqual(await given(BUYERS));
    expect(await given(first)).not.toEqual(await given(BUYERS));
  });
});

describe('what is refused', () => {
  test('a change of a version that is not in force', async () => {
    await keep('{ definitionId: "versioned", name: "V", goal: { event: "x" } }');
    expect((await change('update', '{ id: "versioned", name: "W" }')).definition?.version).toBe(2);
    const { definition, userErrors } = await change(
      'update',
      '{ id: "versioned", name: "X", expectedVersion: 1 }',
    );
    expect(definition).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'CONFLICT',
        message: 'expectedVersion: expected 1, version 2 is in force',
        path: ['input', 'expectedVersion'],
      },
    ]);
  });

  test('the deletion of what another uses', async () => {
    await keep('{ definitionId: "used", name: "Used", goal: { event: "purchase" } }');
    await keep(
      '{ definitionId: "user", name: "User", funnel: { steps: [{ event: "page_view" }, { goal: "used" }] } }',
    );
    const { userErrors } = await change('delete', '{ id: "used" }');
    expect(userErrors).toMatchObject([
      { code: 'CONFLICT', message: expect.stringContaining('funnel user (User)') },
    ]);
    expect((await change('delete', '{ id: "user", expectedVersion: 1 }')).userErrors).toEqual([]);
    expect((await change('delete', '{ id: "used" }')).definition).toMatchObject({ version: 2 });
    expect(
      (await refused(`eventVolume(range: ${RANGE}, event: { goal: "used" }) { total }`)).extensions,
    ).toEqual({
      code: 'NOT_FOUND',
      field: 'goal',
    });
  });

  test.each([
    ['two contents', 'goal: { event: "x" }, cohort: { id: "buyers" }', 'BAD_USER_INPUT', 'cohort'],
    ['no content', '', 'BAD_USER_INPUT', null],
    ['a goal of nothing', 'goal: {}', 'BAD_USER_INPUT', 'goal'],
    [
      'a goal of another goal and a name',
      'goal: { goal: "big-order", event: "x" }',
      'BAD_USER_INPUT',
      'goal',
    ],
    [
      'a window of a century',
      `funnel: { steps: ${STEPS}, windowSeconds: 4000000000 }`,
      'INVALID_FUNNEL',
      'funnel.windowSeconds',
    ],
    [
      'an exclusion beyond the steps',
      `funnel: { steps: ${STEPS}, exclusions: [{ event: { event: "x" }, fromStep: 2, toStep: 9 }] }`,
      'INVALID_EXCLUSION',
      'funnel.exclusions',
    ],
    [
      'a condition that takes another number of values',
      `funnel: { steps: ${STEPS}, filter: [{ field: "plan", values: [] }] }`,
      'BAD_USER_INPUT',
      'funnel.filter',
    ],
    ['a cohort of nobody in particular', 'cohort: { all: [] }', 'BAD_USER_INPUT', 'cohort.all'],
    ['a cohort that is not there', 'cohort: { not: { id: "nowhere" } }', 'NOT_FOUND', 'cohort'],
    ['a funnel for a cohort', 'cohort: { id: "checkout" }', 'NOT_FOUND', 'cohort'],
    [
      'an experiment without goals',
      'experiment: { experiment: "e", goals: [] }',
      'BAD_USER_INPUT',
      'experiment.goals',
    ],
    [
      'an allocation without weight',
      'experiment: { experiment: "e", goals: [{ event: "x" }], allocation: [{ variant: "a", weight: 0 }] }',
      'BAD_USER_INPUT',
      'experiment.allocation',
    ],
    [
      'a query of no schema',
      'savedQuery: { query: "{ nothing }" }',
      'BAD_USER_INPUT',
      'savedQuery.query',
    ],
    [
      'a query of a wrong range',
      'savedQuery: { query: "{ sessions(range: { from: \\"x\\", to: \\"y\\" }) { total } }" }',
      'BAD_USER_INPUT',
      'savedQuery.query',
    ],
  ])('%s', async (_, content, code, field) => {
    const { definition, userErrors } = await change('create', `{ name: "Wrong", ${content} }`);
    expect(definition).toBeNull();
    expect(userErrors).toMatchObject([
      { code, path: field === null ? ['input'] : ['input', ...field.split('.')] },
    ]);
  });

  test('a change that would break a definition that uses it', async () => {
    const part = '{ did: { event: { event: "x" } } }';
    await keep(`{ definitionId: "part", name: "Part", cohort: ${part} }`);
    await keep(
      '{ definitionId: "whole", name: "W", cohort: { any: [{ id: "part" }, { id: "part" }] } }',
    );
    const many = `{ any: [${Array.from({ length: 20 }, () => part).join(', ')}] }`;
    const { userErrors } = await change('update', `{ id: "part", cohort: ${many} }`);
    expect(userErrors).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('cohort whole uses it') },
    ]);
    const ring = await change('update', '{ id: "part", cohort: { id: "whole" } }');
    expect(ring.userErrors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    const other = await change('update', '{ id: "part", goal: { event: "x" } }');
    expect(other.userErrors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'goal'] }]);
  });

  test('an argument that says otherwise than the kept question', async () => {
    const asked = `funnel(range: ${RANGE}, id: "checkout"`;
    for (const [field, given] of [
      ['steps', `steps: ${STEPS.replace('purchase', 'refund')}`],
      ['order', 'order: UNORDERED'],
      ['windowSeconds', 'windowSeconds: 5'],
    ]) {
      const { extensions } = await refused(`${asked}, ${given}) ${FUNNEL_ANSWER}`);
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', field });
    }
    const missing = await refused(`funnel(range: ${RANGE}) ${FUNNEL_ANSWER}`);
    expect(missing.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'steps' });
    const both = await refused(
      `uniqueUsers(range: ${RANGE}, cohort: { id: "buyers", not: ${BUYERS} }) { total }`,
    );
    expect(both.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'id' });
  });

  test('a change with a key that may only read', async () => {
    const { codes } = await world.client.query(
      `mutation { deleteDefinition(input: { id: "buyers" }) { ${SHOWN} } }`,
    );
    expect(codes).toEqual(['FORBIDDEN']);
  });

  test('a definition of another project, by any name', async () => {
    const theirs = await keep(
      `{ projectId: "other", definitionId: "theirs", name: "Secret", cohort: ${BUYERS} }`,
    );
    const ask = (id: string) => `uniqueUsers(range: ${RANGE}, cohort: { id: "${id}" }) { total }`;
    for (const id of [theirs.id, 'theirs']) {
      const { extensions, message } = await refused(ask(id));
      expect(extensions).toEqual({ code: 'NOT_FOUND', field: 'cohort' });
      expect(message).not.toContain('Secret');
    }
    expect(await told('definition(id: "theirs") { name }')).toBeNull();
    expect((await refused(`node(id: "${theirs.id}") { id }`)).extensions.code).toBe('FORBIDDEN');
    const { userErrors } = await change('create', `{ name: "X", cohort: { id: "${theirs.id}" } }`);
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    // One of the same id is found by it, and not by the node of the other.
    await keep(
      '{ definitionId: "theirs", name: "Ours", cohort: { person: { field: "person.x" , operator: IS_SET } } }',
    );
    expect(await told(ask('theirs'))).toEqual({ total: 0 });
    expect((await refused(ask(theirs.id))).extensions.code).toBe('NOT_FOUND');
    const names = JSON.stringify(await told('definitions(first: 100) { edges { node { name } } }'));
    expect(names).toContain('Ours');
    expect(names).not.toContain('Secret');
  });
});

describe('lists', () => {
  test('pages hold each definition once, in the order they were made', async () => {
    interface Page {
      readonly totalCount: number;
      readonly edges: readonly { readonly cursor: string; readonly node: Kept }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    }
    const page = (after: string | null) =>
      told(
        `definitions(first: 3, kind: COHORT${after === null ? '' : `, after: "${after}"`}) { totalCount edges { cursor node { definitionId kind createdAt } } pageInfo { hasNextPage endCursor } }`,
      ) as Promise<Page>;
    const seen: string[] = [];
    let next = await page(null);
    const { totalCount } = next;
    while (true) {
      seen.push(...next.edges.map(({ node }) => node.definitionId));
      if (!next.pageInfo.hasNextPage) break;
      next = await page(next.pageInfo.endCursor);
    }
    expect(seen).toHaveLength(totalCount);
    expect(new Set(seen).size).toBe(totalCount);
    expect(seen).toContain('buyers');
    const [{ cursor = '' } = {}] = next.edges;
    const { extensions } = await refused(
      `definitions(kind: GOAL, after: "${cursor}") { totalCount }`,
    );
    expect(extensions.code).toBe('INVALID_CURSOR');
  });

  test('node fetches a definition again, while it is there', async () => {
    const kept = await keep('{ name: "Short", goal: { event: "x", where: { n: null } } }');
    const ask = () =>
      told(`node(id: "${kept.id}") { __typename ... on Definition { goal { event where } } }`);
    expect(await ask()).toEqual({
      __typename: 'Definition',
      goal: { event: 'x', where: { n: null } },
    });
    await change('delete', `{ id: "${kept.id}" }`);
    expect(await ask()).toBeNull();
  });
});
