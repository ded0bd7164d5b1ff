import { registerEnumType } from 'type-graphql';
import type {
  FormulaOperator as FormulaOperatorValue,
  OperandMetric as OperandMetricValue,
} from '../../formula/formula-query.js';

/** Ways to put two numbers together, as the API names them. */
export const FormulaOperator = {
  ADD: 'add',
  SUBTRACT: 'subtract',
  MULTIPLY: 'multiply',
  DIVIDE: 'divide',
} as const satisfies Record<string, FormulaOperatorValue>;

registerEnumType(FormulaOperator, {
  name: 'FormulaOperator',
  description: 'How a formula puts its two operands together.',
  valuesConfig: {
    ADD: { description: 'First + second.' },
    SUBTRACT: { description: 'First − second.' },
    MULTIPLY: { description: 'First × second.' },
    DIVIDE: { description: 'First ÷ second; null where the second is 0.' },
  },
});

/** Numbers that a formula can be made of, as the API names them. */
export const OperandMetric = {
  EVENTS: 'events',
  UNIQUE_USERS: 'unique_users',
  PAGE_VIEWS: 'page_views',
  SESSIONS: 'sessions',
  NET_REVENUE: 'net_revenue',
} as const satisfies Record<string, OperandMetricValue>;

registerEnumType(OperandMetric, {
  name: 'OperandMetric',
  description: 'A number that a formula can be made of.',
  valuesConfig: {
    EVENTS: { description: 'Unique events.' },
    UNIQUE_USERS: { description: 'Distinct persons with at least one such event.' },
    PAGE_VIEWS: { description: 'Events `page_view`.' },
    SESSIONS: { description: 'Sessions that start in the range.' },
    NET_REVENUE: {
      description: 'Purchases less refunds in `currency`; each order counts once, on its own day.',
    },
  },
});
