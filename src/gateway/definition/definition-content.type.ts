import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { FunnelOrder as FunnelOrderValue, FunnelQuestion } from '../../funnel/funnel-query.js';
import type { JsonValue, Operator as OperatorValue } from '../../metric/metric-query.js';
import { FunnelActor, FunnelOrder } from '../funnel/funnel.enums.js';
import { Operator } from '../metric/metric.enums.js';
import { JsonObject, JsonScalar } from '../scalar/json.js';

@ObjectType({
  description: 'Events picked by name, by conditions, or both; or those of a kept goal.',
  simpleResolvers: true,
})
export class EventSelector {
  @Field(() => ID, {
    nullable: true,
    description: 'A kept goal by its `definitionId`; null: none.',
  })
  goal?: string | null;

  @Field(() => String, { nullable: true, description: 'Event name; null: any name fits.' })
  event?: string | null;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'Field names with the values they must have; null: any.',
  })
  where?: Record<string, JsonValue> | null;
}

@ObjectType({
  description: 'One condition on a dimension, an event field or a property.',
  simpleResolvers: true,
})
export class Condition {
  @Field(() => String, { description: 'A dimension, an event field, a property.' })
  field!: string;

  @Field(() => Operator, { description: 'How it compares the field with its values.' })
  operator!: OperatorValue;

  @Field(() => [JsonScalar], { description: 'What the field is compared with.' })
  values!: JsonValue[];
}

@ObjectType({ description: 'The time a rule is about, as it was given.', simpleResolvers: true })
export class TimeRange {
  @Field(() => String, { description: 'First local date, or first instant.' })
  from!: string;

  @Field(() => String, { description: 'Last local date, or the first instant after the range.' })
  to!: string;
}

@ObjectType({ description: 'People who did something a number of times.', simpleResolvers: true })
export class CohortBehaviour {
  @Field(() => EventSelector, { description: 'The events that count.' })
  event!: EventSelector;

  @Field(() => [Condition], { description: 'All hold of the event itself.' })
  filter!: Condition[];

  @Field(() => Int, { description: 'Fewest times.' })
  atLeast!: number;

  @Field(() => Int, { nullable: true, description: 'Most times; null: any number.' })
  atMost?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Only events of the local days that end with the day of the answer; null: any.',
  })
  lastDays?: number | null;

  @Field(() => TimeRange, { nullable: true, description: 'Only events of this time; null: any.' })
  range?: TimeRange | null;
}

@ObjectType({
  description:
    'People picked by what they did and by what is known of them; one field is not null.',
  simpleResolvers: true,
})
export class Cohort {
  @Field(() => [Cohort], { nullable: true, description: 'People of all of these cohorts.' })
  all?: Cohort[] | null;

  @Field(() => [Cohort], { nullable: true, description: 'People of any of these cohorts.' })
  any?: Cohort[] | null;

  @Field(() => Cohort, { nullable: true, description: 'People who are not of this cohort.' })
  not?: Cohort | null;

  @Field(() => CohortBehaviour, { nullable: true, description: 'People by what they did.' })
  did?: CohortBehaviour | null;

  @Field(() => Condition, { nullable: true, description: 'People by a property of theirs.' })
  person?: Condition | null;

  @Field(() => ID, { nullable: true, description: 'The one person with this user id.' })
  user?: string | null;

  @Field(() => ID, { nullable: true, description: 'People of a kept cohort: its `definitionId`.' })
  id?: string | null;
}

@ObjectType({ description: 'An event that spoils a chain of steps.', simpleResolvers: true })
export class FunnelExclusion {
  @Field(() => EventSelector, { description: 'The event that must not happen.' })
  event!: EventSelector;

  @Field(() => Int, { description: 'Step after which it counts, from 1.' })
  fromStep!: number;

  @Field(() => Int, { description: 'Step before which it counts.' })
  toStep!: number;
}

@ObjectType({ description: 'Steps, and who goes through them.', simpleResolvers: true })
export class KeptFunnel {
  @Field(() => [EventSelector], { description: 'The steps, in order.' })
  steps!: EventSelector[];

  @Field(() => FunnelOrder, { description: 'In which order the steps must happen.' })
  order!: FunnelOrderValue;

  @Field(() => Float, {
    description: 'Longest time from the first step to each later one, seconds.',
  })
  windowSeconds!: number;

  @Field(() => FunnelActor, { description: 'Who goes through the funnel.' })
  per!: FunnelQuestion['per'];

  @Field(() => [FunnelExclusion], { description: 'Events that must not happen between steps.' })
  exclusions!: FunnelExclusion[];

  @Field(() => [Condition], { description: 'What the events must fit; all hold.' })
  filter!: Condition[];

  @Field(() => Cohort, { nullable: true, description: 'Only these people; null: everybody.' })
  cohort?: Cohort | null;
}

@ObjectType({ description: 'Planned share of a variant.', simpleResolvers: true })
export class VariantWeight {
  @Field(() => String, { description: 'Name of the variant.' })
  variant!: string;

  @Field(() => Float, { description: 'Its share, relative to those of the others.' })
  weight!: number;
}

@ObjectType({ description: 'An experiment with its goals and its plan.', simpleResolvers: true })
export class KeptExperiment {
  @Field(() => String, { description: 'Property `experiment` of the exposures.' })
  experiment!: string;

  @Field(() => [EventSelector], { description: 'What people are to reach.' })
  goals!: EventSelector[];

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds from the first exposure in which a goal counts; null: no end.',
  })
  windowSeconds?: number | null;

  @Field(() => String, { description: 'Variant that the others are compared with.' })
  control!: string;

  @Field(() => [VariantWeight], {
    nullable: true,
    description: 'Planned allocation; null: equal shares.',
  })
  allocation?: VariantWeight[] | null;

  @Field(() => [Condition], { description: 'What the exposures must fit; all hold.' })
  filter!: Condition[];

  @Field(() => Cohort, { nullable: true, description: 'Only these people; null: everybody.' })
  cohort?: Cohort | null;
}

@ObjectType({ description: 'A query of this API with its variables.', simpleResolvers: true })
export class SavedQuery {
  @Field(() => String, { description: 'The text of the query.' })
  query!: string;

  @Field(() => JsonObject, { nullable: true, description: 'Its variables; null: none.' })
  variables?: Record<string, JsonValue> | null;

  @Field(() => String, {
    nullable: true,
    description: 'Which operation is meant; null: the text has one.',
  })
  operationName?: string | null;
}
