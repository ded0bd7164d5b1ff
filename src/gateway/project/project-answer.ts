import { CATEGORIES } from '../../channel/source-category.js';
import { AppError, type ErrorCode } from '../../errors.js';
import type { ApiKey as ApiKeyRecord, Project as ProjectRecord } from '../../project/project.js';
import { encodeNodeId } from '../connection/node-id.js';
import type { ApiKey, Project } from './project.type.js';
import type { UserError } from './user-error.type.js';

/** Names the type of a node to the `Node` interface. */
export interface Typed<Name extends string> {
  readonly nodeType: Name;
}

export function projectNode(project: ProjectRecord): Project & Typed<'Project'> {
  return {
    ...project,
    projectId: project.id,
    linkedDomains: [...project.linkedDomains],
    channelRules: CATEGORIES.flatMap((category) => {
      const sources = project.channelRules[category] ?? [];
      return sources.length === 0 ? [] : [{ category, sources }];
    }),
    allowedOrigins: [...project.allowedOrigins],
    nodeType: 'Project',
  };
}

export function keyNode(key: ApiKeyRecord): ApiKey & Typed<'ApiKey'> {
  const { id: keyId, projectId } = key;
  return {
    ...key,
    id: encodeNodeId({ type: 'ApiKey', projectId, localId: keyId }),
    keyId,
    scopes: [...key.scopes],
    allowedOrigins: [...key.allowedOrigins],
    nodeType: 'ApiKey',
  };
}

/** Refusals that the caller can mend by other input; anything else fails the operation. */
const EXPECTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'INVALID_TIME_ZONE',
  'CONFLICT',
  'NOT_FOUND',
  'INVALID_RANGE',
  'INVALID_DIMENSION',
  'INVALID_FUNNEL',
  'INVALID_EXCLUSION',
]);

/** Runs a change. @returns What it made, or null with the reasons. */
export async function change<Made extends object, None extends object>(
  act: () => Promise<Made>,
  none: None,
): Promise<(Made | None) & { readonly userErrors: readonly UserError[] }> {
  try {
    return { ...(await act()), userErrors: [] };
  } catch (error) {
    if (!(error instanceof AppError) || !EXPECTED.has(error.code)) throw error;
    const { field } = error.details;
    const path = typeof field === 'string' ? ['input', ...field.split('.')] : ['input'];
    return { ...none, userErrors: [{ code: error.code, message: error.message, path }] };
  }
}
