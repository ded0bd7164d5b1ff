import type { BoundParameters } from './bound-parameters.js';

/**
 * Condition on events that were queryable at a moment: what a list shows on its first page and must
 * show again on the next, whatever has come in meanwhile.
 *
 * @param asOfMs ms since 1970 UTC.
 */
export function queryableUntil(parameters: BoundParameters, asOfMs: number): string {
  return `queryable_at <= fromUnixTimestamp64Milli(${parameters.bind('Int64', asOfMs)}, 'UTC')`;
}
