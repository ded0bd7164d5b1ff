import { createOrderedFold } from './fold-ordered.js';
import { createStrictFold } from './fold-strict.js';
import { createUnorderedFold } from './fold-unordered.js';
import type { FunnelFold, FunnelRules } from './funnel-rules.js';

/** The fold of the question's order. */
export function createFunnelFold(rules: FunnelRules): FunnelFold {
  switch (rules.order) {
    case 'ordered':
      return createOrderedFold(rules);
    case 'strict':
      return createStrictFold(rules);
    case 'unordered':
      return createUnorderedFold(rules);
  }
}
