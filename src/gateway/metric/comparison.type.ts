import { GraphQLEnumType, GraphQLFloat, GraphQLObjectType } from 'graphql';
import type { Comparison } from '../../metric/compared-range.js';

/** Which earlier time an answer is compared with. */
export const COMPARISON = new GraphQLEnumType({
  name: 'Comparison',
  description: 'Which earlier time an answer is compared with.',
  values: {
    PREVIOUS_PERIOD: {
      value: 'previous_period' satisfies Comparison,
      description:
        'The time directly before: as many whole months before whole calendar months, else as many local days before dates (and before instants that are both local midnights), else the same length before instants.',
    },
    PREVIOUS_YEAR: {
      value: 'previous_year' satisfies Comparison,
      description:
        'The same local dates, or times of the local clocks, one calendar year before; 28 February for the 29th, whole months for whole months.',
    },
  },
});

/** How far a total has come. */
export const CHANGE = new GraphQLObjectType({
  name: 'Change',
  description: 'How a total differs from that of an earlier time.',
  fields: {
    absolute: {
      type: GraphQLFloat,
      description: 'Total less the earlier total, in the unit of the total; null when one is null.',
    },
    percent: {
      type: GraphQLFloat,
      description:
        'The same ÷ the earlier total, in percent; null when that is 0 or one of them is null.',
    },
  },
});
