import { IsOptional, MaxLength } from 'class-validator';
import { ArgsType, Field } from 'type-graphql';
import { MAX_DOCUMENT_LENGTH } from '../limits.js';
import { JsonObject } from '../scalar/json.js';

@ArgsType()
export class CostArgs {
  @Field(() => String, { description: 'The text of a query, as it would be sent.' })
  @MaxLength(MAX_DOCUMENT_LENGTH)
  query!: string;

  @Field(() => JsonObject, { nullable: true, description: 'Its variables.' })
  @IsOptional()
  variables?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'Which operation is meant, where the text has several.',
  })
  @IsOptional()
  @MaxLength(200)
  operationName?: string | null;
}
