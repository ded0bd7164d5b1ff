import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { TimelineSubject } from '../../metric/metric-query.js';
import { encodeNodeId } from '../connection/node-id.js';
import type { GatewayContext } from '../context.js';
import { isSelected } from '../metric/selection.js';
import { Device, TimelineConnection, User } from './person.type.js';
import { TimelineArgs } from './timeline.args.js';
import { timelineConnection, timelineQuestion } from './timeline.js';

/** A person of a project, before their events are asked for. */
interface PersonOf {
  readonly projectId: string;
}

/** The person with this user id in a project; known or not, only events can tell. */
export function userNode(projectId: string, userId: string) {
  const id = encodeNodeId({ type: 'User', projectId, localId: userId });
  return { nodeType: 'User', projectId, id, userId } as const;
}

/** The device with this anonymous id in a project. */
export function deviceNode(projectId: string, anonymousId: string) {
  const id = encodeNodeId({ type: 'Device', projectId, localId: anonymousId });
  return { nodeType: 'Device', projectId, id, anonymousId } as const;
}

const PROJECT_ARGUMENT = {
  nullable: true,
  description: 'Project of the events; left out: that of the key.',
} as const;

/** People known by a user id. */
@Resolver(() => User)
export class UserResolver {
  @Query(() => User, {
    description: 'A person by user id. One that no event names has an empty timeline.',
  })
  async user(
    @Arg('id', () => ID, { description: 'The `user_id` that events carry.' }) id: string,
    @Arg('project', () => ID, PROJECT_ARGUMENT) project: string | null,
    @Ctx() { askIn }: GatewayContext,
  ): Promise<User> {
    return userNode((await askIn(project)).project.id, id);
  }

  @FieldResolver(() => TimelineConnection, {
    description:
      'Events of the account on any device, and the anonymous events of every device that was first linked to it; newest first.',
  })
  timeline(
    @Root() { projectId, userId }: User & PersonOf,
    @Args(() => TimelineArgs) args: TimelineArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TimelineConnection> {
    return timelineOf({ userId }, projectId, args, context, info);
  }
}

/** Browsers and apps, whoever used them. */
@Resolver(() => Device)
export class DeviceResolver {
  @Query(() => Device, {
    description: 'A device by anonymous id. One that no event names has an empty timeline.',
  })
  async device(
    @Arg('id', () => ID, { description: 'The `anonymous_id` that events carry.' }) id: string,
    @Arg('project', () => ID, PROJECT_ARGUMENT) project: string | null,
    @Ctx() { askIn }: GatewayContext,
  ): Promise<Device> {
    return deviceNode((await askIn(project)).project.id, id);
  }

  @FieldResolver(() => TimelineConnection, {
    description: 'Events of the device, whoever used it; newest first.',
  })
  timeline(
    @Root() { projectId, anonymousId }: Device & PersonOf,
    @Args(() => TimelineArgs) args: TimelineArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TimelineConnection> {
    return timelineOf({ anonymousId }, projectId, args, context, info);
  }
}

async function timelineOf(
  subject: TimelineSubject,
  projectId: string,
  args: TimelineArgs,
  { askIn, limits, origins, questions }: GatewayContext,
  info: GraphQLResolveInfo,
): Promise<TimelineConnection> {
  const asking = await askIn(projectId);
  const withSessions = isSelected(info, 'edges', 'node', 'session');
  const question = timelineQuestion(asking, subject, args, limits);
  const page = await questions.timeline(asking, { ...question, withSessions });

  const connection = timelineConnection(asking, subject, args, page);
  origins.set(connection.meta, { asking });
  return connection;
}
