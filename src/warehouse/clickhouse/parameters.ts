import { AppError } from '../../errors.js';
import type { Parameter, Statement } from '../statement.js';
import { stringLiteral } from './settings-clause.js';

/**
 * Refuses a statement with a placeholder that has no value. A server refuses it by itself; a
 * connection of the embedded engine would take the value that an earlier statement gave under that
 * name, which may belong to another project.
 *
 * @throws AppError `INTERNAL` naming the statement and the placeholders.
 */
export function requireParameters({ name, sql, params }: Statement<unknown>): void {
  const missing = new Set<string>();
  for (const [, placeholder = ''] of sql.matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g)) {
    if (!Object.hasOwn(params, placeholder)) missing.add(placeholder);
  }
  if (missing.size === 0) return;
  throw new AppError(
    'INTERNAL',
    `statement '${name}' lacks a value for ${[...missing].map((key) => `{${key}}`).join(', ')}`,
  );
}

/**
 * `SET param_a = '…', param_b = '…'; ` to put before a statement, or nothing.
 *
 * The embedded engine's own way of binding passes all statements of the process through one queue:
 * parameterised statements would never run side by side. Parameters set on a connection are that
 * connection's alone, and every statement sets all of its own ({@link requireParameters}).
 */
export function parameterPreamble(params: Readonly<Record<string, Parameter>>): string {
  const assignments = Object.entries(params).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new AppError('INTERNAL', `expected the name of a parameter, got '${name}'`);
    }
    return `param_${name} = ${stringLiteral(parameterText(value))}`;
  });
  return assignments.length === 0 ? '' : `SET ${assignments.join(', ')}; `;
}

/**
 * A value as ClickHouse reads parameters: tab-separated text, in which arrays and maps hold quoted
 * literals (https://clickhouse.com/docs/interfaces/http, "queries with parameters").
 */
export function parameterText(value: Parameter): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return nestedText(value);
}

function nestedText(value: Parameter): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${escaped(value)}'`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (isList(value)) return `[${value.map(nestedText).join(',')}]`;
  const entries = Object.entries(value).map(
    ([key, inner]) => `'${escaped(key)}':${nestedText(inner)}`,
  );
  return `{${entries.join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? '+inf' : '-inf';
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\u0000', '\\0');
}

function isList(value: Parameter): value is readonly Parameter[] {
  return Array.isArray(value);
}
