import type { GraphQLSchema } from 'graphql';
import { peopleScope } from '../../cohort/people-scope.js';
import { type Definition, type DefinitionKind, usersOf } from '../../definition/definition.js';
import { AppError, isAppError, messageOf } from '../../errors.js';
import { validateAllocation, validateExperiment } from '../../experiment/validate-experiment.js';
import { validateFunnel } from '../../funnel/validate-funnel.js';
import { createBoundParameters } from '../../metric/bound-parameters.js';
import { filterSql, selectorSql } from '../../metric/event-condition.js';
import type { Condition, EventSelector } from '../../metric/metric-query.js';
import type { CohortInput } from '../cohort/cohort.input.js';
import type { GatewayContext } from '../context.js';
import type { ExperimentArgs } from '../experiment/experiment.args.js';
import { experimentQuestion } from '../experiment/experiment-question.js';
import type { FunnelShapeArgs } from '../funnel/funnel.args.js';
import { funnelShape } from '../funnel/funnel-question.js';
import { eventSelector, questionFilter } from '../metric/metric-question.js';
import type { EventSelectorInput } from '../metric/question.input.js';
import type { OperationRequest } from '../operation-request.js';
import type { Asking } from '../questions.js';
import { CONTENT_FIELD, contentType } from './content-type.js';
import { createExpansion } from './definition-references.js';

type Context = Pick<GatewayContext, 'costs' | 'definitions' | 'limits'>;

/** A time for questions that are only checked: definitions are about any. */
const ANY_TIME = { range: { from: '2020-01-01', to: '2020-01-01' }, includeBots: false };

/** A moment for cohorts that are only checked, ms since 1970. */
const ANY_MOMENT = Date.UTC(2020, 0, 1);

/**
 * Checks a content as the question that names it will be checked, and likewise every definition that
 * uses it with the new content in its place.
 *
 * @param id Of the definition that is changed; null for a new one.
 * @throws AppError as the questions do, `details.field` beginning with the kind; `NOT_FOUND` for
 *   a definition that it names and that is not there.
 */
export async function checkDefinition(
  context: Context,
  asking: Asking,
  schema: GraphQLSchema,
  { id, kind, content }: Pick<Definition, 'kind' | 'content'> & { readonly id: string | null },
): Promise<void> {
  const projectId = asking.project.id;
  const all = id === null ? [] : await context.definitions.definitions(projectId);
  const check = async (each: Pick<Definition, 'kind' | 'content'>): Promise<void> => {
    const expansion = createExpansion(
      projectId,
      async (used) => {
        const found = await context.definitions.definition(projectId, used);
        return found !== null && found.id === id ? { ...found, content } : found;
      },
      (of) => contentType(schema, of),
    );
    const expanded = await expansion.expand(contentType(schema, each.kind), each.content);
    await checkContent(context, asking, each.kind, expanded);
  };
  await within(CONTENT_FIELD[kind], () => check({ kind, content }));
  if (id === null) return;
  // A document is checked with what is kept, so it has no say here.
  for (const user of usersOf(all, id).filter((each) => each.kind !== 'saved_query')) {
    await within(CONTENT_FIELD[kind], () => check(user), `${user.kind} ${user.id} uses it: `);
  }
}

async function checkContent(
  context: Context,
  asking: Asking,
  kind: DefinitionKind,
  content: unknown,
): Promise<void> {
  switch (kind) {
    case 'goal': {
      const goal = eventSelector(content as EventSelectorInput);
      if (goal.event === undefined && Object.keys(goal.where ?? {}).length === 0) {
        throw refused('goal', 'expected an event name, conditions, or both');
      }
      return checkSql(asking, [goal], []);
    }
    case 'funnel': {
      const args = { ...ANY_TIME, ...(content as FunnelShapeArgs) };
      const question = funnelShape(asking, args, context.limits);
      validateFunnel(question);
      const excluded = question.exclusions.map(({ event }) => event);
      return checkSql(asking, [...question.steps, ...excluded], question.filter);
    }
    case 'cohort':
      return checkSql(asking, [], questionFilter({ filter: [], cohort: content as CohortInput }));
    case 'experiment': {
      const args = { ...ANY_TIME, ...(content as ExperimentArgs) };
      const question = experimentQuestion(asking, args, context.limits);
      validateExperiment(question);
      validateAllocation(question.allocation, []);
      return checkSql(asking, question.goals, question.filter);
    }
    case 'saved_query':
      return checkQuery(context, content as OperationRequest);
  }
}

/** Builds what events and people would be picked by, and throws it away. */
function checkSql(
  { project }: Asking,
  selectors: readonly EventSelector[],
  filter: readonly Condition[],
): void {
  const parameters = createBoundParameters();
  const { linkedDomains, channelRules } = project;
  const scope = { parameters, linkedDomains, channelRules };
  const people = peopleScope(
    {
      database: 'checked',
      projectId: project.id,
      includeBots: false,
      timeZone: project.timeZone,
      nowMs: ANY_MOMENT,
    },
    scope,
  );
  for (const selector of selectors) selectorSql(selector, { ...scope, people });
  filterSql(filter, { ...scope, people });
}

/** Asks what the query would cost, which runs all of it but its statements. */
async function checkQuery({ costs }: Context, request: OperationRequest): Promise<void> {
  try {
    await costs.of(request);
  } catch (error) {
    if (isAppError(error) && (error.isRetryable || error.code === 'INTERNAL')) throw error;
    throw refused('query', `expected a query that can be asked; ${messageOf(error)}`, error);
  }
}

/** Says of a refusal in which part of the input its field lies, and for whom. */
async function within(part: string, act: () => Promise<void>, whom = ''): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, isRetryable, details } = error;
    const { field } = details;
    const isPart = typeof field !== 'string' || field === part || field.startsWith(`${part}.`);
    throw new AppError(code, `${whom}${message}`, {
      isRetryable,
      cause: error,
      details: { ...details, field: isPart ? (field ?? part) : `${part}.${field}` },
    });
  }
}

function refused(field: string, problem: string, cause?: unknown): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${problem.slice(0, 1_000)}`, {
    cause,
    details: { field },
  });
}
