/**
 * Rows of `bronze_events` made inside the engine: every value is a hash of the number of its session
 * and its place in it, so that the same numbers give the same rows on every machine and release.
 *
 * Sessions follow each other in time. A few devices have many of them and most have few; pages,
 * countries and sources follow power laws. About two thirds of the devices send session ids, the
 * others leave sessions to be derived. A quarter of the accounts log in, some on two devices.
 */

/** First instant of the generated time, and how long it lasts: 90 days, a clock change within. */
export const WORLD_FROM_MS = Date.UTC(2026, 0, 1);
export const WORLD_DAYS = 90;

/** Changes whenever the rows do: kept warehouses of an older one are not used. */
export const WORLD_VERSION = 1;

const EVENTS_PER_SESSION = 13.33;
const SESSIONS_PER_DEVICE = 4.4;

export interface WorldSize {
  readonly sessions: number;
  readonly devices: number;
}

/** How many sessions and devices make about so many events. */
export function worldSize(events: number): WorldSize {
  const sessions = Math.round(events / EVENTS_PER_SESSION);
  return { sessions, devices: Math.round(sessions / SESSIONS_PER_DEVICE) };
}

/** Uniform in (0, 1], from a hash of the arguments. */
function unit(...of: readonly string[]): string {
  return `((cityHash64(${of.join(', ')}) % 1000000 + 1) / 1000000)`;
}

/** Uniform whole number in 0 … n − 1. */
function dice(n: number, ...of: readonly string[]): string {
  return `(cityHash64(${of.join(', ')}) % ${n})`;
}

function pick(texts: readonly string[], index: string): string {
  return `[${texts.map((text) => `'${text}'`).join(', ')}][toUInt32(${index}) + 1]`;
}

/** Shares in thousandths, by name; what is left over is the last name's. */
function drawn(shares: readonly (readonly [name: string, thousandths: number])[], roll: string) {
  let upto = 0;
  const cases = shares.slice(0, -1).map(([name, thousandths]) => {
    upto += thousandths;
    return `${roll} < ${upto}, '${name}'`;
  });
  return `multiIf(${cases.join(', ')}, '${shares.at(-1)?.[0]}')`;
}

const WEB_EVENTS = drawn(
  [
    ['page_view', 300],
    ['click', 200],
    ['scroll', 110],
    ['engagement', 100],
    ['web_vital', 90],
    ['page_performance', 50],
    ['form_view', 20],
    ['form_start', 14],
    ['form_field', 24],
    ['form_submit', 8],
    ['video_play', 10],
    ['experiment_exposure', 8],
    ['add_to_cart', 20],
    ['purchase', 7],
    ['refund', 1],
    ['identify', 4],
    ['search', 14],
    ['page_leave', 20],
  ],
  'roll',
);

const APP_EVENTS = drawn(
  [
    ['screen_view', 380],
    ['tap', 180],
    ['network_request', 180],
    ['app_foreground', 40],
    ['app_background', 40],
    ['push_received', 20],
    ['app_error', 8],
    ['app_crash', 3],
    ['app_anr', 2],
    ['experiment_exposure', 8],
    ['add_to_cart', 30],
    ['purchase', 8],
    ['refund', 1],
    ['identify', 4],
    ['share', 96],
  ],
  'roll',
);

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
] as const;
const BROWSERS = ['Chrome', 'Chrome', 'Safari', 'Safari', 'Firefox'];
const BROWSER_VERSIONS = ['131', '130', '17.6', '17.6', '132'];
const SYSTEMS = ['Windows', 'Android', 'macOS', 'iOS', 'Linux'];
const SYSTEM_VERSIONS = ['10', '14', '10.15', '17.6', ''];
const DEVICE_TYPES = ['desktop', 'mobile', 'desktop', 'mobile', 'desktop'];
const COUNTRIES = [
  'DE',
  'US',
  'FR',
  'GB',
  'IN',
  'BR',
  'JP',
  'PL',
  'ES',
  'IT',
  'NL',
  'SE',
  'CA',
  'AU',
  'MX',
  '',
];
const REFERRERS = [
  'www.google.com',
  't.co',
  'www.bing.com',
  'l.facebook.com',
  'blog.partner.example',
  'chatgpt.com',
  'news.ycombinator.com',
  'www.youtube.com',
  'mail.google.com',
  'duckduckgo.com',
];
const CAMPAIGNS = ['spring', 'brand', 'retarget', 'shopping-feed', 'launch', 'newsletter-12'];
const SOURCES = ['google', 'facebook', 'newsletter', 'bing', 'partner', 'tiktok'];
const MEDIA = ['cpc', 'paid-social', 'email', 'cpc', 'referral', 'display'];
const VITALS = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'];

