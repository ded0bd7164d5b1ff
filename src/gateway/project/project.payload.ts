import { Field, ObjectType } from 'type-graphql';
import { ApiKey, Project } from './project.type.js';
import { UserError } from './user-error.type.js';

/** What every mutation answers with. */
@ObjectType({ description: 'What every mutation answers with.', simpleResolvers: true })
abstract class Payload {
  @Field(() => [UserError], { description: 'Why nothing was changed; empty after a change.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: 'What came of `createProject`.', simpleResolvers: true })
export class CreateProjectPayload extends Payload {
  @Field(() => Project, { nullable: true, description: 'The new project; null with errors.' })
  project!: Project | null;
}

@ObjectType({ description: 'What came of `updateProject`.', simpleResolvers: true })
export class UpdateProjectPayload extends Payload {
  @Field(() => Project, { nullable: true, description: 'The changed project; null with errors.' })
  project!: Project | null;
}

@ObjectType({ description: 'What came of `createKey`.', simpleResolvers: true })
export class CreateKeyPayload extends Payload {
  @Field(() => ApiKey, { nullable: true, description: 'The new key; null with errors.' })
  key!: ApiKey | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its secret, shown this once: only a hash of it is kept. Null with errors.',
  })
  secret!: string | null;
}

@ObjectType({ description: 'What came of `rotateKey`.', simpleResolvers: true })
export class RotateKeyPayload extends Payload {
  @Field(() => ApiKey, {
    nullable: true,
    description: 'The new key, with name and rights of the old one; null with errors.',
  })
  key!: ApiKey | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its secret, shown this once: only a hash of it is kept. Null with errors.',
  })
  secret!: string | null;
}

@ObjectType({ description: 'What came of `revokeKey`.', simpleResolvers: true })
export class RevokeKeyPayload extends Payload {
  @Field(() => ApiKey, { nullable: true, description: 'The revoked key; null with errors.' })
  key!: ApiKey | null;
}
