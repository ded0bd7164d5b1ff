import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { AppError } from '../../errors.js';
import type { JsonSchema } from './json-schema.js';
import { objectOf, queryParameters, questionName } from './open-api.js';
import type { ReadEndpoint } from './rest-endpoint.js';

/** Name under which the description is known to its own references. */
const DESCRIPTION = 'open-api';

/** Holds requests to the description that clients are given. */
export interface RequestChecks {
  /** The parameters of a request of GET, numbers and booleans read. @throws AppError. */
  parameters(endpoint: ReadEndpoint, given: Readonly<Record<string, unknown>>): JsonObject;
  /** The body of a request of POST. @throws AppError `BAD_USER_INPUT` naming the field. */
  body(endpoint: ReadEndpoint, given: unknown): JsonObject;
  /** The question that a body at `/query` asks. @throws AppError `BAD_USER_INPUT`. */
  question(questions: ReadonlyMap<string, ReadEndpoint>, given: unknown): ReadEndpoint;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** @param description As OpenAPI; its schemas are compiled once, when they are first needed. */
export function createRequestChecks(description: JsonSchema): RequestChecks {
  const compiled = new Map<string, ValidateFunction>();
  const compilers = {
    // Parameters come as text.
    reading: new Ajv2020({ strict: false, coerceTypes: true }),
    exact: new Ajv2020({ strict: false }),
  };
  for (const compiler of Object.values(compilers)) {
    compiler.addSchema({ $id: DESCRIPTION, components: description.components }, DESCRIPTION);
  }

  function check(
    compiler: keyof typeof compilers,
    name: string,
    schema: () => JsonSchema,
    value: unknown,
  ): JsonObject {
    const validate = compiled.get(name) ?? compilers[compiler].compile(within(schema()));
    compiled.set(name, validate);
    if (validate(value)) return value as JsonObject;
    throw refusal(validate.errors?.[0]);
  }

  return {
    parameters: (endpoint, given) =>
      check('reading', endpoint.id, () => objectOf(queryParameters(endpoint), []), given),
    body: (endpoint, given) =>
      check('exact', `${endpoint.path} ${endpoint.id}`, () => bodyIn(description, endpoint), given),
    question(questions, given) {
      const { metric } = (given ?? {}) as { readonly metric?: unknown };
      const question = typeof metric === 'string' ? questions.get(metric) : undefined;
      if (question !== undefined) return question;
      const known = [...questions.keys()].join(', ');
      throw new AppError('BAD_USER_INPUT', `metric: expected one of ${known}`, {
        details: { field: 'metric' },
      });
    },
  };
}

/** The part of the description that is about the body of an endpoint. */
function bodyIn(description: JsonSchema, endpoint: ReadEndpoint): JsonSchema {
  const { paths, components } = description as unknown as Described;
  if (endpoint.path === '/query') return components.schemas[questionName(endpoint)] ?? {};
  return paths[endpoint.path]?.post?.requestBody.content['application/json'].schema ?? {};
}

interface Described {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post?: {
          readonly requestBody: {
            readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
          };
        };
      }
    >
  >;
}

/** A schema whose references lead into the description from outside. */
function within(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', `"$ref":"${DESCRIPTION}#`));
}

function refusal(error: ErrorObject | undefined): AppError {
  const { instancePath = '', message = 'is not as described', params = {} } = error ?? {};
  const { missingProperty, additionalProperty } = params as Readonly<Record<string, string>>;
  const path = instancePath.split('/').slice(1);
  const field = [...path, ...[missingProperty ?? additionalProperty ?? []].flat()].join('.');
  const shown = field === '' ? 'the request' : field.slice(0, 200);
  const problem = additionalProperty === undefined ? message : 'is not known here';
  return new AppError('BAD_USER_INPUT', `${shown}: ${problem}`, {
    details: { field: field === '' ? null : field.slice(0, 200) },
  });
}
