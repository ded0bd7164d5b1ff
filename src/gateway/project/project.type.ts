import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SourceCategory as SourceCategoryValue } from '../../channel/source-category.js';
import type { Scope as ScopeValue } from '../../project/project.js';
import { Node } from '../connection/node.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime, TimeZone } from '../scalar/text-scalars.js';

/** Scopes, as the API names them. */
export const Scope = {
  WRITE: 'write',
  READ: 'read',
  IMPORTER: 'importer',
  ADMIN: 'admin',
} as const satisfies Record<string, ScopeValue>;

registerEnumType(Scope, {
  name: 'Scope',
  description: 'What a key may do.',
  valuesConfig: {
    WRITE: { description: 'Send events.' },
    READ: { description: 'Ask questions.' },
    IMPORTER: {
      description: 'Send events with their time of receipt and values already enriched.',
    },
    ADMIN: { description: 'All of these, in any project, and change projects and keys.' },
  },
});

/** Kinds of places, as the API names them. */
export const SourceCategory = {
  EMAIL: 'email',
  AI: 'ai',
  SHOPPING: 'shopping',
  VIDEO: 'video',
  SEARCH: 'search',
  SOCIAL: 'social',
} as const satisfies Record<string, SourceCategoryValue>;

registerEnumType(SourceCategory, {
  name: 'SourceCategory',
  description: 'What kind of place a traffic source is; of two that fit the upper one holds.',
  valuesConfig: {
    EMAIL: { description: 'Mail in the browser or in an app.' },
    AI: { description: 'Assistants that answer with links.' },
    SHOPPING: { description: 'Shops and what compares prices.' },
    VIDEO: { description: 'Video sites.' },
    SEARCH: { description: 'Search engines.' },
    SOCIAL: { description: 'Social networks.' },
  },
});

@ObjectType({
  description: 'Sources that are of a kind, whatever the list of the product says.',
  simpleResolvers: true,
})
export class ChannelRule {
  @Field(() => SourceCategory, { description: 'What kind of place they are.' })
  category!: SourceCategoryValue;

  @Field(() => [String], { description: 'Hosts as a whole, or values of `utm_source`.' })
  sources!: readonly string[];
}

@ObjectType({
  implements: Node,
  description: 'One tenant: its events, settings and keys are seen by nobody else.',
  simpleResolvers: true,
})
export class Project extends Node {
  @Field(() => ID, {
    description: 'The text that names the project, e.g. in `project` arguments.',
  })
  projectId!: string;

  @Field(() => String, { description: 'Name for people.' })
  name!: string;

  @Field(() => TimeZone, {
    description: 'Zone in which days, weeks and months are cut unless a question names another.',
  })
  timeZone!: string;

  @Field(() => Int, {
    description: 'Inactivity after which a session without a client id ends, seconds.',
  })
  sessionTimeoutSeconds!: number;

  @Field(() => [String], { description: 'Hosts whose referrals count as internal.' })
  linkedDomains!: string[];

  @Field(() => [ChannelRule], {
    description:
      'Sources whose kind the project knows better; they decide channels of all history.',
  })
  channelRules!: ChannelRule[];

  @Field(() => [String], {
    description:
      'Origins (`https://shop.example`) that may post events from a browser; empty: any.',
  })
  allowedOrigins!: string[];

  @Field(() => Int, {
    description: 'Rises with every change; give it as `expectedVersion` to change what you saw.',
  })
  version!: number;
}

@ObjectType({
  implements: Node,
  description: 'A key as it is listed: never with its secret.',
  simpleResolvers: true,
})
export class ApiKey extends Node {
  @Field(() => ID, { description: 'The text that names the key, e.g. to revoke it.' })
  keyId!: string;

  @Field(() => ID, { description: 'Project the key belongs to.' })
  projectId!: string;

  @Field(() => String, { description: 'Name for people.' })
  name!: string;

  @Field(() => [Scope], { description: 'What the key may do.' })
  scopes!: ScopeValue[];

  @Field(() => String, { description: 'Last four characters of the secret, to recognise it.' })
  hint!: string;

  @Field(() => DateTime, { description: 'When the key was made.' })
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the key ends; null: never.' })
  expiresAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the key was revoked; null: it is in force.',
  })
  revokedAt!: string | null;

  @Field(() => [String], {
    description: 'Origins whose pages alone may ask with the key; empty: anybody who has it.',
  })
  allowedOrigins!: string[];

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Rows that questions of the key may read within the sliding window; null: as the installation says.',
  })
  budgetRows!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the key was used last, to within a minute; null: never.',
  })
  lastUsedAt!: string | null;
}
