import { BEHAVIOUR_OPERATIONS } from './operations/behaviour-operations.js';
import { EVENT_OPERATIONS } from './operations/event-operations.js';
import { JOURNEY_OPERATIONS } from './operations/journey-operations.js';
import type { Build } from './operations/metric-operation.js';
import { OUTCOME_OPERATIONS } from './operations/outcome-operations.js';
import { PEOPLE_OPERATIONS } from './operations/people-operations.js';
import { SESSION_OPERATIONS } from './operations/session-operations.js';
import { TRUST_OPERATIONS } from './operations/trust-operations.js';

/**
 * The mapping metric → GraphQL operation and answer → names of the conformance format, by the metric's
 * name there. Nothing is computed: values are only put under other names.
 */
export const METRIC_OPERATIONS: Readonly<Record<string, Build>> = {
  ...BEHAVIOUR_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...JOURNEY_OPERATIONS,
  ...OUTCOME_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...TRUST_OPERATIONS,
};
