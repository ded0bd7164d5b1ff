import { GraphQLFloat, GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.js';

const META = 'AnswerMeta';

/** Adds `freshness` to what is told of every answer; computed only when it is asked for. */
export function tellFreshness(schema: GraphQLSchema): void {
  const meta = schema.getType(META);
  if (!(meta instanceof GraphQLObjectType)) return;
  const { freshness } = new GraphQLObjectType<object, GatewayContext>({
    name: META,
    fields: {
      freshness: {
        type: GraphQLFloat,
        description:
          'Age of the data, seconds: how long ago the newest queryable event of the project was received, whatever the question counts. Grows while nothing comes in; null when the project has no event.',
        resolve: (told, _, context) => {
          const origin = context.origins.get(told);
          return origin === undefined ? null : context.freshness(origin.asking);
        },
      },
    },
  }).getFields();
  Object.assign(meta.getFields(), { freshness });
}
