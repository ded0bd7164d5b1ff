/**
 * Types of the cells of a typed block, and what a cell of each is given as:
 *
 * - `String` and `LowCardinality(String)`: text; half of a surrogate pair is stored as U+FFFD.
 * - `Map(LowCardinality(String), String)`: an object of texts; own enumerable keys, in their order.
 * - `Bool`: a boolean.
 * - `UInt32`, `UInt64`: a whole number from 0; 64 bits also as `bigint` or decimal text.
 * - `DateTime64(3, 'UTC')`: whole ms since 1970 UTC.
 * - `Nullable(DateTime64(3, 'UTC'))`: the same, or null.
 * - `Nullable(Decimal(18, 4))`: canonical decimal text as of `src/event/money.ts`, or null.
 */
export type CellType =
  | 'String'
  | 'LowCardinality(String)'
  | 'Map(LowCardinality(String), String)'
  | 'Bool'
  | 'UInt32'
  | 'UInt64'
  | "DateTime64(3, 'UTC')"
  | "Nullable(DateTime64(3, 'UTC'))"
  | 'Nullable(Decimal(18, 4))';
