import type { Parameter } from '../warehouse/statement.js';

/** Engine types in which values are bound. */
export type ParameterType =
  | 'String'
  | 'Int64'
  | 'UInt32'
  | 'Float64'
  | 'Bool'
  | 'Array(String)'
  | 'Array(Int64)';

/** Collects the values of one statement; the SQL text only ever holds their placeholders. */
export interface BoundParameters {
  /**
   * Binds a value and returns its placeholder, e.g. `{p3:String}`. An equal value of the same type
   * gets the same placeholder, so that equal questions have equal SQL.
   */
  bind(type: ParameterType, value: Parameter): string;
  /** Everything bound so far, for `statement()`. */
  values(): Readonly<Record<string, Parameter>>;
}

/** Makes an empty collection of parameters for one statement. */
export function createBoundParameters(): BoundParameters {
  const values: Record<string, Parameter> = {};
  const placeholders = new Map<string, string>();
  return {
    bind(type, value) {
      const key = `${type} ${JSON.stringify(value)}`;
      const known = placeholders.get(key);
      if (known !== undefined) return known;
      const name = `p${placeholders.size}`;
      const placeholder = `{${name}:${type}}`;
      placeholders.set(key, placeholder);
      values[name] = value;
      return placeholder;
    },
    values: () => ({ ...values }),
  };
}
