import { registerEnumType } from 'type-graphql';
import type {
  RetentionMode as RetentionModeValue,
  RetentionType as RetentionTypeValue,
} from '../../retention/retention-query.js';

/** Ways to belong to a cohort, as the API names them. */
export const RetentionType = {
  FIRST_TIME: 'first_time',
  RECURRING: 'recurring',
} as const satisfies Record<string, RetentionTypeValue>;

registerEnumType(RetentionType, {
  name: 'RetentionType',
  description: 'Which cohorts a person belongs to.',
  valuesConfig: {
    FIRST_TIME: { description: "The one cohort of the person's first start event ever." },
    RECURRING: { description: 'The cohort of every bucket in which the person has a start event.' },
  },
});

/** Ways to come back, as the API names them. */
export const RetentionMode = {
  CLASSIC: 'classic',
  ROLLING: 'rolling',
} as const satisfies Record<string, RetentionModeValue>;

registerEnumType(RetentionMode, {
  name: 'RetentionMode',
  description: 'When a person counts as having come back in column n.',
  valuesConfig: {
    CLASSIC: { description: 'With a return event in the bucket n behind the cohort.' },
    ROLLING: { description: 'With a return event in that bucket or any later one.' },
  },
});
