import { IsOptional, MaxLength, Min } from 'class-validator';
import { ArgsType, Field, Int } from 'type-graphql';

/** The arguments of a connection that is read forwards. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Most entries of the page, 1 up to the page limit of the installation; left out: 50.',
  })
  @IsOptional()
  @Min(1)
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '`endCursor` of the page before; left out: from the start of the list.',
  })
  @IsOptional()
  @MaxLength(2000)
  after?: string | null;
}
