import { Field, ID, ObjectType } from 'type-graphql';
import { Node } from '../connection/node.type.js';
import { PageInfo } from '../connection/page-info.type.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { JsonObject } from '../scalar/json.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({ implements: Node, description: 'A person known by a user id.' })
export class User extends Node {
  @Field(() => String, { description: 'The `user_id` that events carry.' })
  userId!: string;
}

@ObjectType({ implements: Node, description: 'A browser or an app on a device.' })
export class Device extends Node {
  @Field(() => String, { description: 'The `anonymous_id` that events carry.' })
  anonymousId!: string;
}

@ObjectType({ description: 'One event of a timeline.', simpleResolvers: true })
export class TimelineEvent {
  @Field(() => String, { description: 'Identity of the event within its project.' })
  eventId!: string;

  @Field(() => String, { description: 'Event name, e.g. `page_view`.' })
  eventName!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  occurredAt!: string;

  @Field(() => String, { description: '`web` or `mobile`.' })
  platform!: string;

  @Field(() => String, { description: 'Device; empty without one.' })
  anonymousId!: string;

  @Field(() => String, { description: 'User the event names; empty without one.' })
  userId!: string;

  @Field(() => String, { description: 'Session the client gave; empty without one.' })
  sessionId!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The session the event belongs to, opaque: events of one session have the same, by the client or derived by the rules of sessions. A late event may change it. Null in the live tail, which is ahead of sessions.',
  })
  session!: string | null;

  @Field(() => String, { description: 'Decoded path of the page; empty without one.' })
  page!: string;

  @Field(() => String, { description: 'Screen of an app; empty without one.' })
  screen!: string;

  @Field(() => String, { description: 'Address of the page as received; empty without one.' })
  url!: string;

  @Field(() => String, { description: 'Referrer as received; empty without one.' })
  referrer!: string;

  @Field(() => String, { description: '`desktop`, `mobile`, `tablet`, `tv`, `other`; or empty.' })
  deviceType!: string;

  @Field(() => String, { description: 'Browser; empty when unknown.' })
  browser!: string;

  @Field(() => String, { description: 'Operating system; empty when unknown.' })
  os!: string;

  @Field(() => String, { description: 'Country, ISO 3166 code; empty when unknown.' })
  country!: string;

  @Field(() => Boolean, { description: 'Whether the user agent is that of a bot.' })
  isBot!: boolean;

  @Field(() => JsonObject, { description: 'Properties by name.' })
  properties!: Record<string, unknown>;
}

@ObjectType({ description: 'An event in its place in a timeline.', simpleResolvers: true })
export class TimelineEdge {
  @Field(() => String, { description: 'Opaque position; give it as `after` to go on behind it.' })
  cursor!: string;

  @Field(() => TimelineEvent, { description: 'The event.' })
  node!: TimelineEvent;
}

@ObjectType({
  description: 'Events of a person, newest first, ties by event id.',
  simpleResolvers: true,
})
export class TimelineConnection {
  @Field(() => [TimelineEdge], { description: 'The events of this page.' })
  edges!: TimelineEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
