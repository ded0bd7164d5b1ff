import { registerEnumType } from 'type-graphql';
import type { Grain as GrainValue, Operator as OperatorValue } from '../../metric/metric-query.js';

/** Widths of a bucket, as the API names them. */
export const Grain = {
  MINUTE: 'minute',
  HOUR: 'hour',
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
} as const satisfies Record<string, GrainValue>;

registerEnumType(Grain, {
  name: 'Grain',
  description: 'Width of a bucket of a series.',
  valuesConfig: {
    MINUTE: { description: 'Real minutes.' },
    HOUR: {
      description: 'Real hours: a local day has 23 or 25 of them when the clocks change.',
    },
    DAY: { description: 'Local dates in the time zone of the question.' },
    WEEK: { description: 'Local weeks, from Monday.' },
    MONTH: { description: 'Local calendar months.' },
  },
});

/** Ways to compare, as the API names them. */
export const Operator = {
  EQUALS: 'equals',
  NOT_EQUALS: 'not_equals',
  IN: 'in',
  NOT_IN: 'not_in',
  CONTAINS: 'contains',
  STARTS_WITH: 'starts_with',
  GREATER_THAN: 'greater_than',
  AT_LEAST: 'at_least',
  LESS_THAN: 'less_than',
  AT_MOST: 'at_most',
  IS_SET: 'is_set',
  IS_NOT_SET: 'is_not_set',
} as const satisfies Record<string, OperatorValue>;

registerEnumType(Operator, {
  name: 'Operator',
  description: 'How a condition compares a field with its values.',
  valuesConfig: {
    EQUALS: { description: 'Equal in type and value; one value.' },
    NOT_EQUALS: { description: 'Not equal in type or value; one value.' },
    IN: { description: 'Equal to one of the values.' },
    NOT_IN: { description: 'Equal to none of the values.' },
    CONTAINS: { description: 'The text holds the value, case-sensitive; one value.' },
    STARTS_WITH: { description: 'The text begins with the value, case-sensitive; one value.' },
    GREATER_THAN: { description: 'The number is greater than the value; one value.' },
    AT_LEAST: { description: 'The number is greater than or equal to the value; one value.' },
    LESS_THAN: { description: 'The number is less than the value; one value.' },
    AT_MOST: { description: 'The number is less than or equal to the value; one value.' },
    IS_SET: { description: 'The field is present and not empty; no value.' },
    IS_NOT_SET: { description: 'The field is absent or empty; no value.' },
  },
});
