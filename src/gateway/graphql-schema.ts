import 'reflect-metadata';
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { buildSchema, type PubSub } from 'type-graphql';
import { AttributionResolver } from './attribution/attribution.resolver.js';
import { EventChannelsResolver } from './channel/event-channels.resolver.js';
import { NodeResolver } from './connection/node.resolver.js';
import { CostResolver } from './cost/cost.resolver.js';
import {
  DeadLetterConnectionResolver,
  DeadLetterResolver,
} from './dead-letter/dead-letter.resolver.js';
import { DefinitionResolver } from './definition/definition.resolver.js';
import { resolveDefinitions } from './definition/resolve-definitions.js';
import { ExperimentResolver } from './experiment/experiment.resolver.js';
import { ExploreResolver } from './explore/explore.resolver.js';
import { FormulaResolver } from './formula/formula.resolver.js';
import { FunnelResolver } from './funnel/funnel.resolver.js';
import { LedgerResolver } from './ledger/ledger.resolver.js';
import { LiveResolver } from './live/live.resolver.js';
import { noteAnswers, withTwins } from './live/twin.js';
import { BehaviourMetricsResolver } from './metric/behaviour-metrics.resolver.js';
import { compareAnswers } from './metric/compare-answers.js';
import { ConversionMetricsResolver } from './metric/conversion-metrics.resolver.js';
import { EventMetricsResolver } from './metric/event-metrics.resolver.js';
import { PeopleMetricsResolver } from './metric/people-metrics.resolver.js';
import { PerformanceMetricsResolver } from './metric/performance-metrics.resolver.js';
import { RetentionMetricsResolver } from './metric/retention-metrics.resolver.js';
import { SessionMetricsResolver } from './metric/session-metrics.resolver.js';
import { tellFreshness } from './metric/tell-freshness.js';
import { TopResolver } from './metric/top.resolver.js';
import { TrustMetricsResolver } from './metric/trust-metrics.resolver.js';
import { PathResolver } from './path/path.resolver.js';
import { DeviceResolver, UserResolver } from './person/person.resolver.js';
import { ProjectResolver } from './project/project.resolver.js';
import { ReportResolver } from './report/report.resolver.js';
import { validateArguments } from './validate-arguments.js';

/**
 * The schema library asks for a publish/subscribe engine as soon as there is a subscription. Ours
 * all bring sources of their own, so this one is never called.
 */
const NO_PUBSUB: PubSub = {
  publish: unused,
  subscribe: unused,
};

function unused(): never {
  throw new Error('subscriptions bring their own sources');
}

/** Builds the executable schema of the API from its decorated classes. */
export async function createGraphqlSchema(): Promise<GraphQLSchema> {
  const plain = await buildSchema({
    resolvers: [
      EventMetricsResolver,
      PeopleMetricsResolver,
      RetentionMetricsResolver,
      SessionMetricsResolver,
      ConversionMetricsResolver,
      PerformanceMetricsResolver,
      BehaviourMetricsResolver,
      TrustMetricsResolver,
      TopResolver,
      EventChannelsResolver,
      ExploreResolver,
      FormulaResolver,
      FunnelResolver,
      PathResolver,
      AttributionResolver,
      ExperimentResolver,
      UserResolver,
      DeviceResolver,
      ProjectResolver,
      DeadLetterResolver,
      DeadLetterConnectionResolver,
      DefinitionResolver,
      NodeResolver,
      CostResolver,
      LiveResolver,
      LedgerResolver,
      ReportResolver,
    ],
    pubSub: NO_PUBSUB,
    validateFn: validateArguments,
  });
  resolveDefinitions(plain);
  noteAnswers(plain);
  tellFreshness(plain);
  const schema = withTwins(compareAnswers(plain));
  // The root types have no class that could carry their description.
  describe(
    schema.getQueryType(),
    'Questions, each answered from the cheapest tables that are exact.',
  );
  describe(
    schema.getMutationType(),
    'Changes of projects, keys and definitions, what is done about dead letters, reports, and work on tables.',
  );
  describe(
    schema.getSubscriptionType(),
    'Questions answered again and again, over WebSocket or server-sent events.',
  );
  return schema;
}

function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type != null) type.description = description;
}

/** The schema as text, sorted, so that equal schemas have equal text. */
export async function printApiSchema(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await createGraphqlSchema()))}\n`;
}
