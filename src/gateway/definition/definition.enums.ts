import { registerEnumType } from 'type-graphql';
import type { DefinitionKind as DefinitionKindValue } from '../../definition/definition.js';

/** Kinds of definitions, as the API names them. */
export const DefinitionKind = {
  GOAL: 'goal',
  FUNNEL: 'funnel',
  COHORT: 'cohort',
  EXPERIMENT: 'experiment',
  SAVED_QUERY: 'saved_query',
} as const satisfies Record<string, DefinitionKindValue>;

registerEnumType(DefinitionKind, {
  name: 'DefinitionKind',
  description: 'What is kept under a name.',
  valuesConfig: {
    GOAL: { description: 'Events that count, e.g. as conversions.' },
    FUNNEL: { description: 'Steps, and who goes through them.' },
    COHORT: { description: 'People, by what they did and who they are.' },
    EXPERIMENT: { description: 'An experiment with its goals and its plan.' },
    SAVED_QUERY: { description: 'A query of this API with its variables.' },
  },
});
