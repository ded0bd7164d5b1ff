import { AppError } from '../errors.js';
import type { DefinitionChanges, NewDefinition } from './definition-store.js';

const DEFINITION_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const MAX_NAME = 200;
export const MAX_DESCRIPTION = 2_000;
/** Most characters of a content as JSON. */
const MAX_CONTENT = 200_000;

/**
 * Checks what every definition has, whatever its kind.
 *
 * @throws AppError `BAD_USER_INPUT` with `details.field` and what was expected.
 */
export function checkDefinitionInput(input: NewDefinition | DefinitionChanges): void {
  const { name, description, content } = input;
  if ('id' in input && input.id !== undefined && !DEFINITION_ID.test(input.id)) {
    const expected = '1 to 64 of a-z, 0-9, - and _, starting with a letter or digit';
    throw invalid('definitionId', expected, `'${input.id.slice(0, 80)}'`);
  }
  if (name !== undefined && (name.trim() === '' || name.length > MAX_NAME)) {
    throw invalid('name', `1 to ${MAX_NAME} characters`, `${name.length} or blanks alone`);
  }
  if (description !== undefined && description.length > MAX_DESCRIPTION) {
    throw invalid('description', `at most ${MAX_DESCRIPTION} characters`, `${description.length}`);
  }
  if (content === undefined) return;
  const size = JSON.stringify(content).length;
  if (size > MAX_CONTENT) {
    throw invalid('content', `at most ${MAX_CONTENT} characters of JSON`, `${size}`);
  }
}

function invalid(field: string, expected: string, got: string): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: expected ${expected}, got ${got}`, {
    details: { field, expected },
  });
}
