import type { Plan, StatementScope } from '../metric/event-source.js';
import type { EventSelector } from '../metric/metric-query.js';
import type { TouchDimension, TouchRules } from './attribution-query.js';
import { WEIGHT_PARTS } from './exact-shares.js';
import { countedSql, DAY_MS, lookbackMs } from './touch-rules.js';
import { peopleSql } from './touch-source.js';

export interface ConversionSourceInput extends TouchRules {
  readonly goal: EventSelector | undefined;
  readonly by: TouchDimension;
  /** Further condition on the goal events. */
  readonly extra?: string;
}

/**
 * A SELECT of one row per goal event, and of one per person for the touches that led to none
 * (METRICS-SPEC §9). Columns: `is_goal`; `goal` (ms, event id, amount or null, currency, name);
 * `counted`, the touches (ms, id, label, channel) that count, oldest first; `decays`, their weights by
 * age, whole numbers that sum to {@link WEIGHT_PARTS}; `path`, those of them since the goal before, or
 * the last one where there is none.
 */
export function conversionsSql(
  plan: Plan,
  scope: StatementScope,
  input: ConversionSourceInput,
): string {
  const { parameters } = scope;
  const lookback = parameters.bind('Int64', lookbackMs(input));
  const halfLife = parameters.bind('Float64', input.halfLifeDays * DAY_MS);
  const from = parameters.bind('Int64', plan.range.fromMs);
  const near = `arrayFilter(touch -> touch.1 <= goal.1 AND goal.1 - touch.1 <= ${lookback}, touches)`;
  const rest = `arrayFilter(touch -> touch.1 > before AND touch.1 >= ${from}, touches)`;
  const since = 'arrayFilter(touch -> touch.1 > before, counted)';
  return `SELECT is_goal, goal, counted,
  arrayMap(touch -> exp2((touch.1 - counted[-1].1) / ${halfLife}), counted) AS weights,
  arrayPopBack(arrayMap(weight -> toInt64(floor(weight / arraySum(weights) * ${WEIGHT_PARTS})), weights)) AS older,
  if(empty(counted), older, arrayPushBack(older, ${WEIGHT_PARTS} - arraySum(older))) AS decays,
  ${since} AS latest,
  multiIf(NOT is_goal, counted, notEmpty(latest), latest, arraySlice(counted, -1)) AS path
FROM (
  SELECT is_goal, goal, before, near, ${countedSql(input, 'near')} AS counted
  FROM (
    SELECT place <= length(goals) AS is_goal, goal, if(place > 1, goals[place - 1].1, toInt64(-9e15)) AS before, if(is_goal, ${near}, ${rest}) AS near
    FROM (${peopleSql(plan, scope, input)})
    ARRAY JOIN arrayResize(goals, length(goals) + 1) AS goal, range(1, length(goals) + 2) AS place
  )
)
WHERE is_goal OR notEmpty(counted)`;
}
