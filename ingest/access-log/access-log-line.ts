import { createHash } from 'node:crypto';

/** What a line of an access log asks for, so that page views stand apart from everything else. */
export type HitKind =
  | 'page_view'
  | 'asset_request'
  | 'request_error'
  | 'request_redirect'
  | 'request';

/** A line in Common or Combined Log Format. Absent fields (`-`) are the empty string. */
export interface AccessLogHit {
  readonly address: string;
  readonly remoteUser: string;
  /** ms since 1970 UTC. */
  readonly occurredAt: number;
  readonly method: string;
  /** Path with query, as requested. */
  readonly target: string;
  readonly protocol: string;
  readonly status: number;
  /** Bytes of the answer's body; null when the log has `-`. */
  readonly bytes: number | null;
  readonly referrer: string;
  readonly userAgent: string;
}

/**
 * Quoted fields may hold `\"`; the referrer and the agent are missing in the Common format. Servers cut
 * long lines, so the last quote may be missing: the hit happened all the same.
 */
const LINE =
  /^(\S+) (\S+) (\S+) \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"?)?\s*$/;

const REQUEST = /^([A-Z]+) (\S+)(?: (HTTP\/\d(?:\.\d)?))?$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Endings of files a page loads, none of which a visitor opens as a page. */
const ASSET =
  /\.(?:css|js|mjs|map|json|xml|rss|atom|txt|ico|png|jpe?g|gif|svg|webp|avif|bmp|tiff?|woff2?|ttf|eot|otf|mp[34]|m4[av]|webm|og[gv]|wav|avi|mov|pdf|zip|gz|tgz|bz2|xz|tar|rar|7z|jar|war|exe|dmg|deb|rpm|iso|bin|swf|wasm)$/i;

/**
 * Reads one line (https://httpd.apache.org/docs/2.4/logs.html#accesslog).
 *
 * @returns The hit, or a sentence saying what was expected and what came.
 */
export function parseAccessLogLine(line: string): AccessLogHit | string {
  const match = LINE.exec(line);
  if (match === null) {
    return 'expected Common or Combined Log Format: address identity user [time] "request" status bytes ["referrer" "agent"]';
  }
  const [, address = '', , user = '', day, monthName = '', year, hour, minute, second] = match;
  const [sign, zoneHours, zoneMinutes, request = '', status, bytes, referrer, agent] =
    match.slice(10);
  const month = MONTHS.indexOf(monthName);
  const local = Date.UTC(
    Number(year),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (month < 0 || new Date(local).getUTCDate() !== Number(day)) {
    return `expected a time such as 17/May/2015:10:05:03 +0000, got ${day}/${monthName}/${year}:${hour}:${minute}:${second}`;
  }
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const asked = REQUEST.exec(unescapeField(request));
  if (asked === null) {
    return `expected a request such as "GET /path HTTP/1.1", got "${request.slice(0, 80)}"`;
  }
  return {
    address,
    remoteUser: fieldOf(user),
    occurredAt: local - offset,
    method: asked[1] ?? '',
    target: asked[2] ?? '',
    protocol: asked[3] ?? 'HTTP/0.9',
    status: Number(status),
    bytes: bytes === '-' ? null : Number(bytes),
    referrer: fieldOf(referrer),
    userAgent: fieldOf(agent),
  };
}

/** An error is a status from 400 on, an asset goes by the ending of its path, a page view is what a visitor reads. */
export function kindOf(hit: Pick<AccessLogHit, 'method' | 'status' | 'target'>): HitKind {
  if (hit.status >= 400) return 'request_error';
  const path = hit.target.split(/[?#]/, 1)[0] ?? '';
  if (ASSET.test(path)) return 'asset_request';
  if (hit.status >= 300 && hit.status !== 304) return 'request_redirect';
  return hit.method === 'GET' && (hit.status === 200 || hit.status === 304)
    ? 'page_view'
    : 'request';
}

/**
 * The hit as an event of the collector's contract, for a trusted importer.
 *
 * The id is a function of the line and of how many equal lines came before it in the file, so that
 * a second import changes nothing while two equal hits of one second both count. A visitor is an
 * address with an agent.
 *
 * @param occurrence 0 for the first line with this text in its file, 1 for the next …
 * @param site Scheme and host that targets belong to, e.g. `https://example.com`; empty: unknown.
 */
export function accessLogEvent(
  line: string,
  occurrence: number,
  hit: AccessLogHit,
  site: string,
): Readonly<Record<string, unknown>> {
  const timestamp = new Date(hit.occurredAt).toISOString();
  const isAbsolute = /^https?:\/\//.test(hit.target);
  return {
    event_id: `log-${digest(`${occurrence}\n${line}`)}`,
    event_name: kindOf(hit),
    timestamp,
    received_at: timestamp,
    platform: 'web',
    anonymous_id: digest(`${hit.address}\n${hit.userAgent}`),
    ...(hit.remoteUser === '' ? {} : { user_id: hit.remoteUser }),
    url: isAbsolute ? hit.target : `${site}${hit.target}`,
    ...(hit.referrer === '' ? {} : { referrer: hit.referrer }),
    ...(hit.userAgent === '' ? {} : { user_agent: hit.userAgent }),
    ip: hit.address,
    properties: {
      method: hit.method,
      status: hit.status,
      status_class: `${Math.floor(hit.status / 100)}xx`,
      protocol: hit.protocol,
      ...(hit.bytes === null ? {} : { bytes: hit.bytes }),
      // Nobody interacts by loading a file: such a hit must not make a session engaged.
      ...(kindOf(hit) === 'page_view' ? {} : { non_interaction: true }),
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function fieldOf(raw: string | undefined): string {
  return raw === undefined || raw === '-' ? '' : unescapeField(raw);
}

/** Undoes Apache's escapes: `\"`, `\\`, `\xhh` and the usual control letters. */
function unescapeField(raw: string): string {
  if (!raw.includes('\\')) return raw;
  const bytes: number[] = [];
  const letters: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, b: 8 };
  for (let i = 0; i < raw.length; i++) {
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(raw.slice(i, i + 4))?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      i += 3;
    } else if (raw[i] === '\\' && i + 1 < raw.length) {
      const letter = raw[i + 1] ?? '';
      bytes.push(letters[letter] ?? letter.charCodeAt(0));
      i += 1;
    } else {
      bytes.push(...Buffer.from(raw[i] ?? ''));
    }
  }
  return Buffer.from(bytes).toString();
}
