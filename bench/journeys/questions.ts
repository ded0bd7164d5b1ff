import {
  type AttributionModel,
  DATA_DRIVEN_MODELS,
  RULE_MODELS,
  type TouchDimension,
} from '../../src/attribution/attribution-query.js';
import { computeAttribution } from '../../src/attribution/compute-attribution.js';
import { computeExperiment } from '../../src/experiment/compute-experiment.js';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import { computePaths } from '../../src/path/compute-paths.js';
import type { UsualQuestion } from '../query/usual-question.js';

const PURCHASE = { event: 'purchase' } as const;

function attribution(
  name: string,
  by: TouchDimension,
  models: readonly AttributionModel[],
): UsualQuestion {
  return {
    name,
    barMs: 2_000,
    ask: (context, question) =>
      computeAttribution(context, {
        ...question,
        goal: PURCHASE,
        models,
        by,
        lookbackDays: 30,
        halfLifeDays: 7,
        excludeDirect: false,
      }),
  };
}

/** What people did one after the other, over 90 days. */
export const JOURNEY_QUESTIONS: readonly UsualQuestion[] = [
  {
    name: 'paths',
    barMs: 2_000,
    ask: (context, question) =>
      computePaths(context, { ...question, node: 'page', maxSteps: 5, limit: 20 }),
  },
  attribution('attribution-last', 'source', ['last_non_direct']),
  attribution('attribution-all', 'channel', [...RULE_MODELS, ...DATA_DRIVEN_MODELS]),
  {
    name: 'experiment',
    barMs: 2_000,
    ask: (context, question) =>
      computeExperiment(context, {
        ...question,
        experiment: 'checkout',
        goals: [PURCHASE, { event: 'add_to_cart' }],
        control: 'control',
        isDaily: true,
      }),
  },
  {
    name: 'funnel-90-days',
    barMs: 2_000,
    ask: (context, { grain: _grain, breakdown: _breakdown, ...question }) =>
      computeFunnel(context, {
        ...question,
        steps: [{ event: 'page_view' }, { event: 'add_to_cart' }, PURCHASE],
        order: 'ordered',
        windowSeconds: 14 * 86_400,
        per: 'user',
        exclusions: [],
      }),
  },
];
