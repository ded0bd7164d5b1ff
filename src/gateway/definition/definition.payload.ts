import { Field, ObjectType } from 'type-graphql';
import { UserError } from '../project/user-error.type.js';
import { Definition } from './definition.type.js';

@ObjectType({ description: 'What came of a change of a definition.', simpleResolvers: true })
export class DefinitionPayload {
  @Field(() => Definition, {
    nullable: true,
    description: 'The definition as it is now, or was when it was deleted; null with errors.',
  })
  definition!: Definition | null;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty after a change.' })
  userErrors!: readonly UserError[];
}
