import {
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import {
  DEFINITION_KINDS,
  type Definition,
  type DefinitionContent,
} from '../../definition/definition.js';
import { AppError } from '../../errors.js';
import type { OperationRequest } from '../operation-request.js';
import { CONTENT_FIELD, contentType } from './content-type.js';
import type { GivenContent } from './definition.input.js';
import {
  definitionIdOf,
  type Reference,
  referencesIn,
  replaceReferences,
} from './definition-references.js';
import type { KeptAs } from './resolve-definitions.js';

/** A content as it is kept. */
export type KeptContent = Pick<Definition, 'kind' | 'content'>;

/**
 * The content that an input gives: plain JSON, which names other definitions by their own ids.
 *
 * @returns Null without any. @throws AppError `BAD_USER_INPUT` for several.
 */
export function givenContent(
  schema: GraphQLSchema,
  projectId: string,
  given: GivenContent,
): KeptContent | null {
  const [kind, ...others] = DEFINITION_KINDS.filter((each) => given[CONTENT_FIELD[each]] != null);
  if (kind === undefined) return null;
  const [other] = others;
  if (other !== undefined) {
    const field = CONTENT_FIELD[other];
    throw new AppError('BAD_USER_INPUT', `${field}: expected one content, got several`, {
      details: { field },
    });
  }
  // What was left out is not kept, and neither are the classes that checked it.
  const plain: unknown = JSON.parse(JSON.stringify(given[CONTENT_FIELD[kind]]));
  const content = replaceReferences(contentType(schema, kind), plain, (reference) => ({
    [reference.kind === 'goal' ? 'goal' : 'id']: definitionIdOf(
      projectId,
      reference.id,
      reference.kind,
    ),
  }));
  return { kind, content: content as DefinitionContent };
}

/** Ids of the definitions of the project that a content names; it is known to make sense. */
export function usedIds(
  schema: GraphQLSchema,
  projectId: string,
  { kind, content }: KeptContent,
): readonly string[] {
  const references =
    kind === 'saved_query'
      ? documentReferences(schema, projectId, content as unknown as OperationRequest)
      : referencesIn(contentType(schema, kind), content);
  return [...new Set(references.map((each) => definitionIdOf(projectId, each.id, each.kind)))];
}

/** The definitions of a project that a query names, with its variables. */
function documentReferences(
  schema: GraphQLSchema,
  projectId: string,
  { query, variables, operationName }: OperationRequest,
): readonly Reference[] {
  const document = parse(query);
  const declared = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const { coerced = {} } = getVariableValues(schema, declared, variables ?? {});
  const found: Reference[] = [];
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const field = types.getFieldDef();
        if (field == null) return;
        const args = getArgumentValues(field, node, coerced);
        if (args.project != null && args.project !== projectId) return;
        for (const { name, type } of field.args) found.push(...referencesIn(type, args[name]));
        const { keptAs } = field.extensions as Partial<KeptAs>;
        if (keptAs !== undefined && args.id != null) {
          found.push({ kind: keptAs, id: String(args.id) });
        }
      },
    }),
  );
  return found;
}
