import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  description: 'Why a mutation changed nothing, in terms of its input.',
  simpleResolvers: true,
})
export class UserError {
  @Field(() => String, {
    description: '`BAD_USER_INPUT`, `INVALID_TIME_ZONE`, `CONFLICT` or `NOT_FOUND`.',
  })
  code!: string;

  @Field(() => String, { description: 'What was expected and what came.' })
  message!: string;

  @Field(() => [String], { description: 'Field of the input it is about; empty: the whole.' })
  path!: string[];
}
