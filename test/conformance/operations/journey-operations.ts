import {
  type Build,
  type Json,
  LIMIT,
  mapOf,
  PASSED,
  SHARED,
  selector,
  shared,
} from './metric-operation.js';

interface FunnelColumns {
  readonly counts: unknown;
  readonly ratePercents: unknown;
  readonly stepRatePercents: unknown;
  readonly averageSeconds: unknown;
  readonly medianSeconds: unknown;
  readonly totalAverageSeconds: unknown;
  readonly totalMedianSeconds: unknown;
}

const FUNNEL_FIELDS =
  'counts ratePercents stepRatePercents averageSeconds medianSeconds totalAverageSeconds totalMedianSeconds';

function funnelAnswer(result: FunnelColumns): Json {
  return {
    counts: result.counts,
    rate_pct: result.ratePercents,
    step_rate_pct: result.stepRatePercents,
    avg_time_s: result.averageSeconds,
    median_time_s: result.medianSeconds,
    total_avg_s: result.totalAverageSeconds,
    total_median_s: result.totalMedianSeconds,
  };
}

/** Ways through steps and pages. */
export const JOURNEY_OPERATIONS: Readonly<Record<string, Build>> = {
  paths: (project, params) => ({
    query: `query(${SHARED}, $node: PathNode!, $maxSteps: Int!, $start: String) {
      paths(${PASSED}, node: $node, maxSteps: $maxSteps, start: $start, limit: ${LIMIT}) {
        edges { steps from to sessions } sequences { paths sessions } } }`,
    variables: {
      ...shared(project, params),
      node: String(params.node ?? 'page').toUpperCase(),
      maxSteps: params.max_steps ?? 5,
      start: params.start ?? null,
    },
    toAnswer: ({ paths }) => {
      const { edges, sequences } = paths as {
        edges: { steps: number[]; from: string[]; to: string[]; sessions: number[] };
        sequences: { paths: string[][]; sessions: number[] };
      };
      return {
        edges: mapOf(
          edges.steps.map((step, at) => `${step}_${edges.from[at]} -> ${step + 1}_${edges.to[at]}`),
          edges.sessions,
        ),
        sequences: mapOf(
          sequences.paths.map((path) => path.join(' > ')),
          sequences.sessions,
        ),
      };
    },
  }),
  funnel: (project, params) => {
    const breakdown = params.breakdown as { property: string; attribution?: string } | undefined;
    const exclusions = (params.exclusions ?? []) as {
      event: unknown;
      from_step: number;
      to_step: number;
    }[];
    return {
      query: `query(${SHARED}, $steps: [EventSelectorInput!]!, $order: FunnelOrder!, $windowSeconds: Float!,
        $per: FunnelActor!, $exclusions: [FunnelExclusionInput!]!, $breakdown: FunnelBreakdownInput) {
        funnel(${PASSED}, steps: $steps, order: $order, windowSeconds: $windowSeconds, per: $per,
          exclusions: $exclusions, breakdown: $breakdown) {
          result { ${FUNNEL_FIELDS} } byValue { value result { ${FUNNEL_FIELDS} } } } }`,
      variables: {
        ...shared(project, params),
        steps: (params.steps as unknown[]).map(selector),
        order: String(params.order ?? 'ordered').toUpperCase(),
        windowSeconds: params.window_seconds ?? 1_209_600,
        per: String(params.per ?? 'user').toUpperCase(),
        exclusions: exclusions.map(({ event, from_step, to_step }) => ({
          event: selector(event),
          fromStep: from_step,
          toStep: to_step,
        })),
        breakdown:
          breakdown === undefined
            ? null
            : {
                dimension: breakdown.property,
                attribution: (breakdown.attribution ?? 'first_touch').toUpperCase(),
              },
      },
      toAnswer: ({ funnel }) => {
        const answer = funnel as {
          result: FunnelColumns | null;
          byValue: { value: string; result: FunnelColumns }[] | null;
        };
        if (answer.result !== null) return funnelAnswer(answer.result);
        return {
          by: Object.fromEntries(
            (answer.byValue ?? []).map(({ value, result }) => [value, funnelAnswer(result)]),
          ),
        };
      },
    };
  },
};
