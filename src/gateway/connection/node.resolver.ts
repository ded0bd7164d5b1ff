import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from '../context.js';
import { letterNode, letterScope } from '../dead-letter/dead-letter-answer.js';
import { definitionNode } from '../definition/definition-answer.js';
import { deviceNode, userNode } from '../person/person.resolver.js';
import { keyNode, projectNode } from '../project/project-answer.js';
import { Node } from './node.type.js';
import { decodeNodeId } from './node-id.js';

/** Fetches anything again by its id, with the rights its own field asks for. */
@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'What has this id; null when it is no more. Another project needs scope admin.',
  })
  async node(
    @Arg('id', () => ID, { description: '`id` of a node.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Node | null> {
    const { askIn, definitions, projects } = context;
    const key = decodeNodeId(id);
    if (key.type === 'DeadLetter') {
      const isUnowned = key.projectId === '';
      const scope = await letterScope(context, { project: key.projectId, isUnowned });
      const letter = await context.deadLetters.show(scope, key.localId);
      return letter === null ? null : letterNode(letter);
    }
    const { project } = await askIn(key.projectId, key.type === 'ApiKey' ? 'admin' : 'read');
    switch (key.type) {
      case 'Project':
        return projectNode(project);
      case 'User':
        return userNode(project.id, key.localId);
      case 'Device':
        return deviceNode(project.id, key.localId);
      case 'Definition': {
        const found = await definitions.definition(project.id, key.localId);
        return found === null ? null : definitionNode(found);
      }
      case 'ApiKey': {
        const found = (await projects.keys(project.id)).find(({ id }) => id === key.localId);
        return found === undefined ? null : keyNode(found);
      }
    }
  }
}
