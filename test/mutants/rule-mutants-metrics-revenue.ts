import type { Mutant } from './mutants.js';
import { CHANNELS, CONVERSION, of, REVENUE, TOP } from './oracle-checks.js';

/** The rules of METRICS-SPEC §4 and §5 about conversion, money, sources and channels. */

const MONEY = 'src/metric/revenue.ts';
const CONVERTED = 'src/metric/conversion-rate.ts';
const CHANNEL_SQL = 'src/channel/channel-sql.ts';
const CATEGORIES = 'src/channel/source-category.ts';
const ORDER_KEY = "LIMIT 1 BY if(is_purchase AND order_id != '', ('o', order_id), ('e', event_id))";
/** Rules of channels whose text is broken over lines. */
const BROKEN = ['Mobile Push', 'Unassigned'];

/** A channel whose rule never holds. */
function withoutChannel(name: string, worlds = 16): Mutant {
  const [from, to] = BROKEN.includes(name)
    ? [`,\n      '${name}',`, ` && 'false',\n      '${name}',`]
    : [`, '${name}'],`, ` && 'false', '${name}'],`];
  const test = of(worlds, CHANNELS);
  const change = 'its rule never holds';
  return { mechanism: `channel ${name}`, change, file: CHANNEL_SQL, from, to, test };
}

