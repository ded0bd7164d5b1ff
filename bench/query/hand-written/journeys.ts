import type { AttributionAnswer } from '../../../src/attribution/attribution-query.js';
import type { ExperimentAnswer } from '../../../src/experiment/experiment-query.js';
import type { FunnelAnswer } from '../../../src/funnel/funnel-query.js';
import type { PathsAnswer } from '../../../src/path/path-query.js';
import { ofSessions } from './behaviour.js';
import { D, EVENTS, PEOPLE_EVENTS, type Peer, peer } from './peer.js';
import { LINKED, PERSON } from './people.js';
import { LONG_DAYS, TOUCHES } from './sessions.js';

function ofPeople(columns: string, where: string): string {
  return `SELECT ${PERSON} AS person, ${columns} FROM ${D}.silver_events ${LINKED} WHERE ${EVENTS.split(' WHERE ')[1] ?? ''} AND ${where}`;
}

/** Purchases of the range; of those with one order id the first of all history has the money. */
const GOALS = `SELECT ${PERSON} AS buyer, at, money FROM (
  SELECT anonymous_id, user_id, at, if((at, id) = first, amount, toDecimal64(0, 4)) AS money FROM (
  SELECT anonymous_id, user_id, occurred_at AS at, event_id AS id, order_id, ifNull(revenue, 0) AS amount FROM ${EVENTS} AND event_name = 'purchase'
) AS bought LEFT ANY JOIN (
  SELECT order_id AS first_order, min((occurred_at, event_id)) AS first FROM ${PEOPLE_EVENTS} AND event_name = 'purchase' AND revenue IS NOT NULL GROUP BY order_id
) AS orders ON order_id = first_order) ${LINKED}`;

