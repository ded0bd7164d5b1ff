import {
  type Build,
  type Columns,
  columns,
  counted,
  type Json,
  LIMIT,
  mapOf,
  PASSED,
  SHARED,
  selector,
  shared,
} from './metric-operation.js';

/** People, new and coming back. */
export const PEOPLE_OPERATIONS: Readonly<Record<string, Build>> = {
  unique_users: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain, $breakdown: String) {
      uniqueUsers(${PASSED}, event: $event, grain: $grain, breakdown: $breakdown, limit: ${LIMIT}) {
        total series { values } breakdown { values counts sharePercents } } }`,
    variables: { ...shared(project, params), ...counted(params) },
    toAnswer: ({ uniqueUsers }) => {
      const answer = uniqueUsers as {
        total: number;
        series: { values: number[] } | null;
        breakdown: Columns | null;
      };
      const rows = answer.breakdown;
      return {
        total: answer.total,
        series: answer.series?.values,
        by: columns(rows),
        share_pct: rows === null ? undefined : mapOf(rows.values, rows.sharePercents ?? []),
      };
    },
  }),
  active_users: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput) {
      activeUsers(${PASSED}, event: $event) { dau wau mau stickiness } }`,
    variables: { ...shared(project, params), event: selector(params.event) },
    toAnswer: ({ activeUsers }) => activeUsers as Json,
  }),
  stickiness_histogram: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain!) {
      stickinessHistogram(${PASSED}, event: $event, grain: $grain) { histogram } }`,
    variables: {
      ...shared(project, params),
      event: selector(params.event),
      grain: String(params.period ?? 'day').toUpperCase(),
    },
    toAnswer: ({ stickinessHistogram }) => stickinessHistogram as Json,
  }),
  new_returning: (project, params) => ({
    query: `query(${SHARED}) { newReturning(${PASSED}) { newUsers returningUsers total } }`,
    variables: shared(project, params),
    toAnswer: ({ newReturning }) => {
      const answer = newReturning as { newUsers: number; returningUsers: number; total: number };
      return { new: answer.newUsers, returning: answer.returningUsers, total: answer.total };
    },
  }),
  retention: (project, params) => ({
    query: `query(${SHARED}, $grain: Grain!, $intervals: Int!, $asOf: DateTime, $type: RetentionType!, $mode: RetentionMode!,
      $startEvent: EventSelectorInput, $returnEvent: EventSelectorInput, $brackets: [RetentionBracketInput!]!) {
      retention(${PASSED}, grain: $grain, intervals: $intervals, asOf: $asOf, type: $type, mode: $mode,
        startEvent: $startEvent, returnEvent: $returnEvent, brackets: $brackets) {
        cohorts matrix complete ratePercents brackets { from to ratePercent } } }`,
    variables: {
      ...shared(project, params),
      grain: String(params.period ?? 'day').toUpperCase(),
      intervals: params.intervals,
      asOf: params.as_of ?? null,
      type: String(params.type ?? 'first_time').toUpperCase(),
      mode: String(params.mode ?? 'classic').toUpperCase(),
      startEvent: selector(params.start_event),
      returnEvent: selector(params.return_event),
      brackets: ((params.brackets ?? []) as [number, number][]).map(([from, to]) => ({ from, to })),
    },
    toAnswer: ({ retention }) => {
      const { cohorts, matrix, complete, ratePercents, brackets } = retention as Json & {
        ratePercents: (number | null)[];
        brackets: { from: number; to: number; ratePercent: number | null }[];
      };
      return {
        cohorts,
        matrix,
        complete,
        rate_pct: mapOf([...ratePercents.keys()].map(String), ratePercents),
        bracket_pct: mapOf(
          brackets.map(({ from, to }) => `${from}-${to}`),
          brackets.map(({ ratePercent }) => ratePercent),
        ),
      };
    },
  }),
  lifecycle: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain!) {
      lifecycle(${PASSED}, event: $event, grain: $grain) { buckets newUsers returning resurrecting dormant } }`,
    variables: {
      ...shared(project, params),
      event: selector(params.event),
      grain: String(params.period ?? 'day').toUpperCase(),
    },
    toAnswer: ({ lifecycle }) => {
      const { newUsers, ...answer } = lifecycle as Json;
      return { ...answer, new: newUsers };
    },
  }),
  feature_adoption: (project, params) => ({
    query: `query(${SHARED}, $feature: EventSelectorInput!) {
      featureAdoption(${PASSED}, feature: $feature) { activeUsers adopters newAdopters adoptionPercent usesPerAdopter } }`,
    variables: { ...shared(project, params), feature: selector(params.feature) },
    toAnswer: ({ featureAdoption }) => {
      const answer = featureAdoption as Json;
      return {
        active: answer.activeUsers,
        adopters: answer.adopters,
        new_adopters: answer.newAdopters,
        adoption_pct: answer.adoptionPercent,
        uses_per_adopter: answer.usesPerAdopter,
      };
    },
  }),
};
