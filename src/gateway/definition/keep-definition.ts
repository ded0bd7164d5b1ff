import type { GraphQLSchema } from 'graphql';
import type { Definition } from '../../definition/definition.js';
import { AppError } from '../../errors.js';
import type { GatewayContext } from '../context.js';
import type { Asking } from '../questions.js';
import { checkDefinition } from './check-definition.js';
import { CONTENT_FIELD } from './content-type.js';
import type { CreateDefinitionInput, UpdateDefinitionInput } from './definition.input.js';
import { definitionIdOf, noSuchDefinition } from './definition-references.js';
import { givenContent, usedIds } from './given-content.js';

type Context = Pick<GatewayContext, 'costs' | 'definitions' | 'limits'>;

/**
 * Keeps what an input gives, after it was checked as a question would be.
 *
 * @throws AppError `BAD_USER_INPUT` unless one content is given, and as `checkDefinition` and the
 *   store.
 */
export async function createDefinition(
  context: Context,
  asking: Asking,
  schema: GraphQLSchema,
  input: CreateDefinitionInput,
): Promise<Definition> {
  const { id: projectId } = asking.project;
  const { name, description, definitionId } = input;
  const given = givenContent(schema, projectId, input);
  if (given === null) {
    const fields = Object.values(CONTENT_FIELD).join(', ');
    throw new AppError('BAD_USER_INPUT', `expected one of ${fields}, got none`);
  }
  await checkDefinition(context, asking, schema, { ...given, id: null });
  return context.definitions.create(projectId, {
    ...(definitionId == null ? {} : { id: definitionId }),
    ...{ name, description },
    ...given,
    usedIds: usedIds(schema, projectId, given),
  });
}

/**
 * Changes a definition. A new content is checked together with every definition that uses it.
 *
 * @throws AppError `BAD_USER_INPUT` for a content of another kind, and as `checkDefinition` and the
 *   store.
 */
export async function updateDefinition(
  context: Context,
  asking: Asking,
  schema: GraphQLSchema,
  input: UpdateDefinitionInput,
): Promise<Definition> {
  const { id: projectId } = asking.project;
  const { name, description, expectedVersion } = input;
  const id = definitionIdOf(projectId, input.id);
  const given = givenContent(schema, projectId, input);
  const known = given === null ? null : await context.definitions.definition(projectId, id);
  if (given !== null) {
    if (known === null) throw noSuchDefinition('definition', input.id);
    if (known.kind !== given.kind) {
      const field = CONTENT_FIELD[given.kind];
      throw new AppError('BAD_USER_INPUT', `${field}: '${id}' is a ${known.kind}`, {
        details: { field },
      });
    }
    await checkDefinition(context, asking, schema, { ...given, id });
  }
  const changes = {
    ...(name == null ? {} : { name }),
    ...(description == null ? {} : { description }),
    ...(given === null
      ? {}
      : { content: given.content, usedIds: usedIds(schema, projectId, given) }),
  };
  return context.definitions.update(projectId, id, changes, expectedVersion ?? undefined);
}
