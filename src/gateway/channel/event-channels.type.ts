import { Field, ID, ObjectType } from 'type-graphql';
import { AnswerMeta } from '../metric/answer.type.js';

@ObjectType({
  description:
    'Events with their channel, as lists of equal length, oldest first, those of bots included.',
  simpleResolvers: true,
})
export class EventChannels {
  @Field(() => [String], { description: 'Identities of the events.' })
  eventIds!: string[];

  @Field(() => [String], {
    description: 'The channel the event would give a session that it opens, e.g. `Paid Search`.',
  })
  channels!: string[];

  @Field(() => [String], {
    description: 'Source as the rules of channels see it; empty without one.',
  })
  sources!: string[];

  @Field(() => [Boolean], { description: 'Whether the user agent is that of a bot.' })
  areBots!: boolean[];

  @Field(() => [ID], {
    description:
      'The session each event belongs to, bots counted in, opaque: events of one session have the same, by the client or derived.',
  })
  sessions!: string[] | null;

  @Field(() => Boolean, { description: 'Whether the range holds more events than were shown.' })
  hasMore!: boolean;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
