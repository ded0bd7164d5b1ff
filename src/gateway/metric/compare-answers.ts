import {
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  getNullableType,
} from 'graphql';
import { percent } from '../../metric/answer.js';
import { type Comparison, comparedRange } from '../../metric/compared-range.js';
import type { GatewayContext } from '../context.js';
import { CHANGE, COMPARISON } from './comparison.type.js';
import { timeRange } from './metric-question.js';
import type { RangeArgs } from './question.args.js';

type AskedField = GraphQLField<unknown, GatewayContext, RangeArgs>;
type EarlierResolver = GraphQLFieldResolver<object, GatewayContext, { readonly to: Comparison }>;

/**
 * Lets every question with a range be compared: its answer gets the field `previous`, an answer of
 * the same type to the same question about an earlier time, and, where it has a `total`, `change`.
 * Made once for the schema, so that a question added later has them without a word of its own.
 */
export function compareAnswers(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const type = getNullableType(field.type);
    const hasRange = field.args.some((argument) => argument.name === 'range');
    if (!hasRange || !(type instanceof GraphQLObjectType)) continue;
    if (type.getFields().meta?.type.toString() !== 'AnswerMeta!') continue;
    rememberOrigin(field);
    Object.assign(type.getFields(), comparisonsOf(type));
  }
  return new GraphQLSchema(schema.toConfig());
}

/** The fields that compare, for an answer of a type. */
function comparisonsOf(type: GraphQLObjectType) {
  const args = {
    to: {
      type: new GraphQLNonNull(COMPARISON),
      defaultValue: 'previous_period' satisfies Comparison,
      description: 'Which earlier time.',
    },
  };
  const previous = {
    type: new GraphQLNonNull(type),
    description:
      'The answer to the same question about an earlier time. The filter stays as it is, so a cohort is of the same people. Buckets of a series belong together by their place in it; there may be more or fewer, as months have days.',
    args,
    resolve: previousAnswer,
  };
  const change = {
    type: new GraphQLNonNull(CHANGE),
    description: 'How `total` differs from that of an earlier time.',
    args,
    resolve: changeOfTotal,
  };
  const fields = type.getFields().total === undefined ? { previous } : { previous, change };
  return new GraphQLObjectType<object, GatewayContext>({ name: type.name, fields }).getFields();
}

function rememberOrigin(field: AskedField): void {
  const { resolve: ask } = field;
  if (ask === undefined) return;
  const remember: GraphQLFieldResolver<unknown, GatewayContext, RangeArgs> = async (
    root,
    args,
    context,
    info,
  ) => {
    const asking = await context.askIn(args.project);
    const answer = (await ask(root, args, context, info)) as { readonly meta: object };
    const again = (comparison: Comparison, wanted: GraphQLResolveInfo): unknown => {
      const timeZone = args.timeZone ?? asking.project.timeZone;
      const { from, to } = comparedRange(timeRange(args.range), timeZone, comparison);
      return remember(root, { ...args, range: { from, to } }, context, wanted);
    };
    context.origins.set(answer, { asking, again });
    context.origins.set(answer.meta, { asking });
    return answer;
  };
  field.resolve = remember;
}

const previousAnswer: EarlierResolver = (answer, { to }, { origins }, info) =>
  origins.get(answer)?.again?.(to, info);

const changeOfTotal: EarlierResolver = async (answer, { to }, { origins }, info) => {
  const now = totalOf(answer);
  const before = totalOf((await origins.get(answer)?.again?.(to, info)) as object);
  if (now === null || before === null) return { absolute: null, percent: null };
  return { absolute: now - before, percent: percent(now - before, before) };
};

function totalOf(answer: object): number | null {
  const { total } = answer as { readonly total: number | string | null };
  return total === null ? null : Number(total);
}
