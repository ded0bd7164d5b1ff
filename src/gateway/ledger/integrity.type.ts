import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { FindingKind as FindingKindValue } from '../../ledger/integrity-query.js';
import { SafeInt } from '../scalar/safe-int.js';
import { LocalDate } from '../scalar/text-scalars.js';
import { FindingKind } from './ledger.enums.js';

@ObjectType({
  description:
    'What became of the records of one topic partition that were appended in the range and are confirmed.',
  simpleResolvers: true,
})
export class IntegrityPartition {
  @Field(() => String, { description: 'Topic of the event log.' })
  topic!: string;

  @Field(() => Int, { description: 'Partition of the topic.' })
  partition!: number;

  @Field(() => SafeInt, { description: 'First offset that the log still has.' })
  beginOffset!: number;

  @Field(() => SafeInt, { description: 'Offset that the next record will get.' })
  endOffset!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Next offset the ingesters read; null: they have never confirmed anything.',
  })
  committedOffset!: number | null;

  @Field(() => SafeInt, { description: 'Records appended and not confirmed, now.' })
  unreadCount!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'First offset the counts below are about; null: none.',
  })
  firstOffset!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Last offset the counts below are about; null: none.',
  })
  lastOffset!: number | null;

  @Field(() => SafeInt, { description: 'Batches the records were read in.' })
  batchCount!: number;

  @Field(() => SafeInt, { description: 'Records read.' })
  recordCount!: number;

  @Field(() => SafeInt, { description: 'Records accepted, copies included.' })
  acceptedCount!: number;

  @Field(() => SafeInt, { description: 'Records put on the topic and partition they belong to.' })
  forwardedCount!: number;

  @Field(() => SafeInt, { description: 'Records refused, which became dead letters.' })
  refusedCount!: number;

  @Field(() => SafeInt, { description: 'Rows of bronze of these records.' })
  bronzeCount!: number;

  @Field(() => SafeInt, {
    description: 'Copies of an event that stands earlier in the same batch.',
  })
  repeatCount!: number;

  @Field(() => SafeInt, { description: 'Copies of an event that is known from another batch.' })
  knownCount!: number;

  @Field(() => SafeInt, { description: 'Copies whose content differs from the one that counts.' })
  conflictingCount!: number;

  @Field(() => SafeInt, { description: 'Rows of silver that come from these records.' })
  silverCount!: number;

  @Field(() => SafeInt, { description: 'Dead letters stored of these records.' })
  deadLetterCount!: number;
}

@ObjectType({ description: 'One rollup compared with silver.', simpleResolvers: true })
export class IntegrityTable {
  @Field(() => String, { description: 'Name of the table.' })
  table!: string;

  @Field(() => Int, { description: 'UTC days on which the events of the range occurred.' })
  dayCount!: number;

  @Field(() => SafeInt, { description: 'Projects and days whose sum differs.' })
  differenceCount!: number;
}

@ObjectType({ description: 'Something that does not balance.', simpleResolvers: true })
export class IntegrityFinding {
  @Field(() => FindingKind, { description: 'Which identity is broken.' })
  kind!: FindingKindValue;

  @Field(() => String, { description: 'What there should be.' })
  expected!: string;

  @Field(() => String, { description: 'What there is.' })
  found!: string;

  @Field(() => String, { description: 'What it means, naming the place.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'Topic; null for a finding about a table.' })
  topic!: string | null;

  @Field(() => Int, { nullable: true, description: 'Partition of the topic, with a topic.' })
  partition!: number | null;

  @Field(() => String, { nullable: true, description: 'Table; null for one about a topic.' })
  table!: string | null;

  @Field(() => ID, { nullable: true, description: 'Project, where one can be told.' })
  projectId!: string | null;

  @Field(() => LocalDate, { nullable: true, description: 'UTC day, where one can be told.' })
  day!: string | null;
}

@ObjectType({
  description: 'Whether everything that was appended is where it belongs.',
  simpleResolvers: true,
})
export class IntegrityReport {
  @Field(() => LocalDate, { description: 'First UTC day of append that was looked at.' })
  firstDay!: string;

  @Field(() => LocalDate, { description: 'Last UTC day of append that was looked at, included.' })
  lastDay!: string;

  @Field(() => Boolean, { description: 'True when there are no findings.' })
  isBalanced!: boolean;

  @Field(() => [IntegrityPartition], { description: 'Every partition of every topic.' })
  partitions!: readonly IntegrityPartition[];

  @Field(() => [IntegrityTable], { description: 'Every rollup whose rows add up.' })
  tables!: readonly IntegrityTable[];

  @Field(() => [IntegrityFinding], { description: 'What does not balance; at most 1,000.' })
  findings!: readonly IntegrityFinding[];

  @Field(() => SafeInt, { description: 'How many findings there are.' })
  findingCount!: number;
}
