import { validateOrReject } from 'class-validator';
import { ArgumentValidationError } from 'type-graphql';
import type { LiveQuestion, LiveWindowQuestion } from '../../live/live-query.js';
import { conditions, eventSelector } from '../metric/metric-question.js';
import { ConditionInput, EventSelectorInput } from '../metric/question.input.js';
import type { Asking } from '../questions.js';
import type { LiveArgs } from './live.args.js';

/**
 * The arguments of a subscription, checked. Before a source is made, the schema library hands
 * them over as plain objects; only with each result would it check them itself.
 *
 * @throws GraphQLError `BAD_USER_INPUT`, with the fields, as queries do.
 */
export async function liveArgs<Args extends LiveArgs>(
  type: new () => Args,
  given: Readonly<Record<string, unknown>>,
): Promise<Args> {
  const args = Object.assign(new type(), given);
  if (args.event != null) args.event = Object.assign(new EventSelectorInput(), args.event);
  args.filter = args.filter.map((condition) => Object.assign(new ConditionInput(), condition));
  try {
    await validateOrReject(args, { forbidUnknownValues: false });
  } catch (problems) {
    throw Array.isArray(problems) ? new ArgumentValidationError(problems) : problems;
  }
  return args;
}

export function liveQuestion(asking: Asking, args: LiveArgs): LiveQuestion {
  const { event, platform, filter, includeBots } = args;
  return {
    projectId: asking.project.id,
    filter: conditions(filter),
    includeBots,
    ...(event == null ? {} : { event: eventSelector(event) }),
    ...(platform == null ? {} : { platform }),
  };
}

export function liveWindowQuestion(
  asking: Asking,
  args: LiveArgs & Pick<LiveWindowQuestion, 'windowSeconds' | 'intervalMs'>,
): LiveWindowQuestion {
  const { windowSeconds, intervalMs } = args;
  return { ...liveQuestion(asking, args), windowSeconds, intervalMs };
}
