import type { Samples } from './walk-questions.js';

/** Values that fit what `tenantEvents` tells of a tenant. */
export function tenantSamples(tenant: string): Samples {
  const text = JSON.stringify;
  const page = text(`/${tenant}-home`);
  const range = '{ from: "2024-02-01", to: "2024-02-12" }';
  return {
    TimeRangeInput: [range, '{ from: "2024-02-03T06:30:00Z", to: "2024-02-10T18:00:00Z" }'],
    DayRangeInput: [range],
    TimeZone: ['"Asia/Kathmandu"'],
    DateTime: ['"2024-02-20T00:00:00Z"'],
    LocalDate: ['"2024-02-03"'],
    JSON: ['"desktop"'],
    JSONObject: [`{ plan: ${text(`${tenant}-pro`)} }`],
    breakdown: ['"page"', '"channel"', '"plan"', '"device_type"'],
    CohortBehaviourInput: [
      '{ event: { event: "page_view" }, atLeast: 2 }',
      `{ event: { event: "click" }, lastDays: 30, filter: [{ field: "plan", values: [${text(`${tenant}-pro`)}] }] }`,
    ],
    dimension: ['"browser"', '"plan"'],
    page: [page],
    formId: [text(`${tenant}-form`)],
    experiment: [text(`${tenant}-exp`)],
    event: [
      '{ event: "page_view" }',
      `{ event: "click", where: { plan: ${text(`${tenant}-pro`)} } }`,
    ],
    feature: ['{ event: "click" }'],
    goal: ['{ event: "purchase" }', '{ goal: "order" }'],
    CohortInput: [
      '{ id: "clickers" }',
      '{ user: "u-3" }',
      '{ did: { event: { event: "page_view" }, atLeast: 2 } }',
      `{ did: { event: { event: "click" }, lastDays: 30, filter: [{ field: "plan", values: [${text(`${tenant}-pro`)}] }] } }`,
      '{ not: { person: { field: "person.plan", operator: IS_SET } } }',
    ],
    'EventSelectorInput.goal': ['"order"'],
    goals: ['[{ event: "purchase" }]', '[{ goal: "order" }]'],
    'definition.id': ['"order"', '"clickers"', '"checkout"', '"trial"', '"board"'],
    'funnel.id': ['"checkout"'],
    'funnelActors.id': ['"checkout"'],
    'experiment.id': ['"trial"'],
    startEvent: ['{ event: "page_view" }'],
    returnEvent: ['{ event: "page_view" }'],
    'EventSelectorInput.event': ['"page_view"'],
    ConditionInput: [
      '{ field: "device_type", operator: IN, values: ["desktop", "mobile"] }',
      `{ field: "page", operator: CONTAINS, values: [${text(tenant)}] }`,
      `{ field: "plan", values: [${text(`${tenant}-pro`)}] }`,
      '{ field: "entry_page", operator: IS_SET }',
    ],
    steps: ['[{ event: "page_view" }, { event: "click" }, { event: "purchase" }]'],
    exclusions: ['[{ event: { event: "refund" }, fromStep: 1, toStep: 2 }]'],
    brackets: ['[{ from: 1, to: 3 }]'],
    columns: ['50'],
    rowPixels: ['32'],
    intervals: ['4'],
    limit: ['2'],
    first: ['3'],
    grain: ['DAY', 'WEEK', 'HOUR'],
    'funnel.breakdown': ['{ dimension: "browser" }', '{ dimension: "plan" }'],
    windowSeconds: ['86400.0'],
    step: ['1'],
    timeBounds: ['[60.0, 3600.0]'],
    FunnelSegmentInput: [
      '{ name: "desktop", filter: [{ field: "device_type", values: ["desktop"] }] }',
    ],
    'funnelActors.breakdown': ['{ dimension: "browser" }', '{ dimension: "plan" }'],
    'funnelActors.value': [],
    person: ['{ field: "person.plan", operator: IS_NOT_SET }'],
    'user.id': ['"u-0"', '"u-3"'],
    'formula.first': ['{ metric: UNIQUE_USERS }', '{ metric: EVENTS }'],
    'formula.second': ['{ metric: SESSIONS }'],
    eventId: ['"e-0-0-0"'],
    'device.id': ['"d-1"', '"d-0"'],
    'project.id': [text(tenant)],
    project: [text(tenant)],
    // A window shapes a series, which needs a grain beside it.
    window: [],
    PathEdgeInput: [`{ step: 1, from: ${page}, to: ${text(`/${tenant}-shop`)} }`],
    after: [],
  };
}
