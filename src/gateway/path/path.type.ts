import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../connection/page-info.type.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description:
    'Steps from one node to the next as lists of equal length, by step, most sessions first.',
  simpleResolvers: true,
})
export class PathEdges {
  @Field(() => [Int], { description: 'Number of the step that is left, from 1.' })
  steps!: readonly number[];

  @Field(() => [String], { description: 'Node that is left.' })
  from!: readonly string[];

  @Field(() => [String], { description: 'Node that comes next.' })
  to!: readonly string[];

  @Field(() => [SafeInt], { description: 'Sessions that go this way.' })
  sessions!: readonly number[];

  @Field(() => SafeInt, { description: 'How many further edges the limit left out.' })
  otherEdges!: number;

  @Field(() => SafeInt, { description: 'Sessions of the edges left out, summed over the edges.' })
  otherSessions!: number;
}

@ObjectType({
  description: 'Whole paths as lists of equal length, most sessions first.',
  simpleResolvers: true,
})
export class PathSequences {
  @Field(() => [[String]], { description: 'Nodes of each path in order.' })
  paths!: readonly (readonly string[])[];

  @Field(() => [SafeInt], { description: 'Sessions with exactly this path.' })
  sessions!: readonly number[];

  @Field(() => SafeInt, { description: 'How many further paths the limit left out.' })
  otherSequences!: number;

  @Field(() => SafeInt, { description: 'Sessions of the paths left out.' })
  otherSessions!: number;
}

@ObjectType({
  description: 'Nodes by step as lists of equal length, most sessions first within a step.',
  simpleResolvers: true,
})
export class PathNodes {
  @Field(() => [Int], { description: 'Number of the step, from 1.' })
  steps!: readonly number[];

  @Field(() => [String], { description: 'Page, screen or event name.' })
  nodes!: readonly string[];

  @Field(() => [SafeInt], { description: 'Sessions that are here at this step.' })
  sessions!: readonly number[];

  @Field(() => [SafeInt], {
    description:
      'Sessions whose path ends here; a path that was cut goes on and is not among them.',
  })
  dropOffs!: readonly number[];

  @Field(() => SafeInt, { description: 'How many further nodes the limit left out.' })
  otherNodes!: number;
}

@ObjectType({ description: 'Ways of sessions through nodes.', simpleResolvers: true })
export class Paths {
  @Field(() => SafeInt, { description: 'Sessions with a path.' })
  sessions!: number;

  @Field(() => PathEdges, { description: 'From one node to the next.' })
  edges!: PathEdges;

  @Field(() => PathSequences, { description: 'Whole paths.' })
  sequences!: PathSequences;

  @Field(() => PathNodes, { description: 'How many are where, and how many stop there.' })
  nodes!: PathNodes;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'A session that takes a way.', simpleResolvers: true })
export class PathSession {
  @Field(() => String, { description: 'Tells the sessions of one list apart.' })
  key!: string;

  @Field(() => DateTime, { description: 'Its first event.' })
  startedAt!: string;

  @Field(() => DateTime, { description: 'Its last event.' })
  endedAt!: string;

  @Field(() => String, { description: '`user_id` of its person; empty for one without.' })
  userId!: string;

  @Field(() => String, {
    description: '`anonymous_id` of its person where nobody is known by a user id, else empty.',
  })
  anonymousId!: string;

  @Field(() => [String], { description: 'Nodes of its path in order.' })
  path!: readonly string[];
}

@ObjectType({ description: 'A session in its place in the list.', simpleResolvers: true })
export class PathSessionEdge {
  @Field(() => String, { description: 'Opaque position; give it as `after` to go on behind it.' })
  cursor!: string;

  @Field(() => PathSession, { description: 'The session.' })
  node!: PathSession;
}

@ObjectType({
  description:
    'Sessions that take a way, newest first. Later pages leave out sessions that began after the first page was asked for.',
  simpleResolvers: true,
})
export class PathSessionConnection {
  @Field(() => [PathSessionEdge], { description: 'The sessions of this page.' })
  edges!: PathSessionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Sessions of the whole list; null on a page behind its end.',
  })
  totalCount!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'People of the whole list; null on a page behind its end.',
  })
  totalPeople!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
