import type { GraphQLResolveInfo } from 'graphql';
import type { Comparison } from '../../metric/compared-range.js';
import type { Asking } from '../questions.js';

/** Where an answer of an operation came from, so that its fields can ask further. */
export interface AnswerOrigin {
  readonly asking: Asking;
  /** Asks the same of an earlier time; `info` names the fields that are wanted. */
  again?(comparison: Comparison, info: GraphQLResolveInfo): unknown;
}

/** Origins of the answers of one operation, by the answer and by its `meta`. */
export type AnswerOrigins = WeakMap<object, AnswerOrigin>;
