import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Series } from '../metric/answer.type.js';
import { TimelineEvent } from '../person/person.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description: 'How many events came in the window before this tick.',
  simpleResolvers: true,
})
export class LiveEventRate {
  @Field(() => DateTime, {
    description: 'End of the window: everything queryable at that moment is in the tick.',
  })
  asOf!: string;

  @Field(() => Int, { description: 'Length of the window, seconds.' })
  windowSeconds!: number;

  @Field(() => SafeInt, { description: 'Unique events of the window.' })
  total!: number;

  @Field(() => Float, { description: 'Events of the window ÷ its seconds.' })
  perSecond!: number;

  @Field(() => Series, { description: 'Events of each second of the window, zero-filled.' })
  series!: Series;
}

@ObjectType({ description: 'How many people are active at this tick.', simpleResolvers: true })
export class LiveActiveNow {
  @Field(() => DateTime, {
    description: 'End of the window: everything queryable at that moment is in the tick.',
  })
  asOf!: string;

  @Field(() => Int, { description: 'Length of the window, seconds.' })
  windowSeconds!: number;

  @Field(() => SafeInt, { description: 'Distinct persons with an event in the window.' })
  users!: number;
}

@ObjectType({ description: 'Events in the order in which they arrived.', simpleResolvers: true })
export class LiveEvents {
  @Field(() => [TimelineEvent], {
    description:
      'Events since the batch before, straight from the event log: a copy of an event that came twice may appear again.',
  })
  events!: TimelineEvent[];

  @Field(() => SafeInt, {
    description: 'Events left out since the batch before: the oldest that a slow reader missed.',
  })
  dropped!: number;
}
