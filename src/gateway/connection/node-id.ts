import { AppError } from '../../errors.js';

/** What a node id stands for: a project, or something of a project by its own id. */
export type NodeKey =
  | { readonly type: 'Project'; readonly projectId: string }
  | {
      readonly type: 'ApiKey' | 'User' | 'Device' | 'DeadLetter' | 'Definition';
      readonly projectId: string;
      readonly localId: string;
    };

const PREFIXES = {
  key: 'ApiKey',
  user: 'User',
  device: 'Device',
  letter: 'DeadLetter',
  definition: 'Definition',
} as const;

/** Most characters of an argument that names a definition, by its own id or that of its node. */
export const MAX_DEFINITION_ID = 300;

/**
 * Ids of nodes. A project is known by its own id, which cannot hold a dot; what belongs to a
 * project is `prefix.payload`, so the two never meet.
 */
export function encodeNodeId(key: NodeKey): string {
  if (key.type === 'Project') return key.projectId;
  const prefix = Object.entries(PREFIXES).find(([, type]) => type === key.type)?.[0] ?? '';
  const payload = JSON.stringify([key.projectId, key.localId]);
  return `${prefix}.${Buffer.from(payload).toString('base64url')}`;
}

/** Reads an id made by {@link encodeNodeId}. @throws AppError `BAD_USER_INPUT` when it is none. */
export function decodeNodeId(id: string): NodeKey {
  const [prefix = '', payload, ...rest] = id.split('.');
  if (payload === undefined) {
    if (/^[a-z0-9_-]{1,64}$/.test(id)) return { type: 'Project', projectId: id };
    throw notAnId();
  }
  const type = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix as keyof typeof PREFIXES] : null;
  const [projectId, localId] = payloadOf(payload);
  if (type === null || rest.length > 0 || projectId === undefined || localId === undefined) {
    throw notAnId();
  }
  return { type, projectId, localId };
}

function payloadOf(text: string): readonly string[] {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (cause) {
    throw notAnId(cause);
  }
  if (Array.isArray(content) && content.every((part) => typeof part === 'string')) {
    return content as string[];
  }
  throw notAnId();
}

function notAnId(cause?: unknown): AppError {
  return new AppError('BAD_USER_INPUT', 'id: expected the `id` of a node of this API', {
    cause,
    details: { field: 'id' },
  });
}
