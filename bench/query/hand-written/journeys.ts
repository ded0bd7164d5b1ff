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

/** Shares of the touch `i` of `n` by first, last, last known, linear, decaying and position-based rules. */
const SHARES = `[i = 1, i = n, i = known, 1 / n, decays[i] / arraySum(decays), multiIf(n < 3, 1 / n, i = 1 OR i = n, 0.4, 0.2 / (n - 2))]`;

/** The models in the order of {@link SHARES}, then Shapley's. */
const MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'time_decay',
  'position_based',
  'shapley',
];

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
    `SELECT multiIf(any_at < at - toIntervalDay(30), 'none', known_at >= at - toIntervalDay(30), known, source) AS label, count() AS n, toFloat64(sum(money)) FROM (${GOALS}) AS goals
ASOF LEFT JOIN (
  SELECT toucher, started AS any_at, source, maxIf(started, NOT is_direct) OVER w AS known_at, argMaxIf(source, started, NOT is_direct) OVER w AS known
  FROM (SELECT toucher, started, source, channel = 'Direct' AS is_direct FROM (${TOUCHES})) WINDOW w AS (PARTITION BY toucher ORDER BY started)
) AS touches ON buyer = toucher AND at >= any_at
GROUP BY label ORDER BY n DESC, label`,
    ({ models: [model] }) =>
      model?.values.map((value, at) => [
        value,
        model.credits[at] ?? 0,
        Number(model.revenues[0]?.amounts[at] ?? 0),
      ]) ?? [],
    LONG_DAYS,
  ),
  // Of the Markov chain the moves are counted; the equations of a dozen channels are not solved.
  'attribution-all': peer<AttributionAnswer>(
    `WITH people AS (
  SELECT person, arraySort(t -> (t.1, t.3), groupArrayIf((ms, channel, place), channel != '')) AS touches, arraySort(groupArrayIf((ms, money), channel = '')) AS goals FROM (
    SELECT toucher AS person, toUnixTimestamp64Milli(started) AS ms, channel, place, 0. AS money FROM (${TOUCHES})
    UNION ALL SELECT buyer, toUnixTimestamp64Milli(at), '', '', toFloat64(money) FROM (${GOALS})
  ) GROUP BY person
), ends AS (
  SELECT place <= length(goals) AS is_goal, goal, if(place > 1, goals[place - 1].1, 0) AS before,
    arrayFilter(t -> if(is_goal, t.1 <= goal.1 AND goal.1 - t.1 <= 2592000000, t.1 > before), touches) AS near,
    arrayFilter(t -> t.1 > before, near) AS latest, arrayMap(t -> t.2, if(empty(latest), arraySlice(near, -1), latest)) AS path, arrayDistinct(path) AS names, arrayCompact(path) AS states,
    toUInt32(length(near)) AS n, if(arrayExists(t -> t.2 != 'Direct', near), arrayLastIndex(t -> t.2 != 'Direct', near), n) AS known, arrayMap(t -> exp2((t.1 - near[-1].1) / 604800000), near) AS decays
  FROM people ARRAY JOIN arrayPushBack(goals, (toInt64(0), 0.)) AS goal, range(1, length(goals) + 2) AS place WHERE notEmpty(near)
)
SELECT if(kind = 'move', 'moves', label) AS name, if(kind = 'move', [sumIf(total[1], target = 'converts')], sumForEach(total)) AS sums FROM (
  SELECT part.1 AS kind, part.2 AS label, part.3 AS target, sumForEach(part.4) AS total FROM ends ARRAY JOIN arrayConcat(
    if(is_goal, arrayMap((t, i) -> ('credit', t.2, '', arrayConcat(${SHARES}, [0.], arrayMap(share -> share * goal.2, ${SHARES}))), near, arrayEnumerate(near)), []),
    if(is_goal, arrayMap(of -> ('credit', of, '', [0., 0., 0., 0., 0., 0., 1 / length(names)]), names), []),
    arrayMap((a, b) -> ('move', a, b, [1.]), arrayPushFront(states, 'starts'), arrayPushBack(states, if(is_goal, 'converts', 'leaves')))
  ) AS part GROUP BY kind, label, target
) GROUP BY kind, name ORDER BY kind, name`,
    ({ conversions, models }) => {
      const of = MODELS.map((name) => models.find(({ model }) => model === name));
      return [
        [...(of[0]?.values ?? [])]
          .sort()
          .map((name) => [
            name,
            of.map((model) => model?.credits[model.values.indexOf(name)] ?? 0),
            of
              .slice(0, -1)
              .map((model) => Number(model?.revenues[0]?.amounts[model.values.indexOf(name)] ?? 0)),
          ]),
        ['moves', conversions],
      ];
    },
    LONG_DAYS,
  ),
  experiment: peer<ExperimentAnswer>(
    `WITH exposed AS (
  SELECT variant, is_mixed, [('exposed', since), ('purchase', arrayMin(arrayFilter(ms -> ms >= since, bought))), ('add_to_cart', arrayMin(arrayFilter(ms -> ms >= since, added)))] AS firsts FROM (
    SELECT person, argMinIf(name, (ms, id), name != '') AS variant, minIf(ms, name != '') AS since, uniqExactIf(name, name != '') > 1 AS is_mixed,
      groupArrayIf(ms, event_name = 'purchase') AS bought, groupArrayIf(ms, event_name = 'add_to_cart') AS added
    FROM (${ofPeople(`event_name, toUnixTimestamp64Milli(occurred_at) AS ms, event_id AS id, if(event_name = 'experiment_exposure' AND properties['experiment'] = '"checkout"', JSONExtractString(properties['variant']), '') AS name`, `event_name IN ('experiment_exposure', 'purchase', 'add_to_cart')`)})
    GROUP BY person HAVING variant != ''
  )
)
SELECT if(is_mixed, 'mixed', variant) AS label, event, if(is_mixed, [sum(n)], arrayCumSum(sumForEach(arrayMap(d -> if(d = day, n, 0), range(90))))) FROM (
  SELECT variant, is_mixed, first.1 AS event, toDate(fromUnixTimestamp64Milli(first.2), 'Europe/Berlin') - toDate('2026-01-01') AS day, count() AS n
  FROM exposed ARRAY JOIN firsts AS first WHERE first.2 > 0 AND (NOT is_mixed OR event = 'exposed') GROUP BY variant, is_mixed, event, day
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
    `SELECT count(), countIf(notEmpty(chains)), countIf(done != 0), avgIf(step2, step2 >= 0) / 1000, avgIf(step3, done != 0) / 1000,
  quantileExactInclusiveIf(0.5)(step2, step2 >= 0) / 1000, quantileExactInclusiveIf(0.5)(step3, done != 0) / 1000, quantileExactInclusiveIf(0.5)(step2 + step3, done != 0) / 1000
FROM (
  SELECT chains, arrayFirstIndex((ms, at) -> at > 0 AND ms - chains[at].1 <= 1209600000, bought, ats) AS done, if(done != 0, chains[ats[done]], chains[1]) AS chain,
    if(empty(chains), -1, chain.2 - chain.1) AS step2, bought[done] - chain.2 AS step3
  FROM (
    SELECT bought, arrayMap(ms -> arrayLastIndex(chain -> chain.2 <= ms, chains), bought) AS ats, chains FROM (
      SELECT bought, arrayFilter((chain, before) -> chain.1 > 0 AND chain.1 != before AND chain.2 - chain.1 <= 1209600000, pairs, arraySlice(arrayPushFront(pairs.1, 0), 1, length(pairs))) AS chains FROM (
        SELECT bought, arrayMap(ms -> (arrayLast(view -> view <= ms, views), ms), added) AS pairs FROM (
          SELECT person, arraySort(groupArrayIf(ms, event_name = 'page_view')) AS views, arraySort(groupArrayIf(ms, event_name = 'add_to_cart')) AS added, arraySort(groupArrayIf(ms, event_name = 'purchase')) AS bought
          FROM (${ofPeople('event_name, toUnixTimestamp64Milli(occurred_at) AS ms', `event_name IN ('page_view', 'add_to_cart', 'purchase')`)}) GROUP BY person HAVING notEmpty(views)
        )
      )
    )
  )
)`,
    ({ result }) => [
      result?.counts ?? [],
      result?.averageSeconds.slice(1) ?? [],
      result?.medianSeconds.slice(1) ?? [],
      result?.totalMedianSeconds ?? 0,
    ],
    // Steps of one instant count as in order, whatever their ids say.
    1e-6,
  ),
};
