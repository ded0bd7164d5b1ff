import { MUTANTS, type Mutant } from './mutants.js';
import { JOURNEY_RULE_MUTANTS } from './rule-mutants-journeys.js';

/** Every list of mutants by its name, as `npm run prove -- mutants --list=NAME` takes it. */
export const MUTANT_LISTS: Readonly<Record<string, readonly Mutant[]>> = {
  mechanisms: MUTANTS,
  'journey-rules': JOURNEY_RULE_MUTANTS,
};
