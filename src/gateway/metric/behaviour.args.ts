import { IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, Int } from 'type-graphql';
import { PageListArgs, QuestionArgs } from './question.args.js';
import { EventSelectorInput } from './question.input.js';

/** Longest page or form id of a question, in UTF-16 units. */
const MAX_TEXT = 2_000;

/** Lists of anything but pages without a series. */
@ArgsType()
export class ListArgs extends QuestionArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Most rows of each list, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** Web vitals. */
@ArgsType()
export class WebVitalsArgs extends QuestionArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Page that the values were measured on; left out: all pages.',
  })
  @IsOptional()
  @MaxLength(MAX_TEXT)
  page?: string | null;
}

/** Click heatmap. */
@ArgsType()
export class HeatmapArgs extends QuestionArgs {
  @Field(() => String, { description: 'The page, as the dimension `page` shows it.' })
  @MaxLength(MAX_TEXT)
  page!: string;

  @Field(() => Int, {
    defaultValue: 100,
    description: 'Columns that the width of the viewport is divided into, 1 to 1,000.',
  })
  columns!: number;

  @Field(() => Int, {
    defaultValue: 16,
    description: 'Height of a row in document pixels, 1 to 10,000.',
  })
  rowPixels!: number;
}

/** Form analytics. */
@ArgsType()
export class FormArgs extends ListArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'The form by its `form_id`, `(none)` for events without one; left out: every form, a session counting once per form.',
  })
  @IsOptional()
  @MaxLength(MAX_TEXT)
  formId?: string | null;
}

/** SEO landing pages. */
@ArgsType()
export class SeoLandingArgs extends PageListArgs {
  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'Adds conversion rates: the events that are conversions.',
  })
  @IsOptional()
  @ValidateNested()
  goal?: EventSelectorInput | null;
}
