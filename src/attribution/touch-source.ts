import { isOfPerson } from '../metric/dimension.js';
import {
  eventSource,
  OCCURRED_MS,
  type Plan,
  planBetween,
  type StatementScope,
} from '../metric/event-source.js';
import type { EventSelector } from '../metric/metric-query.js';
import { sessionSource } from '../metric/session-source.js';
import type { TouchDimension, TouchRules } from './attribution-query.js';
import { lookbackMs } from './touch-rules.js';

/** Fields that touches are told apart by. */
const FIELDS: Readonly<Record<TouchDimension, string>> = {
  channel: 'channel',
  source: 'source',
  medium: 'medium',
  campaign: 'utm_campaign',
};

/**
 * A SELECT of one row per person: `touches`, tuples (ms, first event id, label, channel) of the
 * sessions that may have led to a goal event of the range, and `goals`, tuples (ms, event id, amount
 * or null, currency, event name), both in canonical order. A repeated order has no amount. People with goals only
 * or touches only are among them.
 *
 * @param extra Further conditions on the goal events.
 */
export function peopleSql(
  plan: Plan,
  scope: StatementScope,
  {
    goal,
    by,
    lookbackDays,
    extra,
  }: Pick<TouchRules, 'lookbackDays'> & {
    readonly goal: EventSelector | undefined;
    readonly by: TouchDimension;
    readonly extra?: string;
  },
): string {
  const { question, range } = plan;
  // The filter is about goal events; of a session only its person can be asked the same.
  const ofPeople = {
    ...question,
    filter: question.filter.filter(({ field }) => isOfPerson(field)),
  };
  const { event: _event, ...anyEvent } = ofPeople;
  const reach = planBetween(
    { ...plan, question: anyEvent },
    range.fromMs - lookbackMs({ lookbackDays }),
    range.toMs,
  );
  const dimensions = by === 'channel' ? ['channel'] : ['channel', FIELDS[by]];
  const sessions = sessionSource(reach, scope, ['person'], dimensions, {
    columns: [],
    aggregates: [{ name: 'first_id', sql: 'argMin(event_id, (occurred_ms, event_id))' }],
  });
  const goals = eventSource(plan, scope, {
    person: true,
    selector: goal,
    ...(extra === undefined ? {} : { extra }),
  });
  const [, label] = sessions.labels;
  const place = `(${OCCURRED_MS}, event_id)`;
  return `SELECT person,
  arraySort(groupArrayIf((ms, id, label, channel), is_touch)) AS touches,
  arraySort(groupArrayIf((ms, id, amount, currency, name), NOT is_touch)) AS goals
FROM (
  SELECT person, true AS is_touch, ms, id, ${by === 'channel' ? 'channel' : 'label'} AS label, channel, CAST(NULL, 'Nullable(Decimal(18, 4))') AS amount, '' AS currency, '' AS name
  FROM (
    SELECT ${sessions.person} AS person, started_ms AS ms, first_id AS id, ${sessions.label} AS channel${label === undefined ? '' : `, ${label} AS label`}
    ${sessions.from}
  )
  UNION ALL
  SELECT person, false, ms, id, '', '', if(currency = '' OR (order_id != '' AND first_place != (0, '') AND first_place < (ms, id)), NULL, revenue), currency, name
  FROM (
    SELECT ${goals.person} AS person, ${OCCURRED_MS} AS ms, event_id AS id, revenue, toString(currency) AS currency, order_id, toString(event_name) AS name
    ${goals.from}
  ) AS goal_events
  LEFT ANY JOIN (
    SELECT order_id AS first_order, min(${place}) AS first_place
    ${eventSource(plan, scope, { allHistory: true, filter: [], selector: { event: 'purchase' }, extra: `order_id != '' AND revenue IS NOT NULL AND currency != ''` }).from}
    GROUP BY first_order
  ) AS orders ON order_id = first_order
)
GROUP BY person`;
}
