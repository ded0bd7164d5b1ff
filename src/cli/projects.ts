import type { ServerSession } from './server-session.js';

/** Flags of `project create` and `project update`, as typed. */
export interface ProjectFlags {
  readonly name?: string;
  readonly timeZone?: string;
  readonly sessionTimeout?: string;
  readonly linkedDomains?: string;
  readonly allowedOrigins?: string;
}

interface ProjectRow {
  readonly projectId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly sessionTimeoutSeconds: number;
  readonly linkedDomains: readonly string[];
  readonly allowedOrigins: readonly string[];
}

const FIELDS = 'projectId name timeZone sessionTimeoutSeconds linkedDomains allowedOrigins';

interface Payload {
  readonly project: ProjectRow | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

export async function listProjects(session: ServerSession): Promise<void> {
  const { projects } = await session.ask<{ projects: readonly ProjectRow[] }>(
    `query SluiceProjects { projects { ${FIELDS} } }`,
  );
  for (const project of projects) process.stdout.write(`${describe(project)}\n`);
}

export async function createProject(
  session: ServerSession,
  id: string,
  flags: ProjectFlags,
): Promise<void> {
  const { createProject: payload } = await session.ask<{ createProject: Payload }>(
    `mutation SluiceCreateProject($input: CreateProjectInput!) {
       createProject(input: $input) { project { ${FIELDS} } userErrors { code message } }
     }`,
    { input: { projectId: id, ...settingsOf(flags) } },
  );
  report(payload);
}

export async function updateProject(
  session: ServerSession,
  id: string,
  flags: ProjectFlags,
): Promise<void> {
  const { updateProject: payload } = await session.ask<{ updateProject: Payload }>(
    `mutation SluiceUpdateProject($input: UpdateProjectInput!) {
       updateProject(input: $input) { project { ${FIELDS} } userErrors { code message } }
     }`,
    { input: { projectId: id, ...settingsOf(flags) } },
  );
  report(payload);
}

function settingsOf(flags: ProjectFlags): Readonly<Record<string, unknown>> {
  const list = (text: string): readonly string[] => text.split(',').filter((item) => item !== '');
  return {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.timeZone === undefined ? {} : { timeZone: flags.timeZone }),
    ...(flags.sessionTimeout === undefined
      ? {}
      : { sessionTimeoutSeconds: Number(flags.sessionTimeout) }),
    ...(flags.linkedDomains === undefined ? {} : { linkedDomains: list(flags.linkedDomains) }),
    ...(flags.allowedOrigins === undefined ? {} : { allowedOrigins: list(flags.allowedOrigins) }),
  };
}

function report({ project, userErrors }: Payload): void {
  const problem = userErrors[0];
  if (problem !== undefined || project === null) {
    throw new Error(`${problem?.code ?? 'INTERNAL'}: ${problem?.message ?? 'no answer'}`);
  }
  process.stdout.write(`${describe(project)}\n`);
}

function describe(project: ProjectRow): string {
  return [
    project.projectId,
    project.name,
    project.timeZone,
    `session timeout ${project.sessionTimeoutSeconds} s`,
    `linked domains ${project.linkedDomains.join(',') || 'none'}`,
    `allowed origins ${project.allowedOrigins.join(',') || 'any'}`,
  ].join('\t');
}
