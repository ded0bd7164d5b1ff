import { registerEnumType } from 'type-graphql';
import type { PathNode as PathNodeValue } from '../../path/path-query.js';

/** Kinds of steps, as the API names them. */
export const PathNode = {
  PAGE: 'page',
  EVENT: 'event',
} as const satisfies Record<string, PathNodeValue>;

registerEnumType(PathNode, {
  name: 'PathNode',
  description: 'What the steps of a path are.',
  valuesConfig: {
    PAGE: { description: 'Pages of page views, and screens.' },
    EVENT: { description: 'Names of events that are no views.' },
  },
});
