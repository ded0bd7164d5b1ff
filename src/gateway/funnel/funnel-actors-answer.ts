import type { FunnelActorsPage, FunnelActorsQuestion } from '../../funnel/funnel-actors.js';
import { decodeCursor, encodeCursor } from '../connection/cursor.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import type { Asking } from '../questions.js';
import type { FunnelActorsArgs } from './funnel.args.js';
import type { FunnelActorConnection } from './funnel-actors.type.js';
import { funnelShape } from './funnel-question.js';

/** Actors of a page whose size was left out. */
const USUAL_ACTORS = 50;

/** What a cursor belongs to: the list, whatever its page. */
function cursorScope(question: FunnelActorsQuestion): string {
  const { first: _first, after: _after, asOfMs: _asOfMs, ...list } = question;
  return JSON.stringify(['funnelActors', list]);
}

/**
 * The question for one page of the actors behind a number of a funnel.
 *
 * @throws AppError `INVALID_CURSOR`, `LIMIT_EXCEEDED`, and as `metricQuestion`.
 */
export function funnelActorsQuestion(
  asking: Asking,
  args: FunnelActorsArgs,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): FunnelActorsQuestion {
  const { step, which, value } = args;
  const question = {
    ...funnelShape(asking, args, limits),
    step,
    which,
    ...(value == null ? {} : { value }),
    first: pageSize('first', args.first, USUAL_ACTORS, limits),
  };
  if (args.after == null) return question;
  const [asOfMs = '', startedMs = '', actor = '', ofValue = ''] = decodeCursor(
    cursorScope(question),
    args.after,
    4,
  );
  return {
    ...question,
    asOfMs: Number(asOfMs),
    after: { startedMs: Number(startedMs), actor, value: ofValue },
  };
}

/** A page of actors as a connection; its cursors carry the moment of the first page. */
export function funnelActorsConnection(
  { after, breakdown }: Pick<FunnelActorsArgs, 'after' | 'breakdown'>,
  question: FunnelActorsQuestion,
  { passages, hasMore, total, meta }: FunnelActorsPage,
): FunnelActorConnection {
  const scope = cursorScope(question);
  const asOfMs = String(Date.parse(meta.asOf));
  const edges = passages.map(({ startedMs, actor, value, session, ...passage }) => ({
    cursor: encodeCursor(scope, [asOfMs, String(startedMs), actor, value]),
    node: {
      ...passage,
      session: session === '' ? null : session,
      value: breakdown == null ? null : value,
    },
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: total,
    meta: { ...meta, source: [...meta.source] },
  };
}