export const REVENUE_RULE_MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'a goal converts a person once',
    change: 'every goal is a converted person',
    file: CONVERTED,
    from: 'uniqExactIf(${source.person}, ${isGoal}) AS converted',
    to: 'countIf(${isGoal}) AS converted',
    test: CONVERSION,
  },
  {
    mechanism: 'every goal is a conversion',
    change: 'a person converts once',
    file: CONVERTED,
    from: 'countIf(${isGoal}) AS conversions',
    to: 'uniqExactIf(${source.person}, ${isGoal}) AS conversions',
    test: CONVERSION,
  },
  {
    mechanism: 'a session converts with any goal',
    change: 'its last event has to be the goal',
    file: CONVERTED,
    from: "sql: 'max(s_goal)'",
    to: "sql: 'argMax(s_goal, (occurred_ms, event_id))'",
    test: CONVERSION,
  },
  {
    mechanism: 'an order counts once',
    change: 'every purchase counts',
    file: MONEY,
    from: ORDER_KEY,
    to: 'LIMIT 1 BY event_id',
    test: REVENUE,
  },
  {
    mechanism: 'the first purchase of an order counts',
    change: 'the last one counts',
    file: MONEY,
    from: 'ORDER BY ms, event_id\n',
    to: 'ORDER BY ms DESC, event_id DESC\n',
    test: REVENUE,
  },
  {
    mechanism: 'an order counts in all history',
    change: 'an order counts once in the range',
    file: MONEY,
    from: '    allHistory: true,\n',
    to: '',
    test: REVENUE,
  },
  {
    mechanism: 'purchases without an order all count',
    change: 'one of them counts',
    file: MONEY,
    from: "is_purchase AND order_id != ''",
    to: 'is_purchase',
    test: REVENUE,
  },
  {
    mechanism: 'refunds of one order all count',
    change: 'one of them counts',
    file: MONEY,
    from: ORDER_KEY,
    to: "LIMIT 1 BY if(order_id != '', (toString(is_purchase), order_id), ('e', event_id))",
    test: REVENUE,
  },
  {
    mechanism: 'a refund is taken off whatever its sign',
    change: 'a refund below zero is added',
    file: MONEY,
    from: '-abs(amount)',
    to: '-amount',
    test: REVENUE,
  },
  {
    mechanism: 'money needs a currency',
    change: 'money without one counts',
    file: MONEY,
    from: "revenue IS NOT NULL AND currency != ''`,",
    to: 'revenue IS NOT NULL`,',
    test: REVENUE,
  },
  {
    mechanism: 'several currencies have no total',
    change: 'the first one is the total',
    file: MONEY,
    from: 'total: rows.length > 1 ? null :',
    to: 'total: rows.length < 0 ? null :',
    test: REVENUE,
  },
  {
    mechanism: 'several currencies have no averages',
    change: 'averages are of the first one',
    file: MONEY,
    from: 'const net = rows.length > 1 ? null :',
    to: 'const net = rows.length < 0 ? null :',
    test: REVENUE,
  },
  {
    mechanism: 'buyers have a counted purchase',
    change: 'a refund makes a buyer too',
    file: MONEY,
    from: 'uniqExactIf(person, is_order) AS n',
    to: 'uniqExact(person) AS n',
    test: REVENUE,
  },
  {
    mechanism: 'the average order is of net money',
    change: 'it is of buyers',
    file: MONEY,
    from: 'ratio(net, orders)',
    to: 'ratio(net, buyers[0]?.n ?? 0)',
    test: REVENUE,
  },
  {
    mechanism: 'the entry event is a view or a start',
    change: 'made of events, it is the first one',
    file: 'src/session/sessions.ts',
    from: "'0', '1'), ${RANK})",
    to: "'0', '0'), ${RANK})",
    test: TOP,
  },
  {
    mechanism: 'the entry event is a view or a start',
    change: 'made of parts, it is the first one',
    file: 'clickhouse/gold/0018_create_session_parts.sql',
    from: "'app_foreground'), '0', '1'), rank)",
    to: "'app_foreground'), '0', '0'), rank)",
    test: TOP,
  },
  {
    mechanism: 'a referrer of the own host is none',
    change: 'it is one',
    file: CHANNEL_SQL,
    from: '(${from} = ${own} OR ',
    to: '(',
    test: CHANNELS,
  },
  {
    mechanism: 'a referrer of a related host is none',
    change: 'it is one',
    file: CHANNEL_SQL,
    from: " OR endsWith(${from}, concat('.', ${own})) OR endsWith(${own}, concat('.', ${from}))",
    to: '',
    test: CHANNELS,
  },
  {
    mechanism: 'a referrer of a linked domain is none',
    change: 'it is one',
    file: CHANNEL_SQL,
    from: ' OR has(${linked}, ${from}))',
    to: ')',
    test: CHANNELS,
  },
  {
    mechanism: 'www is no part of a host',
    change: 'it is one',
    file: CHANNEL_SQL,
    from: "`replaceRegexpOne(${host}, '^www[.]', '')`",
    to: 'host',
    test: CHANNELS,
  },
  {
    mechanism: 'a click id names a source',
    change: 'it names none',
    file: CHANNEL_SQL,
    from: "${referrer}, ${implied}, '')",
    to: "${referrer}, '')",
    test: CHANNELS,
  },
  {
    mechanism: 'fbclid is not paid',
    change: 'it is',
    file: CHANNEL_SQL,
    from: "`t_kind = 'social' AND t_paid`",
    to: "`t_kind = 'social' AND (t_paid OR click_id = 'fbclid')`",
    test: CHANNELS,
  },
  {
    mechanism: 'a prefix is no part of a source',
    change: 'it is one',
    file: CATEGORIES,
    from: '(?:www|m|l|lm|mobile)',
    to: '(?:nothing)',
    test: CHANNELS,
  },
  {
    mechanism: 'a source matches as a whole',
    change: 'its beginning suffices',
    file: CATEGORIES,
    from: "...hosts].join('|')})$`",
    to: "...hosts].join('|')})`",
    test: CHANNELS,
  },
  {
    mechanism: 'mail comes before search',
    change: 'the mail of a search engine is search',
    file: CATEGORIES,
    from: "category: 'email',\n    names",
    to: "category: 'search',\n    names",
    test: CHANNELS,
  },
  {
    mechanism: 'a tagged medium comes first',
    change: 'the referrer comes first',
    file: CHANNEL_SQL,
    from: "`multiIf(utm_medium != '', utm_medium, ${bound(",
    to: "`multiIf(utm_medium != '' AND t_referrer = '', utm_medium, ${bound(",
    test: of(200, TOP),
  },
  {
    mechanism: 'referrers of engines and networks are organic',
    change: 'every referrer is referral',
    file: CHANNEL_SQL,
    from: "IN ('search', 'social', 'video', 'ai'), 'organic'",
    to: "IN ('search', 'social', 'video', 'ai'), 'referral'",
    test: of(200, TOP),
  },
  {
    mechanism: 'a click id of the engine is paid search',
    change: 'only a paid medium is',
    file: CHANNEL_SQL,
    from: '(t_paid OR ${engineClick})',
    to: 't_paid',
    test: CHANNELS,
  },
  {
    mechanism: 'a shop is a word of the campaign',
    change: 'it may be part of one',
    file: 'src/channel/channel.ts',
    from: "'^(.*(([^a-df-z]|^)shop|shopping).*)$'",
    to: "'shop'",
    test: CHANNELS,
  },
  ...[
    'Cross-network',
    'Paid Shopping',
    'Paid Search',
    'Paid Social',
    'Paid Video',
    'Display',
    'Paid Other',
    'Organic Shopping',
    'Organic Social',
    'Organic Video',
    'AI Assistants',
    'Organic Search',
    'Email',
    'Affiliates',
    'Audio',
    'SMS',
    'Mobile Push',
    'Referral',
    'Unassigned',
  ].map((name) => withoutChannel(name)),
];
