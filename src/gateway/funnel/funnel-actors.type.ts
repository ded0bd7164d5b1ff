import { Field, ID, ObjectType } from 'type-graphql';
import { PageInfo } from '../connection/page-info.type.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description: 'How far one person or session went through a funnel, and when.',
  simpleResolvers: true,
})
export class FunnelPassage {
  @Field(() => String, {
    description:
      '`user_id` of the person, for sessions of who has the first step event; empty where nobody is known by one.',
  })
  userId!: string;

  @Field(() => String, {
    description: '`anonymous_id` of a person without a user id; else empty.',
  })
  anonymousId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The session, opaque, in funnels of sessions; null in those of people.',
  })
  session!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Value of the breakdown; null without one.',
  })
  value!: string | null;

  @Field(() => [DateTime], {
    description: 'When each step was reached, from the first on, as far as the actor went.',
  })
  reachedAt!: readonly string[];
}

@ObjectType({ description: 'An actor in its place in the list.', simpleResolvers: true })
export class FunnelActorEdge {
  @Field(() => String, { description: 'Opaque position; give it as `after` to go on behind it.' })
  cursor!: string;

  @Field(() => FunnelPassage, { description: 'The actor and its way.' })
  node!: FunnelPassage;
}

@ObjectType({
  description:
    'Actors of a step, latest start first. All pages of one list are of the moment of the first: what comes in meanwhile moves nobody in it. Cohorts and properties of people in the filter are those of each page.',
  simpleResolvers: true,
})
export class FunnelActorConnection {
  @Field(() => [FunnelActorEdge], { description: 'The actors of this page.' })
  edges!: readonly FunnelActorEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field(() => SafeInt, { description: 'Actors of the whole list.' })
  totalCount!: number;

  @Field(() => AnswerMeta, {
    description: 'How the page came about; `asOf` is the moment of the list.',
  })
  meta!: AnswerMeta;
}
