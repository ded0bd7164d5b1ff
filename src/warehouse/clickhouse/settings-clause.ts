import { AppError } from '../../errors.js';
import type { StatementSettings } from '../statement.js';

/** A text as a ClickHouse string literal, whatever characters it holds. */
export function stringLiteral(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    // The embedded engine takes its statements as C strings, which end at the first NUL.
    .replaceAll('\u0000', '\\0');
  return `'${escaped}'`;
}

/**
 * `SETTINGS a = 1, b = 'x'`, or nothing. Settings travel in the statement's own clause: those given
 * beside it stay on the embedded engine's connection.
 */
export function settingsClause(settings: StatementSettings): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (!/^(SQL_)?[a-z][a-z0-9_]*$/.test(name)) {
      throw new AppError('INTERNAL', `expected the name of a setting, got '${name}'`);
    }
    parts.push(`${name} = ${typeof value === 'number' ? value : stringLiteral(value)}`);
  }
  return parts.length === 0 ? '' : `SETTINGS ${parts.join(', ')}`;
}
