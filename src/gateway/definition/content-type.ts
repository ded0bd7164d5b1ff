import { type GraphQLInputType, type GraphQLSchema, isInputObjectType } from 'graphql';
import type { DefinitionKind } from '../../definition/definition.js';
import { AppError } from '../../errors.js';
import type { GivenContent } from './definition.input.js';

/** The field of inputs and answers that holds the content of a kind. */
export const CONTENT_FIELD = {
  goal: 'goal',
  funnel: 'funnel',
  cohort: 'cohort',
  experiment: 'experiment',
  saved_query: 'savedQuery',
} as const satisfies Record<DefinitionKind, keyof GivenContent>;

/** The input type in whose shape contents of a kind are given and kept. */
export function contentType(schema: GraphQLSchema, kind: DefinitionKind): GraphQLInputType {
  const input = schema.getType('CreateDefinitionInput');
  const field = isInputObjectType(input) ? input.getFields()[CONTENT_FIELD[kind]] : undefined;
  if (field === undefined) throw new AppError('INTERNAL', `no input holds a ${kind}`);
  return field.type;
}
