import { IsOptional, MaxLength } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { LocalDate } from '../scalar/text-scalars.js';

@InputType({ description: 'Whole UTC days, both inclusive.' })
export class DayRangeInput {
  @Field(() => LocalDate, { nullable: true, description: 'First day; left out: no bound.' })
  from?: string | null;

  @Field(() => LocalDate, { nullable: true, description: 'Last day; left out: no bound.' })
  to?: string | null;
}

@InputType({ description: 'Which tables to verify.' })
export class VerifyTablesInput {
  @Field(() => String, {
    nullable: true,
    description: 'Table, e.g. `gold_event_counts_per_hour`; left out: all that come from silver.',
  })
  @IsOptional()
  @MaxLength(200)
  table?: string | null;

  @Field(() => DayRangeInput, {
    nullable: true,
    description: 'Days of the events; left out: all. Tables without time are verified whole.',
  })
  range?: DayRangeInput | null;
}

@InputType({ description: 'Which table to rebuild.' })
export class RebuildTableInput {
  @Field(() => String, { description: 'Table, e.g. `gold_event_counts_per_hour`.' })
  @MaxLength(200)
  table!: string;

  @Field(() => DayRangeInput, {
    nullable: true,
    description:
      'Days of the events; the months they touch are rebuilt whole. Left out: all. Tables without time are rebuilt whole.',
  })
  range?: DayRangeInput | null;
}
