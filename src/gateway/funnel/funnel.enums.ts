import { registerEnumType } from 'type-graphql';
import type { FunnelActorsQuestion } from '../../funnel/funnel-actors.js';
import type {
  FunnelBreakdown,
  FunnelOrder as FunnelOrderValue,
  FunnelQuestion,
} from '../../funnel/funnel-query.js';

/** Orders of steps, as the API names them. */
export const FunnelOrder = {
  ORDERED: 'ordered',
  STRICT: 'strict',
  UNORDERED: 'unordered',
} as const satisfies Record<string, FunnelOrderValue>;

registerEnumType(FunnelOrder, {
  name: 'FunnelOrder',
  description: 'In which order the steps of a funnel must happen.',
  valuesConfig: {
    ORDERED: { description: 'One after the other; other events may lie between.' },
    STRICT: { description: 'One after the other, with no other event of the actor between.' },
    UNORDERED: { description: 'In any order; step k reads "k different steps completed".' },
  },
});

/** Actors, as the API names them. */
export const FunnelActor = {
  USER: 'user',
  SESSION: 'session',
} as const satisfies Record<string, FunnelQuestion['per']>;

registerEnumType(FunnelActor, {
  name: 'FunnelActor',
  description: 'Who goes through a funnel.',
  valuesConfig: {
    USER: { description: 'A person, over all devices and sessions.' },
    SESSION: { description: 'A session: all steps must happen in one.' },
  },
});

/** Ways to give an actor one value, as the API names them. */
export const FunnelTouch = {
  FIRST_TOUCH: 'first_touch',
  LAST_TOUCH: 'last_touch',
  ALL_EVENTS: 'all_events',
} as const satisfies Record<string, FunnelBreakdown['attribution']>;

registerEnumType(FunnelTouch, {
  name: 'FunnelTouch',
  description: 'Which value of a breakdown belongs to an actor.',
  valuesConfig: {
    FIRST_TOUCH: { description: 'Of the first step event that has a value.' },
    LAST_TOUCH: { description: 'Of the last step event that has a value.' },
    ALL_EVENTS: { description: 'Every step must carry the value; events are split by it.' },
  },
});

/** Actors of a step, as the API names them. */
export const FunnelStepActors = {
  REACHED: 'reached',
  DROPPED_OFF: 'dropped_off',
} as const satisfies Record<string, FunnelActorsQuestion['which']>;

registerEnumType(FunnelStepActors, {
  name: 'FunnelStepActors',
  description: 'Which actors of a step of a funnel.',
  valuesConfig: {
    REACHED: { description: 'All that reached the step, as `counts` counts them.' },
    DROPPED_OFF: { description: 'Those that reached the step and not the next one.' },
  },
});
