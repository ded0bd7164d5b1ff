import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from '../context.js';
import { change } from '../project/project-answer.js';
import {
  CreateDefinitionInput,
  DefinitionsArgs,
  DeleteDefinitionInput,
  UpdateDefinitionInput,
} from './definition.input.js';
import { DefinitionPayload } from './definition.payload.js';
import { Definition, DefinitionConnection } from './definition.type.js';
import { definitionConnection, definitionNode } from './definition-answer.js';
import { definitionIdOf } from './definition-references.js';
import { createDefinition, updateDefinition } from './keep-definition.js';

/** Goals, funnels, cohorts, experiments and queries kept under a name. */
@Resolver()
export class DefinitionResolver {
  @Query(() => Definition, {
    nullable: true,
    description: 'A definition of a project by its id; null when there is none.',
  })
  async definition(
    @Arg('id', () => ID, { description: 'Its `definitionId` or `id`.' }) text: string,
    @Arg('project', () => ID, {
      nullable: true,
      description: 'Project of the definition; left out: that of the key.',
    })
    projectId: string | null,
    @Ctx() { askIn, definitions }: GatewayContext,
  ): Promise<Definition | null> {
    const { id } = (await askIn(projectId)).project;
    const found = await definitions.definition(id, definitionIdOf(id, text));
    return found === null ? null : definitionNode(found);
  }

  @Query(() => DefinitionConnection, {
    description: 'The definitions of a project in the order they were made.',
  })
  async definitions(
    @Args(() => DefinitionsArgs) args: DefinitionsArgs,
    @Ctx() { askIn, definitions, limits }: GatewayContext,
  ): Promise<DefinitionConnection> {
    const { id } = (await askIn(args.project)).project;
    return definitionConnection(id, await definitions.definitions(id), args, limits);
  }

  @Mutation(() => DefinitionPayload, {
    description: 'Keeps a goal, funnel, cohort, experiment or query; needs a key with scope admin.',
  })
  async createDefinition(
    @Arg('input', () => CreateDefinitionInput, { description: 'The definition to make.' })
    input: CreateDefinitionInput,
    @Ctx() context: GatewayContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<DefinitionPayload> {
    const asking = await context.askIn(input.projectId, 'admin');
    const make = () => createDefinition(context, asking, schema, input);
    return change(async () => ({ definition: definitionNode(await make()) }), NONE);
  }

  @Mutation(() => DefinitionPayload, {
    description:
      'Changes a definition, and with it every question that names it; needs a key with scope admin.',
  })
  async updateDefinition(
    @Arg('input', () => UpdateDefinitionInput, { description: 'What to change.' })
    input: UpdateDefinitionInput,
    @Ctx() context: GatewayContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<DefinitionPayload> {
    const asking = await context.askIn(input.projectId, 'admin');
    const make = () => updateDefinition(context, asking, schema, input);
    return change(async () => ({ definition: definitionNode(await make()) }), NONE);
  }

  @Mutation(() => DefinitionPayload, {
    description:
      'Deletes a definition; refused with `CONFLICT` while others use it. Needs a key with scope admin.',
  })
  async deleteDefinition(
    @Arg('input', () => DeleteDefinitionInput, { description: 'The definition to delete.' })
    input: DeleteDefinitionInput,
    @Ctx() { askIn, definitions }: GatewayContext,
  ): Promise<DefinitionPayload> {
    const { id: projectId } = (await askIn(input.projectId, 'admin')).project;
    const version = input.expectedVersion ?? undefined;
    const make = async () => {
      const id = definitionIdOf(projectId, input.id);
      return { definition: definitionNode(await definitions.delete(projectId, id, version)) };
    };
    return change(make, NONE);
  }
}

const NONE = { definition: null };
