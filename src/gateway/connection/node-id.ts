import { AppError } from '../../errors.js';

/** What a node id stands for. */
export type NodeKey =
  | { readonly type: 'Project'; readonly projectId: string }
  | { readonly type: 'ApiKey'; readonly projectId: string; readonly keyId: string }
  | { readonly type: 'User'; readonly projectId: string; readonly userId: string };

/**
 * Ids of nodes. A project is known by its own id, which cannot hold a dot; what belongs to a
 * project is `type.payload`, so the two never meet.
 */
export function encodeNodeId(key: NodeKey): string {
  if (key.type === 'Project') return key.projectId;
  const local = key.type === 'ApiKey' ? key.keyId : key.userId;
  const payload = Buffer.from(JSON.stringify([key.projectId, local])).toString('base64url');
  return `${key.type === 'ApiKey' ? 'key' : 'user'}.${payload}`;
}

/** Reads an id made by {@link encodeNodeId}. @throws AppError `BAD_USER_INPUT` when it is none. */
export function decodeNodeId(id: string): NodeKey {
  const dot = id.indexOf('.');
  if (dot < 0) {
    if (/^[a-z0-9_-]{1,64}$/.test(id)) return { type: 'Project', projectId: id };
    throw notAnId();
  }
  const parts = payloadOf(id.slice(dot + 1));
  const [projectId, local] = parts;
  if (projectId === undefined || local === undefined) throw notAnId();
  if (id.startsWith('key.')) return { type: 'ApiKey', projectId, keyId: local };
  if (id.startsWith('user.')) return { type: 'User', projectId, userId: local };
  throw notAnId();
}

function payloadOf(text: string): readonly string[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(content) && content.every((part) => typeof part === 'string')) {
      return content as string[];
    }
  } catch (cause) {
    throw notAnId(cause);
  }
  throw notAnId();
}

function notAnId(cause?: unknown): AppError {
  return new AppError('BAD_USER_INPUT', 'id: expected the `id` of a node of this API', {
    cause,
    details: { field: 'id' },
  });
}
