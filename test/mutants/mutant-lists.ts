import { MUTANTS, type Mutant } from './mutants.js';
import { CACHE_MUTANTS } from './rule-mutants-cache.js';
import { EXPERIMENT_RULE_MUTANTS } from './rule-mutants-experiments.js';
import { FUNNEL_RULE_MUTANTS } from './rule-mutants-funnels.js';
import { JOURNEY_RULE_MUTANTS } from './rule-mutants-journeys.js';
import { LIVE_MUTANTS } from './rule-mutants-live.js';
import { BEHAVIOUR_RULE_MUTANTS } from './rule-mutants-metrics-behaviour.js';
import { EVENT_RULE_MUTANTS } from './rule-mutants-metrics-events.js';
import { PEOPLE_RULE_MUTANTS } from './rule-mutants-metrics-people.js';
import { REVENUE_RULE_MUTANTS } from './rule-mutants-metrics-revenue.js';
import { SESSION_RULE_MUTANTS } from './rule-mutants-metrics-sessions.js';
import { TRUST_RULE_MUTANTS } from './rule-mutants-metrics-trust.js';
import { VALUE_RULE_MUTANTS } from './rule-mutants-metrics-values.js';
import { VISIT_RULE_MUTANTS } from './rule-mutants-metrics-visits.js';

/** Lists of the rules of METRICS-SPEC §1–6 and §11–14; `mechanism` is the rule. */
export const METRIC_MUTANT_LISTS: Readonly<Record<string, readonly Mutant[]>> = {
  'metrics-events': EVENT_RULE_MUTANTS,
  'metrics-values': VALUE_RULE_MUTANTS,
  'metrics-sessions': SESSION_RULE_MUTANTS,
  'metrics-visits': VISIT_RULE_MUTANTS,
  'metrics-people': PEOPLE_RULE_MUTANTS,
  'metrics-revenue': REVENUE_RULE_MUTANTS,
  'metrics-behaviour': BEHAVIOUR_RULE_MUTANTS,
  'metrics-trust': TRUST_RULE_MUTANTS,
};

/** Every list of mutants by the name that `npm run prove -- mutants --list=NAME` takes. */
export const MUTANT_LISTS: Readonly<Record<string, readonly Mutant[]>> = {
  mechanisms: MUTANTS,
  live: LIVE_MUTANTS,
  cache: CACHE_MUTANTS,
  journeys: JOURNEY_RULE_MUTANTS,
  funnels: FUNNEL_RULE_MUTANTS,
  experiments: EXPERIMENT_RULE_MUTANTS,
  ...METRIC_MUTANT_LISTS,
};
