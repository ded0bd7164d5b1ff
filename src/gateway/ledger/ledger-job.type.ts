import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { LedgerJob as LedgerJobRecord } from '../../ledger/jobs.js';
import { UserError } from '../project/user-error.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { LedgerJobState, LedgerOperation } from './ledger.enums.js';

@ObjectType({
  description: 'A key that differs from what its source gives.',
  simpleResolvers: true,
})
export class TableDifference {
  @Field(() => String, { description: 'The columns of the key as a tuple.' })
  key!: string;

  @Field(() => String, {
    description: 'What the source gives: merged values as a tuple, or a number of rows.',
  })
  expected!: string;

  @Field(() => String, { description: 'What the table has.' })
  found!: string;
}

@ObjectType({ description: 'What a verification found in one table.', simpleResolvers: true })
export class VerifiedTable {
  @Field(() => String, { description: 'Name of the table.' })
  table!: string;

  @Field(() => SafeInt, { description: 'Keys that differ; 0: the table equals its source.' })
  differenceCount!: number;

  @Field(() => [TableDifference], { description: 'The first of them, at most 20.' })
  differences!: readonly TableDifference[];
}

@ObjectType({
  description:
    'Work on tables that outlasts a request. Known to the process that runs it alone, until it ends.',
  simpleResolvers: true,
})
export class LedgerJob {
  @Field(() => ID, { description: 'Names the job to `ledgerJob`.' })
  id!: string;

  @Field(() => LedgerOperation, { description: 'What it does.' })
  operation!: LedgerJobRecord['operation'];

  @Field(() => LedgerJobState, { description: 'How far it is.' })
  state!: LedgerJobRecord['state'];

  @Field(() => String, { description: 'What is being done now, in words.' })
  progress!: string;

  @Field(() => String, { nullable: true, description: 'Why it failed; null unless it did.' })
  error!: string | null;

  @Field(() => [VerifiedTable], { description: 'Tables that were verified so far.' })
  verifiedTables!: readonly VerifiedTable[];

  @Field(() => [String], {
    description: 'Partitions that were rebuilt, once all are: months (`202601`), or `all`.',
  })
  rebuiltPartitions!: readonly string[];

  @Field(() => Float, {
    nullable: true,
    description: 'Longest time that a rebuild held writes, ms; null before its end.',
  })
  longestHoldMs!: number | null;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null: it is running.' })
  endedAt!: string | null;
}

/** Differences that a job shows of one table. */
const MOST_SHOWN = 20;

/** A job as the API shows it. */
export function ledgerJobNode({ verified, rebuilt, ...job }: LedgerJobRecord): LedgerJob {
  return {
    ...job,
    verifiedTables: verified.map(({ table, differenceCount, differences }) => ({
      table,
      differenceCount,
      differences: differences.slice(0, MOST_SHOWN),
    })),
    rebuiltPartitions: rebuilt?.partitions ?? [],
    longestHoldMs: rebuilt?.longestHoldMs ?? null,
  };
}

@ObjectType({
  description: 'What came of `verifyTables` and `rebuildTable`.',
  simpleResolvers: true,
})
export class LedgerJobPayload {
  @Field(() => LedgerJob, { nullable: true, description: 'The job; null with errors.' })
  job!: LedgerJob | null;

  @Field(() => [UserError], { description: 'Why nothing was started; empty after a start.' })
  userErrors!: readonly UserError[];
}
