import { registerEnumType } from 'type-graphql';
import type {
  AttributionModel as AttributionModelValue,
  TouchDimension as TouchDimensionValue,
} from '../../attribution/attribution-query.js';

/** Models, as the API names them. */
export const AttributionModel = {
  FIRST_TOUCH: 'first_touch',
  LAST_TOUCH: 'last_touch',
  LAST_NON_DIRECT: 'last_non_direct',
  LINEAR: 'linear',
  TIME_DECAY: 'time_decay',
  POSITION_BASED: 'position_based',
  MARKOV: 'markov',
  SHAPLEY: 'shapley',
} as const satisfies Record<string, AttributionModelValue>;

registerEnumType(AttributionModel, {
  name: 'AttributionModel',
  description: 'How a conversion is credited to the visits that led to it.',
  valuesConfig: {
    FIRST_TOUCH: { description: 'All to the first.' },
    LAST_TOUCH: { description: 'All to the last.' },
    LAST_NON_DIRECT: {
      description: 'All to the last that is not Direct; if all are, to the last.',
    },
    LINEAR: { description: 'Equal shares.' },
    TIME_DECAY: { description: 'Half the weight for every `halfLifeDays` of age.' },
    POSITION_BASED: { description: '40 % to the first and to the last, the rest shared between.' },
    MARKOV: {
      description:
        'By the share of conversions that would be lost without it, in a chain learnt from all paths.',
    },
    SHAPLEY: { description: 'Shapley value: the fair share over all orders of joining.' },
  },
});

/** What is credited, as the API names it. */
export const TouchDimension = {
  CHANNEL: 'channel',
  SOURCE: 'source',
  MEDIUM: 'medium',
  CAMPAIGN: 'campaign',
} as const satisfies Record<string, TouchDimensionValue>;

registerEnumType(TouchDimension, {
  name: 'TouchDimension',
  description: 'What of a visit is credited.',
  valuesConfig: {
    CHANNEL: { description: 'Default channel group.' },
    SOURCE: { description: 'Tag, else external referrer, else what a click id implies.' },
    MEDIUM: { description: 'Tag, else organic or referral by the referrer.' },
    CAMPAIGN: { description: 'Campaign tag.' },
  },
});
