import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { repositoryRoot } from '../../test/testkit/clickhouse-stand-in.js';
import {
  between,
  pickWeighted,
  type Random,
  randomNumbers,
} from '../../test/testkit/random-numbers.js';

/** What came with the requests of a real access log. */
interface Request {
  readonly ip: string;
  readonly target: string;
  readonly referrer: string;
  readonly userAgent: string;
}

const LINE = /^(\S+) \S+ \S+ \[[^\]]+\] "(?:\S+) (\S+)[^"]*" \d+ \S+ "([^"]*)" "([^"]*)"/;

function realRequests(): readonly Request[] {
  const path = join(repositoryRoot(), 'test/fixtures/apache-access.log.gz');
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, ip = '', target = '', referrer = '', userAgent = ''] = LINE.exec(line) ?? [];
      const isWhole = target.startsWith('/') && userAgent !== '-' && userAgent !== '';
      return isWhole ? [{ ip, target, referrer: referrer === '-' ? '' : referrer, userAgent }] : [];
    });
}

const EVENT_NAMES = [
  { name: 'page_view', weight: 45 },
  { name: 'click', weight: 20 },
  { name: 'scroll', weight: 12 },
  { name: 'engagement', weight: 8 },
  { name: 'product_view', weight: 6 },
  { name: 'add_to_cart', weight: 4 },
  { name: 'search', weight: 3 },
  { name: 'signup', weight: 1 },
  { name: 'purchase', weight: 1 },
] as const;
const CAMPAIGNS = ['spring', 'summer', 'brand', 'retarget', 'newsletter-24', 'newsletter-25'];
const LANGUAGES = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'ja-JP'];

/** A visitor in the middle of a visit. */
interface Visit {
  readonly anonymousId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly request: Request;
  readonly campaign: string;
  readonly language: string;
  left: number;
}

export interface GenerateOptions {
  readonly seed: number;
  readonly count: number;
  /** The newest event is of this moment, ms since 1970; the oldest at most a day older. */
  readonly until: number;
}

/** Events of a day per ms at which a visit is under way at once. */
const OPEN_VISITS = 4_000;
const DAY_MS = 86_400_000;
/** One event in so many is sent a second time. */
const COPY_EVERY = 100;
/** One event in so many comes up to six hours late. */
const LATE_EVERY = 33;

/**
 * Events of some 25 fields as a busy site sends them, always the same for a seed: ids with their time
 * in front (UUIDv7), visits of 12 events on average, every third with an account, agents, addresses,
 * referrers and pages of a real access log, six properties, 1 % copies and 3 % late ones.
 */
export function* generateEvents({ seed, count, until }: GenerateOptions): Generator<TrackedEvent> {
  const random = randomNumbers(seed);
  const requests = realRequests();
  const visits: Visit[] = [];
  const recent: TrackedEvent[] = [];
  const step = Math.min(DAY_MS, count * 10) / count;
  const start = until - step * count;
  for (let n = 0; n < count; n += 1) {
    const copied = n % COPY_EVERY === COPY_EVERY - 1 ? recent[between(random, 0, 999)] : undefined;
    const receivedAt = Math.floor(start + n * step);
    if (copied !== undefined) {
      yield { ...copied, receivedAt };
      continue;
    }
    const at = between(random, 0, OPEN_VISITS - 1);
    const open = visits[at];
    const visit = open === undefined || open.left === 0 ? newVisit(random, requests) : open;
    visits[at] = visit;
    visit.left -= 1;
    const lateMs = n % LATE_EVERY === 0 ? between(random, 60_000, 6 * 3_600_000) : 0;
    const event = eventOf(
      random,
      visit,
      receivedAt,
      receivedAt - lateMs - between(random, 20, 900),
    );
    recent[n % 1000] = event;
    yield event;
  }
}

function newVisit(random: Random, requests: readonly Request[]): Visit {
  const request = requests[between(random, 0, requests.length - 1)];
  if (request === undefined) throw new Error('expected requests in the access log');
  const visitor = between(random, 0, 999_999);
  return {
    anonymousId: `d${hex(visitor * 2_654_435_761, 8)}-${hex(visitor, 6)}`,
    userId: visitor % 3 === 0 ? `user-${visitor}` : '',
    sessionId: uuid(random, 0),
    request,
    campaign: random() < 0.3 ? (CAMPAIGNS[between(random, 0, CAMPAIGNS.length - 1)] ?? '') : '',
    language: LANGUAGES[visitor % LANGUAGES.length] ?? '',
    left: between(random, 1, 23),
  };
}

function eventOf(
  random: Random,
  visit: Visit,
  receivedAt: number,
  occurredAt: number,
): TrackedEvent {
  const { request, campaign } = visit;
  const { name } = pickWeighted(random, EVENT_NAMES);
  const tags = campaign === '' ? '' : `?utm_source=mail&utm_medium=email&utm_campaign=${campaign}`;
  const product = between(random, 0, 19_999);
  const path = random() < 0.4 ? request.target.split('?', 1)[0] : `/product/${product}`;
  return {
    projectId: 'shop',
    eventId: uuid(random, occurredAt),
    eventName: name,
    occurredAt,
    receivedAt,
    queryableAt: null,
    platform: 'web',
    anonymousId: visit.anonymousId,
    userId: visit.userId,
    sessionId: visit.sessionId,
    url: `https://shop.example${path}${tags}`,
    referrer: request.referrer,
    userAgent: request.userAgent,
    ip: request.ip,
    utmSource: campaign === '' ? '' : 'mail',
    utmMedium: campaign === '' ? '' : 'email',
    utmCampaign: campaign,
    utmContent: '',
    utmTerm: '',
    properties: {
      language: `"${visit.language}"`,
      title: `"Product ${product}"`,
      position: String(between(random, 0, 100)),
      variant: random() < 0.5 ? '"a"' : '"b"',
      load_ms: String(between(random, 80, 4_000)),
      app_version: '"5.12.0"',
      ...(name === 'engagement' ? { engaged_ms: String(between(random, 100, 60_000)) } : {}),
      ...(name === 'purchase'
        ? {
            revenue: (between(random, 100, 50_000) / 100).toFixed(2),
            currency: '"EUR"',
            order_id: `"o-${between(random, 0, 999_999_999)}"`,
          }
        : {}),
    },
    isTrusted: false,
  };
}

function hex(value: number, digits: number): string {
  return (value % 16 ** digits).toString(16).padStart(digits, '0');
}

/** UUIDv7 of an instant, ms since 1970; of 0, a random one. */
function uuid(random: Random, instant: number): string {
  const part = (digits: number) => hex(Math.floor(random() * 16 ** digits), digits);
  const time = instant === 0 ? part(12) : hex(instant, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${part(3)}-8${part(3)}-${part(12)}`;
}
