/** Whether a page of this origin is on a list; an empty list names any. */
export function isListedOrigin(list: readonly string[], origin: string): boolean {
  if (list.length === 0) return true;
  const asked = normal(origin);
  return list.some((listed) => normal(listed) === asked);
}

/** Scheme and host are compared without case, and a slash at the end is forgiven. */
function normal(origin: string): string {
  return origin.toLowerCase().replace(/\/$/, '');
}
