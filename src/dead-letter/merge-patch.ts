import { AppError } from '../errors.js';

/** Deepest a patch may be nested; far more than an event may. */
const MAX_DEPTH = 100;

/**
 * Applies a JSON merge patch (RFC 7386): members of the patch replace those of the target, null
 * removes, objects are merged, anything else (lists too) replaces as a whole. A target that is no
 * object counts as an empty one, so a patch may also be a whole event for input that is none.
 * Neither argument is changed.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map keeps a member called __proto__ a member.
  const merged = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** @throws AppError `BAD_USER_INPUT` for a patch nested so deep that applying it is no safe work. */
export function checkPatchDepth(patch: unknown): void {
  if (isWithin(patch, MAX_DEPTH)) return;
  throw new AppError('BAD_USER_INPUT', `patch: expected at most ${MAX_DEPTH} levels, got more`, {
    details: { field: 'patch' },
  });
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
