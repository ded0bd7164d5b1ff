import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DeadLetterState as StateValue } from '../../dead-letter/dead-letter.js';
import { Node } from '../connection/node.type.js';
import { PageInfo } from '../connection/page-info.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

/** States, as the API names them. */
export const DeadLetterState = {
  OPEN: 'open',
  REPLAYED: 'replayed',
  DROPPED: 'dropped',
} as const satisfies Record<string, StateValue>;

registerEnumType(DeadLetterState, {
  name: 'DeadLetterState',
  description: 'What became of a dead letter; it is in exactly one state.',
  valuesConfig: {
    OPEN: { description: 'Nobody has dealt with it, or every try failed.' },
    REPLAYED: { description: 'Its events are on the event log again and count once.' },
    DROPPED: { description: 'Marked as not worth a replay; kept until it expires.' },
  },
});

@ObjectType({
  implements: Node,
  description: 'Input that could not become an event, kept byte for byte for 90 days.',
})
export class DeadLetter extends Node {
  @Field(() => ID, {
    description:
      'The text that names it within its project: `topic/partition/offset` of what came from a topic, else a random one.',
  })
  deadLetterId!: string;

  @Field(() => ID, { nullable: true, description: 'Its project; null when the input names none.' })
  projectId!: string | null;

  @Field(() => String, { description: 'Why the last try failed, e.g. `MISSING_EVENT_ID`.' })
  reason!: string;

  @Field(() => String, { description: 'What was expected and what came at the last try.' })
  message!: string;

  @Field(() => String, { description: '`http`, or the topic it came from.' })
  source!: string;

  @Field(() => Int, { nullable: true, description: 'Partition of the topic; null over HTTP.' })
  sourcePartition!: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Offset in the partition; null over HTTP.' })
  sourceOffset!: number | null;

  @Field(() => Int, {
    description: 'Times the input was tried: once when it came, once for each replay.',
  })
  attempts!: number;

  @Field(() => DateTime, {
    description: 'When the input first came; the event made of it keeps this moment.',
  })
  receivedAt!: string;

  @Field(() => DeadLetterState, { description: 'What became of it.' })
  state!: StateValue;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the state came about, or the last try failed; null: nobody touched it.',
  })
  changedAt!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      '`keyId` of the key that did it, `local` for a command on the machine of the server; null when nobody did, or the ingester refused the replayed event.',
  })
  changedBy!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Project in which the events of a replayed letter count; else null.',
  })
  eventProjectId!: string | null;

  @Field(() => [String], { description: '`event_id`s that a replayed letter became; else empty.' })
  eventIds!: string[];
}

@ObjectType({ description: 'Bytes, as text if they are some.', simpleResolvers: true })
export class LetterBytes {
  @Field(() => String, { nullable: true, description: 'The text; null when it is not UTF-8.' })
  text!: string | null;

  @Field(() => String, { description: 'The bytes in base64.' })
  base64!: string;

  @Field(() => SafeInt, { description: 'How many bytes there are.' })
  size!: number;
}

@ObjectType({ description: 'A header of a dead letter.', simpleResolvers: true })
export class LetterHeader {
  @Field(() => String, { description: 'Name of the header.' })
  name!: string;

  @Field(() => LetterBytes, { description: 'Value of the header.' })
  value!: LetterBytes;
}

@ObjectType({ description: 'The input of a dead letter, untouched.', simpleResolvers: true })
export class LetterContent {
  @Field(() => LetterBytes, { nullable: true, description: 'Key on the topic; null without one.' })
  key!: LetterBytes | null;

  @Field(() => LetterBytes, { description: 'The input itself.' })
  value!: LetterBytes;

  @Field(() => [LetterHeader], {
    description: 'Headers on the topic, or what is known of the request over HTTP; by name.',
  })
  headers!: LetterHeader[];
}

@ObjectType({ description: 'A dead letter in its place in a list.', simpleResolvers: true })
export class DeadLetterEdge {
  @Field(() => String, { description: 'Opaque position; give it as `after` to go on behind it.' })
  cursor!: string;

  @Field(() => DeadLetter, { description: 'The letter.' })
  node!: DeadLetter;
}

@ObjectType({ description: 'Dead letters, the newest first, ties by id.' })
export class DeadLetterConnection {
  @Field(() => [DeadLetterEdge], { description: 'The letters of this page.' })
  edges!: DeadLetterEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}
