import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  astFromValue,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isObjectType,
  print,
} from 'graphql';
import { AppError } from '../../errors.js';
import { fullSelection } from './json-schema.js';
import type { RestEndpoint } from './rest-endpoint.js';

const REPORT = { report_id: 'The report: its `id`.' };
const USER = { user_id: 'The `user_id` that events carry.' };

/** The named operations that answer the paths of the product documents. */
const ENDPOINTS: readonly (Omit<RestEndpoint, 'document' | 'id'> & { readonly file: string })[] = [
  {
    file: 'user-summary',
    method: 'GET',
    path: '/users/{user_id}/summary',
    summary: 'What one person did, over all devices.',
    fromPath: { user_id: ['userId'] },
    pathMeaning: USER,
  },
  {
    file: 'user-behavior',
    method: 'GET',
    path: '/users/{user_id}/behavior',
    summary: 'Events, pages, paths and timeline of one person, over all devices.',
    fromPath: { user_id: ['userId'] },
    pathMeaning: USER,
  },
  {
    file: 'daily-metrics',
    method: 'GET',
    path: '/metrics/daily',
    summary: 'The numbers of each local day, in parallel lists.',
    fromPath: {},
    pathMeaning: {},
  },
  {
    file: 'page-metrics',
    method: 'GET',
    path: '/pages/{page_id}/metrics',
    summary: 'Views, visitors, entries, bounces and speed of one page.',
    fromPath: { page_id: ['page', 'pageName'] },
    pathMeaning: {
      page_id: 'The page as answers name it, percent-encoded: `%2Fpricing` for `/pricing`.',
    },
  },
  {
    file: 'kept-funnel',
    method: 'GET',
    path: '/funnels/{funnel_id}/conversion',
    summary: 'The conversion of a kept funnel.',
    fromPath: { funnel_id: ['id'] },
    pathMeaning: { funnel_id: 'A kept funnel: its `definitionId` or `id`.' },
  },
  {
    file: 'session-query',
    method: 'POST',
    path: '/sessions/query',
    summary: 'Sessions that start in a range, by any filter.',
    fromPath: {},
    pathMeaning: {},
  },
  {
    file: 'create-report',
    method: 'POST',
    path: '/reports/generate',
    status: 202,
    summary:
      'Asks for a file of single events, or of numbers by dimensions; it is made in the background.',
    fromPath: {},
    pathMeaning: {},
    payload: 'report',
  },
  {
    file: 'report',
    method: 'GET',
    path: '/reports/{report_id}',
    summary: 'How far a report is.',
    fromPath: { report_id: ['id'] },
    pathMeaning: REPORT,
  },
  {
    file: 'delete-report',
    method: 'DELETE',
    path: '/reports/{report_id}',
    summary: 'Ends the work on a report and removes its file.',
    fromPath: { report_id: ['id'] },
    pathMeaning: REPORT,
    payload: 'report',
  },
];

/** The endpoints of the product documents, each with its operation. */
export function documentedEndpoints(): readonly RestEndpoint[] {
  const folder = operationsFolder();
  return ENDPOINTS.map(({ file, ...endpoint }) => ({
    ...endpoint,
    id: file.replace(/(^|-)(.)/g, (_match, _dash, letter: string) => letter.toUpperCase()),
    document: readFileSync(join(folder, `${file}.graphql`), 'utf8'),
  }));
}

/** The folder of the named operations, which the package carries. */
function operationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schema/operations'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new AppError('INTERNAL', 'the folder of operations is missing');
    folder = parent;
  }
  return join(folder, 'schema/operations');
}

/**
 * One endpoint for each question about a range, all at `POST /query`: the body's `metric` says
 * which. It takes the arguments of the question and answers all that the answer has.
 */
export function questionEndpoints(schema: GraphQLSchema): readonly RestEndpoint[] {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  return fields.flatMap((field): readonly RestEndpoint[] => {
    const type = getNullableType(field.type);
    const isAnswer = isObjectType(type) && type.getFields().meta !== undefined;
    if (!isAnswer || !field.args.some(({ name }) => name === 'range')) return [];
    const declared = field.args.map(({ name, type: given, defaultValue }) => {
      const usual = defaultValue === undefined ? null : astFromValue(defaultValue, given);
      return `$${name}: ${given}${usual == null ? '' : ` = ${print(usual)}`}`;
    });
    const passed = field.args.map(({ name }) => `${name}: $${name}`);
    const selection = fullSelection(schema, getNamedType(field.type).name);
    return [
      {
        id: field.name,
        method: 'POST',
        path: '/query',
        summary: field.description ?? field.name,
        document: `query (${declared.join(', ')}) { ${field.name}(${passed.join(', ')}) ${selection} }`,
        fromPath: {},
        pathMeaning: {},
      },
    ];
  });
}
