import { registerEnumType } from 'type-graphql';
import type { ExperimentWarning as ExperimentWarningValue } from '../../experiment/experiment-query.js';

/** Warnings of experiments, as the API names them. */
export const ExperimentWarning = {
  SAMPLE_RATIO_MISMATCH: 'sample_ratio_mismatch',
  CONTROL_WITHOUT_USERS: 'control_without_users',
  SINGLE_VARIANT: 'single_variant',
} as const satisfies Record<string, ExperimentWarningValue>;

registerEnumType(ExperimentWarning, {
  name: 'ExperimentWarning',
  description: 'Why the results of an experiment are to be read with care.',
  valuesConfig: {
    SAMPLE_RATIO_MISMATCH: {
      description:
        'People fell into the variants otherwise than planned (p below 0.001): something moves them, and the comparison may be of different people.',
    },
    CONTROL_WITHOUT_USERS: {
      description: 'Nobody met the control that was named; nothing is compared.',
    },
    SINGLE_VARIANT: { description: 'People met one variant only; nothing is compared.' },
  },
});
