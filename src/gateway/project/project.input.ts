import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { SourceCategory as SourceCategoryValue } from '../../channel/source-category.js';
import type { Scope as ScopeValue } from '../../project/project.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime, TimeZone } from '../scalar/text-scalars.js';
import { Scope, SourceCategory } from './project.type.js';

@InputType({ description: 'Sources that are of a kind, whatever the list of the product says.' })
class ChannelRuleInput {
  @Field(() => SourceCategory, { description: 'What kind of place they are; each kind once.' })
  category!: SourceCategoryValue;

  @Field(() => [String], {
    description:
      'Hosts as a whole (`search.intranet.example`), or values of `utm_source`, in lower case; each in one kind.',
  })
  @ArrayMaxSize(1000)
  sources!: string[];
}

/** Settings of a project that can be given and changed. */
@InputType({ description: 'Settings of a project.' })
abstract class ProjectSettingsInput {
  @Field(() => String, { nullable: true, description: 'Name for people.' })
  @IsOptional()
  @MaxLength(200)
  name?: string | null;

  @Field(() => TimeZone, {
    nullable: true,
    description: 'Zone in which days, weeks and months are cut; a new project has UTC.',
  })
  timeZone?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Inactivity after which a session without a client id ends, seconds; a new project has 1800.',
  })
  sessionTimeoutSeconds?: number | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Hosts whose referrals count as internal.',
  })
  @IsOptional()
  @ArrayMaxSize(1000)
  linkedDomains?: string[] | null;

  @Field(() => [ChannelRuleInput], {
    nullable: true,
    description:
      'Sources whose kind the project knows better, 1,000 at most; a list takes the place of the whole one.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(6)
  channelRules?: ChannelRuleInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Origins that may post events from a browser; empty: any.',
  })
  @IsOptional()
  @ArrayMaxSize(1000)
  allowedOrigins?: string[] | null;
}

@InputType({ description: 'A project to make.' })
export class CreateProjectInput extends ProjectSettingsInput {
  @Field(() => ID, {
    description: 'Its identity for ever: 1–64 characters of `a-z 0-9 - _`.',
  })
  @MaxLength(64)
  projectId!: string;
}

@InputType({ description: 'Settings of a project to change; what is left out stays.' })
export class UpdateProjectInput extends ProjectSettingsInput {
  @Field(() => ID, { description: 'The project.' })
  @MaxLength(64)
  projectId!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Change only while this version is in force, else `CONFLICT`.',
  })
  expectedVersion?: number | null;
}

@InputType({ description: 'A key to make.' })
export class CreateKeyInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the key; left out: that of the key used to ask.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => String, { description: 'Name for people.' })
  @MaxLength(200)
  name!: string;

  @Field(() => [Scope], { description: 'What the key may do; at least one.' })
  @ArrayMaxSize(4)
  scopes!: ScopeValue[];

  @Field(() => DateTime, { nullable: true, description: 'When the key ends; left out: never.' })
  expiresAt?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Origins (`https://shop.example`) whose pages alone may ask with the key; left out or empty: anybody who has it.',
  })
  @IsOptional()
  @ArrayMaxSize(1000)
  allowedOrigins?: string[] | null;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Rows that questions of the key may read within the sliding window; left out: as the installation says.',
  })
  budgetRows?: number | null;
}

@InputType({ description: 'A key to replace by another with the same rights.' })
export class RotateKeyInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the key; left out: that of the key used to ask.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, { description: '`keyId` of the key.' })
  @MaxLength(200)
  keyId!: string;

  @Field(() => Int, {
    defaultValue: 86_400,
    description:
      'For how long the old key goes on beside the new one, seconds, up to 30 days; 0: it ends at once.',
  })
  graceSeconds!: number;
}

@InputType({ description: 'A key to revoke.' })
export class RevokeKeyInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the key; left out: that of the key used to ask.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, { description: '`keyId` of the key.' })
  @MaxLength(200)
  keyId!: string;
}
