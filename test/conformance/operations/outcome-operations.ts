import {
  type Build,
  type Json,
  mapOf,
  PASSED,
  SHARED,
  selector,
  shared,
} from './metric-operation.js';

const SRM_FIELDS = 'sampleRatio { chiSquare pValue isMismatch }';
const VARIANT_FIELDS = `variant users conversions ratePercent credibleInterval { low high }
  comparison { liftPercent liftInterval { low high } z pValue differenceInterval { low high }
    probabilityToBeatControl relativeDelta { liftPercent pValue intervalPercent { low high } } }`;

function weights(allocation: Record<string, number> | undefined): readonly Json[] | null {
  if (allocation === undefined) return null;
  return Object.entries(allocation).map(([variant, weight]) => ({ variant, weight }));
}

function srm(ratio: unknown): Json {
  const { chiSquare, pValue, isMismatch } = ratio as Json;
  return { chi2: chiSquare, p_value: pValue, mismatch: isMismatch };
}

function ends(interval: unknown): readonly unknown[] | null {
  if (interval === null) return null;
  const { low, high } = interval as Json;
  return [low, high];
}

function variantMap(variants: unknown): Json {
  const list = variants as (Json & { variant: string; comparison: Json | null })[];
  return Object.fromEntries(list.map((each) => [each.variant, variantAnswer(each)]));
}

function variantAnswer({ comparison, ...own }: Json & { comparison: Json | null }): Json {
  const answer = {
    users: own.users,
    conversions: own.conversions,
    rate_pct: own.ratePercent,
    ci95: ends(own.credibleInterval),
  };
  if (comparison === null) return answer;
  const delta = comparison.relativeDelta as Json | null;
  return {
    ...answer,
    lift_pct: comparison.liftPercent,
    lift_ci95_pct: ends(comparison.liftInterval) ?? undefined,
    z: comparison.z,
    p_value: comparison.pValue,
    diff_ci95: ends(comparison.differenceInterval),
    prob_beats_control: comparison.probabilityToBeatControl,
    relative_delta:
      delta === null
        ? undefined
        : {
            lift_pct: delta.liftPercent,
            p_value: delta.pValue,
            ci95_pct: ends(delta.intervalPercent),
          },
  };
}

interface CreditColumns {
  readonly model: string;
  readonly values: readonly string[];
  readonly credits: readonly number[];
  readonly revenues: readonly { readonly amounts: readonly string[] }[];
  readonly conversionProbability: number | null;
  readonly removalEffects: readonly number[] | null;
}

/** What led to conversions: touches and variants. */
export const OUTCOME_OPERATIONS: Readonly<Record<string, Build>> = {
  attribution: (project, params) => {
    const model = String(params.model).toUpperCase();
    const fields = `model values credits revenues { amounts } conversionProbability removalEffects`;
    const ofModel = ({ model: name, values, ...said }: CreditColumns): Json => ({
      credit: mapOf(values, said.credits),
      value:
        name === 'MARKOV' || name === 'SHAPLEY'
          ? undefined
          : mapOf(values, said.revenues[0]?.amounts ?? values.map(() => 0)),
      p_conv: said.conversionProbability,
      removal_effect: mapOf(values, said.removalEffects ?? []),
    });
    if (params.paths !== undefined) {
      return {
        query: `query($paths: [CountedPathInput!]!, $models: [AttributionModel!]!, $excludeDirect: Boolean!) {
          attributionOf(paths: $paths, models: $models, excludeDirect: $excludeDirect) { ${fields} } }`,
        variables: {
          paths: params.paths,
          models: [model],
          excludeDirect: params.exclude_direct ?? false,
        },
        toAnswer: ({ attributionOf }) => ofModel((attributionOf as [CreditColumns])[0]),
      };
    }
    return {
      query: `query(${SHARED}, $goal: EventSelectorInput!, $models: [AttributionModel!]!, $lookbackDays: Float!,
        $halfLifeDays: Float!, $excludeDirect: Boolean!) {
        attribution(${PASSED}, goal: $goal, models: $models, lookbackDays: $lookbackDays,
          halfLifeDays: $halfLifeDays, excludeDirect: $excludeDirect) {
          conversions unattributed models { ${fields} } } }`,
      variables: {
        ...shared(project, params),
        goal: selector(params.goal),
        models: [model],
        lookbackDays: params.lookback_days ?? 30,
        halfLifeDays: params.half_life_days ?? 7,
        excludeDirect: params.exclude_direct ?? false,
      },
      toAnswer: ({ attribution }) => {
        const { conversions, unattributed, models } = attribution as Json & {
          models: [CreditColumns];
        };
        return { conversions, unattributed, ...ofModel(models[0]) };
      },
    };
  },
  experiment: (project, params) => {
    const allocation = weights(params.allocation as Record<string, number> | undefined);
    const control = params.control ?? 'control';
    if (params.data !== undefined) {
      const data = params.data as Record<string, { users: number; conversions: number }>;
      return {
        query: `query($counts: ExperimentCountsInput!) {
          experimentOf(counts: $counts) { ${SRM_FIELDS} variants { ${VARIANT_FIELDS} } } }`,
        variables: {
          counts: {
            variants: Object.entries(data).map(([variant, counts]) => ({ variant, ...counts })),
            control,
            allocation,
          },
        },
        toAnswer: ({ experimentOf }) => {
          const { sampleRatio, variants } = experimentOf as Json;
          return { srm: srm(sampleRatio), variants: variantMap(variants) };
        },
      };
    }
    return {
      query: `query(${SHARED}, $experiment: String!, $goals: [EventSelectorInput!]!, $windowSeconds: Float,
        $control: String!, $allocation: [VariantWeightInput!]) {
        experiment(${PASSED}, experiment: $experiment, goals: $goals, windowSeconds: $windowSeconds,
          control: $control, allocation: $allocation) {
          multiVariantUsers ${SRM_FIELDS} goals { variants { ${VARIANT_FIELDS} } } } }`,
      variables: {
        ...shared(project, params),
        experiment: params.experiment,
        goals: [selector(params.goal) ?? {}],
        windowSeconds: params.window_seconds ?? null,
        control,
        allocation,
      },
      toAnswer: ({ experiment }) => {
        const { multiVariantUsers, sampleRatio, goals } = experiment as Json & { goals: [Json] };
        return {
          multi_variant_users: multiVariantUsers,
          srm: srm(sampleRatio),
          variants: variantMap(goals[0].variants),
        };
      },
    };
  },
};