const NOT_INTERACTION = `event_name IN ('page_view', 'screen_view', 'scroll', 'app_start', 'app_foreground', 'app_background', 'page_leave', 'engagement', 'web_vital', 'page_performance', 'network_request', 'app_crash', 'app_anr', 'app_error', 'experiment_exposure', 'form_view', 'push_received')`;

/** JSON texts of the properties that the vocabulary gives an event. */
const PROPERTIES = `multiIf(
  event_name IN ('click', 'tap'), map('x', toString(${dice(1280, 's', 'k', "'x'")}), 'y', toString(if(${dice(20, 's', 'k', "'rage'")} = 0, 400, ${dice(6000, 's', 'k', "'y'")})), 'viewport_width', '1280'),
  event_name = 'scroll', map('percent', toString(${dice(101, 's', 'k', "'p'")})),
  event_name = 'engagement', map('engaged_ms', toString(engaged)),
  event_name = 'web_vital', map('name', concat('"', vital, '"'), 'value', if(vital = 'CLS', toString(round(${unit('s', 'k', "'v'")} * 0.3, 4)), toString(toUInt32(-ln(${unit('s', 'k', "'v'")}) * 1500))), 'metric_id', concat('"v', toString(s), '-', toString(${dice(4, 's', 'k', "'mid'")}), '"')),
  event_name = 'page_performance', map('load_ms', toString(toUInt32(200 - ln(${unit('s', 'k', "'v'")}) * 900))),
  event_name IN ('form_view', 'form_start', 'form_submit'), map('form_id', concat('"form-', toString(${dice(6, 's', "'form'")}), '"')),
  event_name = 'form_field', map('form_id', concat('"form-', toString(${dice(6, 's', "'form'")}), '"'), 'field', concat('"field-', toString(${dice(8, 's', 'k', "'field'")}), '"')),
  event_name = 'app_start', map('start_type', concat('"', start_type, '"'), 'duration_ms', toString(toUInt32(150 - ln(${unit('s', 'k', "'v'")}) * 600)), 'app_version', concat('"', version, '"')),
  event_name = 'network_request', map('duration_ms', toString(toUInt32(20 - ln(${unit('s', 'k', "'v'")}) * 180)), 'status', ${pick(['200', '200', '200', '200', '200', '200', '204', '304', '404', '500'], dice(10, 's', 'k', "'status'"))}),
  event_name = 'app_crash', map('message', concat('"crash ', toString(${dice(40, 's', 'k', "'crash'")}), '"'), 'stack', concat('"at frame ', toString(${dice(40, 's', 'k', "'crash'")}), '"')),
  event_name IN ('purchase', 'refund'), map('revenue', toString(money), 'currency', '"EUR"', 'plan', ${pick(['"free"', '"pro"', '"team"'], dice(3, 's', 'k', "'plan'"))}),
  event_name = 'experiment_exposure', map('experiment', '"checkout"', 'variant', if(${dice(2, 'd', "'variant'")} = 0, '"control"', '"treatment"')),
  event_name = 'identify', map('plan', ${pick(['"free"', '"free"', '"pro"', '"team"'], dice(4, 'd', "'plan'"))}, 'seats', toString(${dice(50, 'd', "'seats'")})),
  event_name = 'search', map('query', concat('"q', toString(${dice(500, 's', 'k', "'q'")}), '"')),
  map('position', toString(k)))`;

/**
 * An INSERT of the sessions `first` up to, not including, `first + count`: one batch of a topic
 * partition as the ingester would put it in, enriched.
 */
