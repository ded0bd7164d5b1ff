/**
 * Rows as `JSONCompactEachRow`, one line each.
 *
 * Half of a surrogate pair has no UTF-8 form. `JSON.stringify` writes it as an escape, which the
 * engine refuses together with the whole block, so it becomes U+FFFD, as every UTF-8 encoder has it.
 */
export function jsonRows(rows: readonly (readonly unknown[])[]): string {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  if (!text.includes('\\ud')) return text;
  // An even run of backslashes in front is text; only after it does an escape begin.
  return text.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\ufffd');
}
