import { WRITINGS } from '../../report/report-format.js';
import { type JsonSchema, namedSchemas } from './json-schema.js';
import type { ReadEndpoint, Variable } from './rest-endpoint.js';

/** Where the paths of the description begin. */
export const REST_ROOT = '/api/v1';

/** The variable that requests of GET give as two parameters. */
export const RANGE = 'range';

const RANGE_PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  from: {
    type: 'string',
    description:
      'First local date (`YYYY-MM-DD`) or first instant (ISO 8601). Left out together with `to`: the last 30 local days.',
  },
  to: {
    type: 'string',
    description: 'Last local date, included, or the first instant after the range.',
  },
};

const ERROR: JsonSchema = {
  type: 'object',
  description: 'Why there is no answer.',
  properties: {
    code: { type: 'string', description: 'What is wrong, one of a closed set, e.g. `NOT_FOUND`.' },
    message: { type: 'string', description: 'The same for people: what was expected, what came.' },
    field: { type: ['string', 'null'], description: 'The part of the request; null: all of it.' },
  },
  required: ['code', 'message', 'field'],
};

/** The parameters that a request without a body may give, by name. */
export function queryParameters(endpoint: ReadEndpoint): Readonly<Record<string, JsonSchema>> {
  const given = ownVariables(endpoint).flatMap(({ name, schema }) =>
    name === RANGE ? Object.entries(RANGE_PARAMETERS) : [[name, schema] as const],
  );
  return Object.fromEntries(given);
}

/** The variables that no part of the path gives. */
export function ownVariables({ variables, fromPath }: ReadEndpoint): readonly Variable[] {
  const taken = new Set(Object.values(fromPath).flat());
  return variables.filter(({ name }) => !taken.has(name));
}

/** An object of exactly these members. */
export function objectOf(
  members: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return {
    type: 'object',
    properties: members,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** What the body of an endpoint of POST holds; `metric` names one of several at its path. */
function bodySchema(endpoint: ReadEndpoint, metric: string | null): JsonSchema {
  const own = ownVariables(endpoint);
  const members = Object.fromEntries(own.map(({ name, schema }) => [name, schema]));
  const required = own.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
  if (metric === null) return objectOf(members, required);
  const named = { metric: { const: metric, description: 'The question.' }, ...members };
  return objectOf(named, ['metric', ...required]);
}

/** Name of the schema of a question's body, and of its answer. */
export const questionName = ({ id }: ReadEndpoint): string => `${id}Question`;
const answerName = ({ id }: ReadEndpoint): string => `${id}Answer`;

function answers(schema: JsonSchema, status = 200): JsonSchema {
  return {
    [status]: { description: 'The answer.', content: json(schema) },
    default: REFUSAL,
  };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function refer(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const REFUSAL: JsonSchema = { description: 'A refusal.', content: json(refer('Error')) };

/** The one path that answers with a file. */
export const REPORT_FILE = '/reports/{report_id}/file';

const FILE_OPERATION: JsonSchema = {
  operationId: 'ReportFile',
  summary: 'The file of a report that is done; before, a refusal with `CONFLICT` and its `state`.',
  parameters: [
    {
      name: 'report_id',
      in: 'path',
      required: true,
      description: 'The report: its `id`.',
      schema: { type: 'string', minLength: 1 },
    },
    {
      name: 'project',
      in: 'query',
      description: 'Project of the report; left out: that of the key.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: {
      description: 'The file.',
      content: Object.fromEntries(
        Object.values(WRITINGS).map(({ contentType }) => [contentType.replace(/;.*/, ''), {}]),
      ),
    },
    default: REFUSAL,
  },
};

/**
 * The description of the REST paths by OpenAPI 3.1, made from the operations that answer them.
 *
 * @param documented One for each path.
 * @param questions Those that share the path `/query`.
 */
export function openApi(
  documented: readonly ReadEndpoint[],
  questions: readonly ReadEndpoint[],
): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const endpoint of documented) {
    const { id, method, path, summary, status } = endpoint;
    const parameters = [
      ...Object.entries(endpoint.pathMeaning).map(([name, description]) => ({
        name,
        in: 'path',
        required: true,
        description,
        schema: { type: 'string', minLength: 1 },
      })),
      ...(method === 'POST' ? [] : Object.entries(queryParameters(endpoint))).map(
        ([name, { description, ...schema }]) => ({ name, in: 'query', description, schema }),
      ),
    ];
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: id,
        summary,
        ...(parameters.length === 0 ? {} : { parameters }),
        ...(method === 'POST' ? { requestBody: body(bodySchema(endpoint, null)) } : {}),
        responses: answers(endpoint.answer, status),
      },
    };
  }
  paths['/query'] = {
    post: {
      operationId: 'query',
      summary: 'Any question about a range; `metric` says which.',
      requestBody: body({
        oneOf: questions.map((each) => refer(questionName(each))),
        discriminator: {
          propertyName: 'metric',
          mapping: Object.fromEntries(
            questions.map((each) => [each.id, refer(questionName(each)).$ref]),
          ),
        },
      }),
      responses: answers({ anyOf: questions.map((each) => refer(answerName(each))) }),
    },
  };
  paths[REPORT_FILE] = { get: FILE_OPERATION };
  const types = [...documented, ...questions].flatMap(({ variables }) =>
    variables.map(({ type }) => type),
  );
  const ofQuestions = questions.flatMap((each) => [
    [questionName(each), { ...bodySchema(each, each.id), description: each.summary }] as const,
    [answerName(each), each.answer] as const,
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: '1.0.0',
      description:
        'The paths of the product documents over the questions of the GraphQL API: same arguments, same numbers.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: REST_ROOT }],
    security: [{ bearer: [] }, { key: [] }],
    paths,
    components: {
      schemas: { Error: ERROR, ...Object.fromEntries(ofQuestions), ...namedSchemas(types) },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key with scope read.' },
        key: { type: 'apiKey', in: 'header', name: 'x-sluice-key' },
      },
    },
  };
}

function body(schema: JsonSchema): JsonSchema {
  return { required: true, content: json(schema) };
}