export function insertSessionsSql(
  database: string,
  { sessions, devices }: WorldSize,
  first: number,
  count: number,
): string {
  const step = (WORLD_DAYS * 86_400_000) / sessions;
  const cells: readonly (readonly [column: string, sql: string])[] = [
    ['project_id', 'project'],
    [
      'event_id',
      `concat(substring(id_time, 1, 8), '-', substring(id_time, 9, 4), '-7', substring(id_bits, 1, 3), '-8', substring(id_bits, 4, 3), '-', substring(id_bits, 7, 10), leftPad(lower(hex(toUInt8(k % 256))), 2, '0'))`,
    ],
    ['event_name', 'event_name'],
    ['occurred_at', 'fromUnixTimestamp64Milli(ms)'],
    ['received_at', 'fromUnixTimestamp64Milli(received)'],
    ['queryable_at', `fromUnixTimestamp64Milli(received + 300 + ${dice(700, 's', 'k', "'qa'")})`],
    ['platform', `if(is_app, 'mobile', 'web')`],
    ['anonymous_id', 'device'],
    ['user_id', `if(has_account AND (k >= 2 OR ${dice(2, 's', "'in'")} = 0), account, '')`],
    ['session_id', `if(has_session_id, concat('s-', lower(hex(cityHash64(s, 'sid')))), '')`],
    [
      'url',
      `if(is_app, '', concat('https://', project, '.example', page_path, if(tagged AND k = 0, concat('?utm_source=', campaign_source), '')))`,
    ],
    [
      'referrer',
      `if(k = 0 AND referrer_host_raw != '', concat('https://', referrer_host_raw, '/'), '')`,
    ],
    [
      'user_agent',
      `if(is_bot_device, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', ${pick(AGENTS, 'agent')})`,
    ],
    [
      'ip',
      `concat('203.0.', toString(${dice(256, 'd', "'ip1'")}), '.', toString(${dice(256, 'd', "'ip2'")}))`,
    ],
    ['properties', `CAST(${PROPERTIES}, 'Map(LowCardinality(String), String)')`],
    ['host', `if(is_app, '', concat(project, '.example'))`],
    ['page', `if(is_app, '', page_path)`],
    [
      'screen',
      `if(event_name = 'screen_view', concat('Screen', toString(intDiv(page_number, 20))), '')`,
    ],
    ['referrer_host', `if(k = 0, referrer_host_raw, '')`],
    ['utm_source', `if(tagged AND k = 0, campaign_source, '')`],
    ['utm_medium', `if(tagged AND k = 0, ${pick(MEDIA, 'tag')}, '')`],
    ['utm_campaign', `if(tagged AND k = 0, ${pick(CAMPAIGNS, dice(6, 's', "'campaign'"))}, '')`],
    ['click_id', `if(tagged AND k = 0 AND tag = 0, 'gclid', '')`],
    ['device_type', `if(is_app, '', ${pick(DEVICE_TYPES, 'agent')})`],
    ['browser', `if(is_app, '', ${pick(BROWSERS, 'agent')})`],
    ['browser_version', `if(is_app, '', ${pick(BROWSER_VERSIONS, 'agent')})`],
    ['os', pick(SYSTEMS, 'agent')],
    ['os_version', pick(SYSTEM_VERSIONS, 'agent')],
    ['country', pick(COUNTRIES, `floor(pow(${unit('d', "'country'")}, 2) * 15.99)`)],
    ['language', pick(['de', 'en', 'fr', 'es', ''], dice(5, 'd', "'language'"))],
    ['app_version', `if(is_app, version, '')`],
    ['is_bot', 'is_bot_device'],
    ['bot_reason', `if(is_bot_device, 'pattern', '')`],
    ['is_view', `event_name IN ('page_view', 'screen_view')`],
    ['is_interaction', `NOT (${NOT_INTERACTION})`],
    ['is_cold_start', `event_name = 'app_start' AND start_type = 'cold'`],
    ['engaged_ms', `if(event_name = 'engagement', engaged, 0)`],
    ['revenue', `if(event_name IN ('purchase', 'refund'), money, NULL)`],
    [
      'currency',
      `if(event_name IN ('purchase', 'refund'), if(project = 'medium' AND ${dice(5, 's', "'usd'")} = 0, 'USD', 'EUR'), '')`,
    ],
    [
      'order_id',
      `if(event_name IN ('purchase', 'refund'), concat('order-', toString(s), '-', toString(${dice(30, 's', 'k', "'order'")})), '')`,
    ],
    ['topic', `if(is_app, 'topic_app_events', 'topic_web_events')`],
    ['log_partition', 'toUInt32(d % 8)'],
    ['log_offset', 's * 256 + k'],
    ['appended_at', 'fromUnixTimestamp64Milli(received)'],
    ['ingested_at', 'fromUnixTimestamp64Milli(received + 200)'],
    ['batch', `${first} + 1`],
    ['content_hash', `cityHash64(s, k)`],
    ['is_repeat', 'false'],
  ];
  return `INSERT INTO ${database}.bronze_events (${cells.map(([column]) => column).join(', ')})
SELECT ${cells.map(([column, sql]) => `${sql} AS c_${column}`).join(',\n  ')}
FROM (
  SELECT *,
    ms + if(${dice(100, 's', 'k', "'late'")} = 0, 90000000, ${dice(4000, 's', 'k', "'net'")}) AS received,
    leftPad(lower(hex(toUInt64(ms))), 12, '0') AS id_time, lower(hex(cityHash64(s, k, 'id'))) AS id_bits,
    ${dice(1000, 's', 'k', "'name'")} AS roll,
    multiIf(k = 0 AND is_app, 'app_start', k = 0, 'page_view', k = 1 AND is_app, 'screen_view', is_app, ${APP_EVENTS}, ${WEB_EVENTS}) AS event_name,
    toUInt32(floor(pow(${unit('s', 'intDiv(k, 4)', "'page'")}, 4) * 2000)) AS page_number,
    if(page_number = 0, '/', concat('/', ${pick(['product', 'article', 'category', 'help'], 'page_number % 4')}, '/', toString(page_number))) AS page_path,
    toUInt32(-ln(${unit('s', 'k', "'engaged'")}) * 8000) AS engaged,
    toDecimal64(${dice(200000, 's', 'k', "'money'")} / 1000 + 1, 4) AS money,
    ${pick(VITALS, dice(5, 's', 'k', "'vital'"))} AS vital,
    ${pick(['cold', 'cold', 'warm', 'hot'], dice(4, 's', 'k', "'start'"))} AS start_type,
    concat('3.', toString(toUInt32(intDiv(ms - ${WORLD_FROM_MS}, 1209600000))), '.', toString(${dice(3, 'd', "'version'")})) AS version
  FROM (
    SELECT *, arrayJoin(arrayMap((at, i) -> (at, i), times, range(event_count))) AS one, started + one.1 AS ms, one.2 AS k
    FROM (
      SELECT s, d, is_app, is_bot_device, has_account, account, device, has_session_id, project, agent,
        toInt64(${WORLD_FROM_MS} + s * ${step}) + ${dice(43_200_000, 's', "'start'")} - 21600000 AS shifted,
        least(greatest(shifted, ${WORLD_FROM_MS}), ${WORLD_FROM_MS + WORLD_DAYS * 86_400_000 - 1}) AS started,
        if(${dice(4, 's', "'single'")} = 0, 1, least(1 + toUInt32(floor(-ln(${unit('s', "'events'")}) * 16.9)), 250)) AS event_count,
        arrayCumSum(arrayMap(i -> if(i = 0, 0, toInt64(-ln(${unit('s', 'i', "'gap'")}) * if(${dice(40, 's', 'i', "'long'")} = 0, 900000, 20000))), range(event_count))) AS times,
        ${dice(5, 's', "'tagged'")} = 0 AS tagged, ${dice(6, 's', "'tag'")} AS tag, ${pick(SOURCES, 'tag')} AS campaign_source,
        if(is_app OR ${dice(10, 's', "'direct'")} < 4, '', ${pick(REFERRERS, `floor(pow(${unit('s', "'referrer'")}, 2) * 9.99)`)}) AS referrer_host_raw
      FROM (
        SELECT number AS s, toUInt64(floor(pow(${unit('s', "'device'")}, 2) * ${devices})) AS d,
          intDiv(d * 10, 11) AS a,
          concat('user-', lower(hex(cityHash64(a, 'account')))) AS account,
          ${dice(4, 'a', "'has account'")} = 0 AS has_account,
          concat('device-', lower(hex(cityHash64(d, 'device'))), lower(hex(cityHash64(d, 'more')))) AS device,
          ${dice(100, 'd', "'app'")} < 35 AS is_app,
          NOT is_app AND ${dice(100, 'd', "'bot'")} < 3 AS is_bot_device,
          ${dice(100, 'd', "'sends ids'")} < 65 AS has_session_id,
          multiIf(${dice(100, 'a', "'project'")} < 75, 'large', ${dice(100, 'a', "'project'")} < 95, 'medium', 'small') AS project,
          if(is_app, [1, 3][${dice(2, 'd', "'agent'")} + 1], ${dice(5, 'd', "'agent'")}) AS agent
        FROM numbers(${first}, ${count})
      )
    )
  )
)`;
}
