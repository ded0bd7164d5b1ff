import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { Report as ReportRecord } from '../../report/report.js';
import { UserError } from '../project/user-error.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { ReportFormat, ReportKind, ReportState } from './report.enums.js';

@ObjectType({ description: 'A column of a report.', simpleResolvers: true })
export class ReportColumn {
  @Field(() => String, { description: 'As the file names it.' })
  name!: string;

  @Field(() => String, {
    description: 'What it tells: the column of events, the dimension, or the measure.',
  })
  of!: string;
}

@ObjectType({ description: 'Why a report failed.', simpleResolvers: true })
export class ReportError {
  @Field(() => String, { description: 'One of the codes that errors have, e.g. `DISK_FULL`.' })
  code!: string;

  @Field(() => String, { description: 'The same for people.' })
  message!: string;
}

@ObjectType({
  description:
    'A file that is made from a question, however many rows it has. Known to the gateway that took the request, which begins it again if it is stopped meanwhile.',
  simpleResolvers: true,
})
export class Report {
  @Field(() => ID, {
    description: 'Names the report to `report`, `deleteReport` and the paths of REST.',
  })
  id!: string;

  @Field(() => ReportKind, { description: 'What its rows are.' })
  kind!: ReportRecord['kind'];

  @Field(() => ReportFormat, { description: 'How it is written.' })
  format!: ReportRecord['format'];

  @Field(() => ReportState, { description: 'How far it is.' })
  state!: ReportRecord['state'];

  @Field(() => [ReportColumn], { description: 'Columns of the file, in their order.' })
  columns!: readonly ReportColumn[];

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Rows of the file, as counted when it was asked for; null for an exploration.',
  })
  estimatedRows!: number | null;

  @Field(() => SafeInt, { description: 'Rows that the warehouse has read for it so far.' })
  rowsRead!: number;

  @Field(() => Float, { description: 'Rows read ÷ rows to read, 0–1; 1 once it is done.' })
  progress!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Size of the file in bytes; null before it is done.',
  })
  bytes!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Events that became queryable after this moment are not in it; null for an exploration, which is as of when it is made.',
  })
  asOf!: string | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null before.' })
  finishedAt!: string | null;

  @Field(() => DateTime, { description: 'When report and file are removed.' })
  expiresAt!: string;

  @Field(() => ReportError, { nullable: true, description: 'Null unless it failed.' })
  error!: ReportError | null;
}

@ObjectType({
  description: 'What came of `createReport` and `deleteReport`.',
  simpleResolvers: true,
})
export class ReportPayload {
  @Field(() => Report, {
    nullable: true,
    description: 'The report, after its deletion as it was before; null with errors.',
  })
  report!: Report | null;

  @Field(() => [UserError], { description: 'Why nothing was done; empty when it was.' })
  userErrors!: readonly UserError[];
}
