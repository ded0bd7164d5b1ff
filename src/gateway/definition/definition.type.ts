import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { DefinitionKind as DefinitionKindValue } from '../../definition/definition.js';
import { Node } from '../connection/node.type.js';
import { PageInfo } from '../connection/page-info.type.js';
import { DateTime } from '../scalar/text-scalars.js';
import { DefinitionKind } from './definition.enums.js';
import {
  Cohort,
  EventSelector,
  KeptExperiment,
  KeptFunnel,
  SavedQuery,
} from './definition-content.type.js';

@ObjectType({
  implements: Node,
  description:
    'A goal, funnel, cohort, experiment or query kept under a name, to be asked for by its id. The field of its kind is not null.',
  simpleResolvers: true,
})
export class Definition extends Node {
  @Field(() => ID, { description: 'The text that names it in its project, e.g. in `funnel(id:)`.' })
  definitionId!: string;

  @Field(() => ID, { description: 'Project it belongs to.' })
  projectId!: string;

  @Field(() => DefinitionKind, { description: 'What is kept.' })
  kind!: DefinitionKindValue;

  @Field(() => String, { description: 'Name for people.' })
  name!: string;

  @Field(() => String, { description: 'Text for people; may be empty.' })
  description!: string;

  @Field(() => Int, {
    description: 'Rises with every change; give it as `expectedVersion` to change what you saw.',
  })
  version!: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: string;

  @Field(() => DateTime, { description: 'When it was changed last.' })
  updatedAt!: string;

  @Field(() => [ID], { description: 'Definitions that it names: their `definitionId`.' })
  uses!: readonly string[];

  @Field(() => EventSelector, { nullable: true, description: 'The goal; null for other kinds.' })
  goal!: EventSelector | null;

  @Field(() => KeptFunnel, { nullable: true, description: 'The funnel; null for other kinds.' })
  funnel!: KeptFunnel | null;

  @Field(() => Cohort, { nullable: true, description: 'The cohort; null for other kinds.' })
  cohort!: Cohort | null;

  @Field(() => KeptExperiment, {
    nullable: true,
    description: 'The experiment; null for other kinds.',
  })
  experiment!: KeptExperiment | null;

  @Field(() => SavedQuery, { nullable: true, description: 'The query; null for other kinds.' })
  savedQuery!: SavedQuery | null;
}

@ObjectType({ description: 'A definition in its list.', simpleResolvers: true })
export class DefinitionEdge {
  @Field(() => String, { description: 'Where it stands in the list.' })
  cursor!: string;

  @Field(() => Definition, { description: 'The definition.' })
  node!: Definition;
}

@ObjectType({
  description: 'Definitions of a project in the order they were made.',
  simpleResolvers: true,
})
export class DefinitionConnection {
  @Field(() => [DefinitionEdge], { description: 'The page, oldest first.' })
  edges!: readonly DefinitionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many the whole list has.' })
  totalCount!: number;
}
