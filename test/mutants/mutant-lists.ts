import { MUTANTS, type Mutant } from './mutants.js';
import { EXPERIMENT_RULE_MUTANTS } from './rule-mutants-experiments.js';
import { FUNNEL_RULE_MUTANTS } from './rule-mutants-funnels.js';
import { JOURNEY_RULE_MUTANTS } from './rule-mutants-journeys.js';
import { LIVE_MUTANTS } from './rule-mutants-live.js';

/** Every list of mutants by the name that `npm run prove -- mutants --list=NAME` takes. */
export const MUTANT_LISTS: Readonly<Record<string, readonly Mutant[]>> = {
  mechanisms: MUTANTS,
  live: LIVE_MUTANTS,
  journeys: JOURNEY_RULE_MUTANTS,
  funnels: FUNNEL_RULE_MUTANTS,
  experiments: EXPERIMENT_RULE_MUTANTS,
};
