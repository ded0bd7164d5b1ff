import { MaxLength, Min } from 'class-validator';
import { ArgsType, Field, Int } from 'type-graphql';

/** The arguments of a connection that is read forwards. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: 50,
    description: 'Most entries of the page, 1 up to the page limit of the installation.',
  })
  @Min(1)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: '`endCursor` of the page before; left out: from the start of the list.',
  })
  @MaxLength(2000)
  after?: string | null;
}
