import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { ChannelRules } from '../../channel/source-category.js';
import { AppError } from '../../errors.js';
import type { IssuedKey, ProjectChanges } from '../../project/project-store.js';
import type { GatewayContext } from '../context.js';
import {
  CreateKeyInput,
  CreateProjectInput,
  RevokeKeyInput,
  RotateKeyInput,
  UpdateProjectInput,
} from './project.input.js';
import {
  CreateKeyPayload,
  CreateProjectPayload,
  RevokeKeyPayload,
  RotateKeyPayload,
  UpdateProjectPayload,
} from './project.payload.js';
import { ApiKey, Project } from './project.type.js';
import { change, keyNode, projectNode } from './project-answer.js';

const PROJECT_ARGUMENT = {
  nullable: true,
  description: 'The project; left out: that of the key.',
} as const;

/** Projects and keys. */
@Resolver()
export class ProjectResolver {
  @Query(() => Project, { description: 'One project with its settings.' })
  async project(
    @Arg('id', () => ID, PROJECT_ARGUMENT) id: string | null,
    @Ctx() { askIn }: GatewayContext,
  ): Promise<Project> {
    return projectNode((await askIn(id)).project);
  }

  @Query(() => [Project], {
    description: 'Every project of this installation, by id; needs a key with scope admin.',
  })
  async projects(@Ctx() { projects, requireScope }: GatewayContext): Promise<Project[]> {
    requireScope('admin');
    return (await projects.projects()).map(projectNode);
  }

  @Query(() => [ApiKey], {
    description: 'The keys of a project, revoked ones too; needs a key with scope admin.',
  })
  async keys(
    @Arg('project', () => ID, PROJECT_ARGUMENT) id: string | null,
    @Ctx() { askIn, projects }: GatewayContext,
  ): Promise<ApiKey[]> {
    const { project } = await askIn(id, 'admin');
    return (await projects.keys(project.id)).map(keyNode);
  }

  @Mutation(() => CreateProjectPayload, {
    description: 'Makes a project; needs a key with scope admin.',
  })
  async createProject(
    @Arg('input', () => CreateProjectInput, { description: 'The project to make.' })
    input: CreateProjectInput,
    @Ctx() { projects, requireScope }: GatewayContext,
  ): Promise<CreateProjectPayload> {
    requireScope('admin');
    const make = async () => {
      const created = { id: input.projectId, ...settingsOf(input) };
      return { project: projectNode(await projects.createProject(created)) };
    };
    return change(make, { project: null });
  }

  @Mutation(() => UpdateProjectPayload, {
    description: 'Changes settings of a project; needs a key with scope admin.',
  })
  async updateProject(
    @Arg('input', () => UpdateProjectInput, { description: 'The settings to change.' })
    input: UpdateProjectInput,
    @Ctx() { projects, requireScope }: GatewayContext,
  ): Promise<UpdateProjectPayload> {
    requireScope('admin');
    const version = input.expectedVersion ?? undefined;
    const make = async () => {
      const { projectId } = input;
      return {
        project: projectNode(await projects.updateProject(projectId, settingsOf(input), version)),
      };
    };
    return change(make, { project: null });
  }

  @Mutation(() => CreateKeyPayload, {
    description: 'Makes a key and shows its secret once; needs a key with scope admin.',
  })
  async createKey(
    @Arg('input', () => CreateKeyInput, { description: 'The key to make.' }) input: CreateKeyInput,
    @Ctx() { projects, requireScope }: GatewayContext,
  ): Promise<CreateKeyPayload> {
    const caller = requireScope('admin');
    const { name, scopes, expiresAt = null, budgetRows = null } = input;
    const projectId = input.projectId ?? caller.projectId;
    const allowedOrigins = input.allowedOrigins ?? [];
    const rules = { name, scopes, expiresAt, allowedOrigins, budgetRows };
    const make = async () => issuedKey(await projects.createKey({ projectId, ...rules }));
    return change(make, { key: null, secret: null });
  }

  @Mutation(() => RotateKeyPayload, {
    description:
      'Makes a key that takes the place of another, which goes on for a while. Needs a key with scope admin.',
  })
  async rotateKey(
    @Arg('input', () => RotateKeyInput, { description: 'The key to replace.' })
    input: RotateKeyInput,
    @Ctx() { projects, requireScope }: GatewayContext,
  ): Promise<RotateKeyPayload> {
    const caller = requireScope('admin');
    const { keyId, graceSeconds } = input;
    const projectId = input.projectId ?? caller.projectId;
    const make = async () => issuedKey(await projects.rotateKey(projectId, keyId, graceSeconds));
    return change(make, { key: null, secret: null });
  }

  @Mutation(() => RevokeKeyPayload, {
    description:
      'Revokes a key: refused at once by this process, within seconds by others. Needs a key with scope admin.',
  })
  async revokeKey(
    @Arg('input', () => RevokeKeyInput, { description: 'The key to revoke.' })
    input: RevokeKeyInput,
    @Ctx() { projects, requireScope }: GatewayContext,
  ): Promise<RevokeKeyPayload> {
    const caller = requireScope('admin');
    const projectId = input.projectId ?? caller.projectId;
    const make = async () => ({
      key: keyNode(await projects.revokeKey(projectId, input.keyId)),
    });
    return change(make, { key: null });
  }
}

function issuedKey({ key, secret }: IssuedKey) {
  return { key: keyNode(key), secret };
}

/** The settings that were given: what is null or left out stays as it is. */
function settingsOf(input: CreateProjectInput | UpdateProjectInput): ProjectChanges {
  const { name, timeZone, sessionTimeoutSeconds, linkedDomains, allowedOrigins } = input;
  const { channelRules } = input;
  return {
    ...(name == null ? {} : { name }),
    ...(timeZone == null ? {} : { timeZone }),
    ...(sessionTimeoutSeconds == null ? {} : { sessionTimeoutSeconds }),
    ...(linkedDomains == null ? {} : { linkedDomains }),
    ...(allowedOrigins == null ? {} : { allowedOrigins }),
    ...(channelRules == null ? {} : { channelRules: rulesOf(channelRules) }),
  };
}

/** @throws AppError `BAD_USER_INPUT` for a category that is given twice. */
function rulesOf(given: NonNullable<CreateProjectInput['channelRules']>): ChannelRules {
  const categories = given.map(({ category }) => category);
  const twice = categories.find((category, index) => categories.indexOf(category) !== index);
  if (twice !== undefined) {
    throw new AppError('BAD_USER_INPUT', `channelRules: expected ${twice} once`, {
      details: { field: 'channelRules' },
    });
  }
  return Object.fromEntries(given.map(({ category, sources }) => [category, sources]));
}