export const OF_JOURNEYS: Readonly<Record<string, Peer>> = {
  paths: peer<PathsAnswer>(
    `WITH paths AS (SELECT path, count() AS n, countIf(NOT is_cut) AS ends FROM (
  SELECT arrayCompact(arrayMap(one -> one.3, arraySort(groupArray((at, event_id, node))))) AS nodes, arraySlice(nodes, 1, 5) AS path, length(nodes) > 5 AS is_cut
  FROM (${ofSessions(`event_id, if(screen != '', screen, page) AS node`, `event_name IN ('page_view', 'screen_view')`)}) GROUP BY key
) GROUP BY path)
SELECT kind, step, names, sessions, if(kind = 'node', [drops], []) AS drop, rows, if(kind = 'node', [], [total]) AS all_sessions FROM (
  SELECT *, count() OVER k AS rows, sum(sessions) OVER k AS total, row_number() OVER (PARTITION BY kind ORDER BY sessions DESC, step, names) AS place FROM (
    SELECT part.1 AS kind, part.2 AS step, part.3 AS names, sum(n) AS sessions, sum(if(part.4, ends, 0)) AS drops FROM paths
    ARRAY JOIN arrayConcat([('path', 1, path, false)], arrayMap(i -> ('node', i, [path[i]], i = length(path)), arrayEnumerate(path)), arrayMap(i -> ('edge', i, [path[i], path[i + 1]], false), range(1, length(path)))) AS part
    GROUP BY kind, step, names
  ) WINDOW k AS (PARTITION BY kind)
) WHERE place <= 20 ORDER BY kind, if(kind = 'path', 0, step), place`,
    ({ edges, nodes, sequences, sessions }) => {
      const all = edges.sessions.reduce((sum, n) => sum + n, edges.otherSessions);
      return [
        edges.sessions.map((n, at) => [
          ['edge', edges.steps[at] ?? 0, edges.from[at] ?? '', edges.to[at] ?? ''],
          [n, edges.sessions.length + edges.otherEdges, all],
        ]),
        nodes.sessions.map((n, at) => [
          ['node', nodes.steps[at] ?? 0, nodes.nodes[at] ?? ''],
          [n, nodes.dropOffs[at] ?? 0, nodes.sessions.length + nodes.otherNodes],
        ]),
        sequences.sessions.map((n, at) => [
          ['path', 1, sequences.paths[at] ?? []],
          [n, sequences.sessions.length + sequences.otherSequences, sessions],
        ]),
      ];
    },
    LONG_DAYS,
  ),
  // The last touch with a source, else the last one; both within 30 days.
  'attribution-last': peer<AttributionAnswer>(
    `WITH touches AS (${TOUCHES}), goals AS (${GOALS})
SELECT multiIf(known_at >= at - toIntervalDay(30), known_source, any_at >= at - toIntervalDay(30), any_source, 'none') AS label, count() AS n, toFloat64(sum(money)) FROM (
  SELECT buyer, at, money, known_at, known_source, any_at, any_source FROM (
    SELECT buyer, at, money, touches.started AS known_at, touches.source AS known_source FROM goals ASOF LEFT JOIN (SELECT * FROM touches WHERE channel != 'Direct') AS touches ON buyer = toucher AND at >= started
  ) AS known ASOF LEFT JOIN (SELECT toucher, started AS any_at, source AS any_source FROM touches) AS others ON buyer = others.toucher AND at >= any_at
) GROUP BY label ORDER BY n DESC, label`,
    ({ models: [model] }) =>
      model?.values.map((value, at) => [
        value,
        model.credits[at] ?? 0,
        Number(model.revenues[0]?.amounts[at] ?? 0),
      ]) ?? [],
    LONG_DAYS,
  ),
  experiment: peer<ExperimentAnswer>(
    `WITH exposed AS (
  SELECT person, argMin(name, (at, id)) AS variant, min(at) AS since, uniqExact(name) > 1 AS is_mixed
  FROM (${ofPeople(`occurred_at AS at, event_id AS id, JSONExtractString(properties['variant']) AS name`, `event_name = 'experiment_exposure' AND properties['experiment'] = '"checkout"'`)}) GROUP BY person
), converted AS (
  SELECT variant, is_mixed, event_name, person, min(at) AS first FROM (${ofPeople('event_name, occurred_at AS at', `event_name IN ('purchase', 'add_to_cart')`)}) AS goals
  INNER JOIN exposed USING (person) WHERE at >= since GROUP BY variant, is_mixed, event_name, person
)
SELECT is_mixed ? 'mixed' : variant AS label, event, if(is_mixed, [sum(n)], arrayCumSum(sumForEach(arrayMap(d -> if(d = day, n, 0), range(90))))) FROM (
  SELECT variant, is_mixed, 'exposed' AS event, toUInt8(toDate(since, 'Europe/Berlin') - toDate('2026-01-01')) AS day, count() AS n FROM exposed GROUP BY variant, is_mixed, day
  UNION ALL
  SELECT variant, is_mixed, toString(event_name) AS event, toUInt8(toDate(first, 'Europe/Berlin') - toDate('2026-01-01')) AS day, count() AS n FROM converted WHERE NOT is_mixed GROUP BY variant, is_mixed, event, day
) GROUP BY is_mixed, label, event ORDER BY is_mixed, label, event`,
    ({ multiVariantUsers, goals: [purchases, carts] }) => [
      purchases?.series?.variants.map((of, at) => [
        [of.variant, 'add_to_cart', carts?.series?.variants[at]?.conversions ?? []],
        [of.variant, 'exposed', of.users],
        [of.variant, 'purchase', of.conversions],
      ]) ?? [],
      ['mixed', 'exposed', multiVariantUsers],
    ],
  ),
  // The latest view opens, the first cart behind it stays, the first purchase within 14 days ends.
  'funnel-90-days': peer<FunnelAnswer>(
    `WITH views AS (${ofPeople('occurred_at AS viewed', `event_name = 'page_view'`)}),
chains AS (
  SELECT person, viewed AS opened, min(added) AS carted FROM (${ofPeople('occurred_at AS added', `event_name = 'add_to_cart'`)}) AS carts
  ASOF JOIN views ON carts.person = views.person AND added >= viewed WHERE added <= viewed + toIntervalDay(14) GROUP BY person, opened
),
done AS (
  SELECT person, min((bought, opened, carted)) AS first FROM (${ofPeople('occurred_at AS bought', `event_name = 'purchase'`)}) AS purchases
  ASOF JOIN chains ON purchases.person = chains.person AND bought >= carted WHERE bought <= opened + toIntervalDay(14) GROUP BY person
)
SELECT (SELECT uniqExact(person) FROM views), count(), countIf(ended > 0),
  avg(step2) / 1000, avgIf(step3, ended > 0) / 1000, quantileExactInclusive(0.5)(step2) / 1000, quantileExactInclusiveIf(0.5)(step3, ended > 0) / 1000, quantileExactInclusiveIf(0.5)(step2 + step3, ended > 0) / 1000
FROM (
  SELECT toUnixTimestamp64Milli(first.1) AS ended, if(ended > 0, dateDiff('millisecond', first.2, first.3), dateDiff('millisecond', one.2, one.1)) AS step2, dateDiff('millisecond', first.3, first.1) AS step3
  FROM (SELECT person, min((carted, opened)) AS one FROM chains GROUP BY person) AS carted LEFT JOIN done USING (person)
)`,
    ({ result }) => [
      result?.counts ?? [],
      result?.averageSeconds.slice(1) ?? [],
      result?.medianSeconds.slice(1) ?? [],
      result?.totalMedianSeconds ?? 0,
    ],
  ),
};
