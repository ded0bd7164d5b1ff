import type { ChainSink } from './fold-blocks.js';
import type {
  FunnelActorKey,
  FunnelActorsPage,
  FunnelActorsQuestion,
  FunnelPassage,
} from './funnel-actors.js';
import { MISSING_VALUE } from './funnel-query.js';

/** Keeps the chains of one page of a list and counts those of the whole list. */
export interface PassageCollector extends ChainSink {
  page(): Pick<FunnelActorsPage, 'passages' | 'hasMore' | 'total'>;
}

/** @param fromMs Start of the chains' times, ms since 1970 UTC. */
export function collectPassages(
  {
    step,
    which,
    per,
    value: onlyValue,
    breakdown,
    first,
    after,
  }: Pick<
    FunnelActorsQuestion,
    'step' | 'which' | 'per' | 'value' | 'breakdown' | 'first' | 'after'
  >,
  fromMs: number,
): PassageCollector {
  /** The best so far, in order: one more than the page holds. */
  const kept: FunnelPassage[] = [];
  let total = 0;

  return {
    add(depth, times, given, actor, person) {
      if (which === 'reached' ? depth < step : depth !== step) return;
      const value = breakdown === undefined || given !== '' ? given : MISSING_VALUE;
      if (onlyValue !== undefined && value !== onlyValue) return;
      total += 1;
      const key = { startedMs: fromMs + (times[0] ?? 0), actor, value };
      const worst = kept[first];
      if (after !== undefined && order(key, after) <= 0) return;
      if (worst !== undefined && order(key, worst) > 0) return;
      const who = per === 'session' ? person : actor;
      const isUser = who.startsWith('u');
      kept.splice(placeOf(key, kept), 0, {
        ...key,
        userId: isUser ? who.slice(1) : '',
        anonymousId: isUser ? '' : who.slice(1),
        session: per === 'session' ? actor : '',
        reachedAt: Array.from(times.subarray(0, depth), (time) =>
          new Date(fromMs + time).toISOString(),
        ),
      });
      kept.length = Math.min(kept.length, first + 1);
    },
    page: () => ({ passages: kept.slice(0, first), hasMore: kept.length > first, total }),
  };
}

/** Below 0 when one key stands before the other. */
function order(one: FunnelActorKey, other: FunnelActorKey): number {
  return (
    other.startedMs - one.startedMs ||
    bytewise(one.actor, other.actor) ||
    bytewise(one.value, other.value)
  );
}

function bytewise(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function placeOf(key: FunnelActorKey, kept: readonly FunnelPassage[]): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const held = kept[middle];
    if (held !== undefined && order(held, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
