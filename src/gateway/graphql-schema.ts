import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { EventMetricsResolver } from './metric/event-metrics.resolver.js';
import { SessionMetricsResolver } from './metric/session-metrics.resolver.js';

/** Builds the executable schema of the API from its decorated classes. */
export function createGraphqlSchema(): Promise<GraphQLSchema> {
  return buildSchema({
    resolvers: [EventMetricsResolver, SessionMetricsResolver],
    validate: { forbidUnknownValues: false },
  });
}

/** The schema as text, sorted, so that equal schemas have equal text. */
export async function printApiSchema(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await createGraphqlSchema()))}\n`;
}
