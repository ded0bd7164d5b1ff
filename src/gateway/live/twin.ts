import {
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  getNullableType,
  isObjectType,
} from 'graphql';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '../../live/live-interval.js';
import type { Dependence } from '../../live/watch-changes.js';
import type { GatewayContext } from '../context.js';
import type { RangeArguments } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { Ticking } from './ticking.js';

/** What the arguments of every twin have, whatever else its query takes. */
interface TwinArguments extends RangeArguments {
  readonly project?: string | null;
  readonly intervalMs: number;
}

type QueryField = GraphQLField<unknown, GatewayContext, RangeArguments>;

/** Subscriptions that have the name of a query and another meaning; the twin is called so instead. */
const RENAMED: Readonly<Record<string, string>> = { eventRate: 'eventRateOfRange' };

const INTERVAL_DESCRIPTION = `Shortest time between two ticks, milliseconds, ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}; else \`BAD_USER_INPUT\`.`;

/**
 * Lets a tick know every answer that goes into it, those that are compared with included: put
 * around the resolvers before anything else asks them.
 */
export function noteAnswers(schema: GraphQLSchema): void {
  for (const query of questionsOf(schema)) {
    const ask = query.resolve;
    if (ask === undefined) throw new Error(`${query.name} has no resolver`);
    query.resolve = (root, args, context, info) =>
      context.ticking.note(args, async () => ask(root, args, context, info));
  }
}

/**
 * Gives every query that answers a question about a range its subscription twin: the same
 * arguments, type and resolver, and `intervalMs`. So a new metric can be subscribed to without
 * another line.
 *
 * A query has a twin when its answer has `meta` of type `AnswerMeta` and its arguments a `range`.
 */
export function withTwins(schema: GraphQLSchema): GraphQLSchema {
  const subscription = schema.getSubscriptionType();
  const own = subscription?.toConfig();
  const fields = { ...own?.fields };
  for (const query of questionsOf(schema))
    fields[RENAMED[query.name] ?? query.name] = twinOf(query);
  const { types, ...config } = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    types: types.filter((type) => type !== subscription),
    subscription: new GraphQLObjectType({ name: 'Subscription', ...own, fields }),
  });
}

function questionsOf(schema: GraphQLSchema): readonly QueryField[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).filter(isQuestion);
}

function isQuestion(field: QueryField): boolean {
  const answer = getNullableType(field.type);
  const meta = isObjectType(answer) ? answer.getFields().meta : undefined;
  const isMeta = meta !== undefined && String(getNullableType(meta.type)) === 'AnswerMeta';
  return isMeta && field.args.some(({ name }) => name === 'range');
}

function twinOf(query: QueryField): GraphQLFieldConfig<unknown, GatewayContext, TwinArguments> {
  const ask = query.resolve;
  if (ask === undefined) throw new Error(`${query.name} has no resolver`);
  const args: GraphQLFieldConfigArgumentMap = Object.fromEntries(
    query.args.map(({ name, ...argument }) => [name, argument]),
  );
  args.intervalMs = {
    type: new GraphQLNonNull(GraphQLInt),
    defaultValue: 1_000,
    description: INTERVAL_DESCRIPTION,
  };
  return {
    type: query.type,
    args,
    description: `${query.description ?? ''} One answer at once, then one whenever it has changed, at most one per interval: each is what the query answers at its \`meta.asOf\`.`,
    extensions: { ...query.extensions },
    async subscribe(_root, given, context) {
      const asking = await context.askIn(given.project);
      const { ticking } = context;
      return context.questions.watchChanges(asking, {
        projectId: asking.project.id,
        intervalMs: given.intervalMs,
        dependence: () => dependenceOf(asking, given, ticking, query),
      });
    },
    resolve(_tick, given, context, info) {
      context.ticking.begin();
      return ask(undefined, given, context, info);
    },
  };
}

/** Rollups of counts: what they answer depends on the events of the range alone. */
const COUNT_TABLE = /^gold_event_counts_per_/;
/** Arguments that make no answer look beyond its range, as a moving window does; others may. */
const WITHIN_RANGE: ReadonlySet<string> = new Set([
  'project',
  'range',
  'timeZone',
  'filter',
  'includeBots',
  'event',
  'grain',
  'breakdown',
  'limit',
  'approximate',
  'intervalMs',
]);
/** Tables whose changes are announced: those of accepted events. */
const ANNOUNCED_TABLE = /^(silver|gold)_/;

/**
 * What the next answer depends on, judged by the tables of the last one and what it is compared
 * with. Identity, sessions and
 * first visits reach beyond any range, so everything else than counts depends on the whole project.
 */
function dependenceOf(
  asking: Asking,
  args: TwinArguments,
  ticking: Ticking,
  query: QueryField,
): Dependence {
  const { sources, hasFailed } = ticking;
  const isCount = sources.length > 0 && sources.every((table) => COUNT_TABLE.test(table));
  const isOfRange = Object.entries(args).every(
    ([name, value]) => value == null || WITHIN_RANGE.has(name),
  );
  const hasMoment = query.args.some(({ name }) => name === 'asOf');
  const isMomentGiven = (args as { readonly asOf?: unknown }).asOf != null;
  return {
    ...(isCount && isOfRange ? ticking.span(asking) : EVERYTHING),
    isOnClock: hasMoment && !isMomentGiven,
    isUnknown: hasFailed || !sources.every((table) => ANNOUNCED_TABLE.test(table)),
  };
}

const EVERYTHING = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
