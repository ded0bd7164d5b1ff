import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { type ExploreQuestion, MAX_DIMENSIONS, MAX_MEASURES } from '../../explore/explore-query.js';
import type { Grain as GrainValue } from '../../metric/metric-query.js';
import type { EventColumn as EventColumnName } from '../../report/event-columns.js';
import type { ReportFormat as ReportFormatValue } from '../../report/report-format.js';
import { CohortInput } from '../cohort/cohort.input.js';
import { ExploreMeasureInput, ExploreOrderInput } from '../explore/explore.args.js';
import { ExploreOver } from '../explore/explore.enums.js';
import { Grain } from '../metric/metric.enums.js';
import { ConditionInput, EventSelectorInput, TimeRangeInput } from '../metric/question.input.js';
import { TimeZone } from '../scalar/text-scalars.js';
import { EventColumn, ReportFormat } from './report.enums.js';

/** Longest id of a report. */
const MAX_REPORT_ID = 100;

@InputType({ description: 'The events of a report, one row each.' })
export class EventsReportInput {
  @Field(() => TimeRangeInput, { description: 'When the events occurred.' })
  @ValidateNested()
  range!: TimeRangeInput;

  @Field(() => TimeZone, {
    nullable: true,
    description: 'Zone in which dates are read; left out: the zone of the project.',
  })
  timeZone?: string | null;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events that are meant; left out: every event.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;

  @Field(() => [ConditionInput], { defaultValue: [], description: 'All hold of each event.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => CohortInput, {
    nullable: true,
    description: 'Only events of people of this cohort; left out: of everybody.',
  })
  @IsOptional()
  @ValidateNested()
  cohort?: CohortInput | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether events of bots are there too.',
  })
  includeBots!: boolean;

  @Field(() => [EventColumn], {
    nullable: true,
    description: 'Columns in the order of the file, each once; left out: all of them.',
  })
  columns?: EventColumnName[] | null;
}

@InputType({
  description:
    'An exploration with all of its rows: a column for each dimension, then for each measure. A dimension that is no name of the catalogue is called `dimension_N`, a measure that is asked twice `measure_N`, counted from 1.',
})
export class ExplorationReportInput {
  @Field(() => TimeRangeInput, { description: 'The time it is about.' })
  @ValidateNested()
  range!: TimeRangeInput;

  @Field(() => TimeZone, {
    nullable: true,
    description:
      'Zone in which days, weeks and months are cut and dates are read; left out: the zone of the project.',
  })
  timeZone?: string | null;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events that count, or that sessions hold; left out: every event.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;

  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'All hold, of the event or of the entry event of the session.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => CohortInput, {
    nullable: true,
    description: 'Only people of this cohort; left out: everybody.',
  })
  @IsOptional()
  @ValidateNested()
  cohort?: CohortInput | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether events of bots count too.' })
  includeBots!: boolean;

  @Field(() => ExploreOver, {
    defaultValue: ExploreOver.EVENTS,
    description: 'What is explored. Of sessions, `event` keeps those that hold such an event.',
  })
  over!: ExploreQuestion['over'];

  @Field(() => [ExploreMeasureInput], {
    description: `Numbers of every row, 1 to ${MAX_MEASURES}, each once.`,
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  measures!: ExploreMeasureInput[];

  @Field(() => [String], {
    defaultValue: [],
    description: `One row per combination of values that occurs. Up to ${MAX_DIMENSIONS}, each once; of sessions those of the entry event.`,
  })
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  dimensions!: string[];

  @Field(() => Grain, {
    nullable: true,
    description:
      'Adds the column `bucket_start`: one row for each bucket of this width that has anything.',
  })
  grain?: GrainValue | null;

  @Field(() => ExploreOrderInput, {
    nullable: true,
    description: 'Left out: by the first measure, largest first.',
  })
  @IsOptional()
  @ValidateNested()
  orderBy?: ExploreOrderInput | null;
}

@InputType({
  description: 'A report to make; exactly one of `events` and `exploration` is given.',
})
export class CreateReportInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'Project of the report; left out: that of the key. Another than that needs a key with scope admin.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ReportFormat, { description: 'How it is written.' })
  format!: ReportFormatValue;

  @Field(() => EventsReportInput, {
    nullable: true,
    description: 'Single events, as they are stored when this is asked.',
  })
  @IsOptional()
  @ValidateNested()
  events?: EventsReportInput | null;

  @Field(() => ExplorationReportInput, {
    nullable: true,
    description: 'Numbers by dimensions, computed when the turn of the report comes.',
  })
  @IsOptional()
  @ValidateNested()
  exploration?: ExplorationReportInput | null;
}

@InputType({ description: 'Which report to delete.' })
export class DeleteReportInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the report; left out: that of the key.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, { description: 'The report: its `id`.' })
  @MaxLength(MAX_REPORT_ID)
  id!: string;
}
