import { describe, expect, test } from '@jest/globals';
import {
  type AccessLogHit,
  accessLogEvent,
  kindOf,
  parseAccessLogLine,
} from '../../../ingest/access-log/access-log-line.js';

const COMMON =
  '203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326';
const COMBINED = `${COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`;

function hitOf(line: string): AccessLogHit {
  const hit = parseAccessLogLine(line);
  if (typeof hit === 'string') throw new Error(hit);
  return hit;
}

describe('a line of an access log', () => {
  test('in Common format has no referrer and no agent', () => {
    expect(hitOf(COMMON)).toEqual({
      address: '203.0.113.9',
      remoteUser: 'frank',
      occurredAt: Date.UTC(2000, 9, 10, 20, 55, 36),
      method: 'GET',
      target: '/apache_pb.gif',
      protocol: 'HTTP/1.0',
      status: 200,
      bytes: 2326,
      referrer: '',
      userAgent: '',
    });
  });

  test('in Combined format has both', () => {
    const hit = hitOf(COMBINED);
    expect(hit.referrer).toBe('http://www.example.com/start.html');
    expect(hit.userAgent).toBe('Mozilla/4.08 [en] (Win98; I ;Nav)');
  });

  test('whose end the server cut off still counts', () => {
    expect(hitOf(COMBINED.slice(0, -1)).userAgent).toBe('Mozilla/4.08 [en] (Win98; I ;Nav)');
  });

  test('may hold escaped quotes and bytes', () => {
    const hit = hitOf(`${COMMON} "-" "a \\"quoted\\" caf\\xc3\\xa9 \\\\"`);
    expect(hit.userAgent).toBe('a "quoted" café \\');
    expect(hit.referrer).toBe('');
  });

  test.each([
    ['nothing of the format', 'hello'],
    ['a request without a path', COMMON.replace('GET /apache_pb.gif HTTP/1.0', '\\x16\\x03\\x01')],
    ['a day the month does not have', COMMON.replace('10/Oct', '31/Feb')],
    ['an unknown month', COMMON.replace('Oct', 'Okt')],
  ])('with %s is refused with what was expected', (_, line) => {
    expect(parseAccessLogLine(line)).toMatch(/^expected /);
  });
});

test.each([
  ['/', 200, 'GET', 'page_view'],
  ['/about?x=1.css', 200, 'GET', 'page_view'],
  ['/about', 304, 'GET', 'page_view'],
  ['/style.css?v=2', 200, 'GET', 'asset_request'],
  ['/old', 301, 'GET', 'request_redirect'],
  ['/gone.png', 404, 'GET', 'request_error'],
  ['/api', 500, 'POST', 'request_error'],
  ['/form', 200, 'POST', 'request'],
  ['/', 200, 'HEAD', 'request'],
])('%s with %i by %s is a %s', (target, status, method, kind) => {
  expect(kindOf({ target, status, method })).toBe(kind);
});

test('equal lines of a file get unlike ids, and the same ones in every import', () => {
  const hit = hitOf(COMBINED);
  const idOf = (occurrence: number): unknown =>
    accessLogEvent(COMBINED, occurrence, hit, '').event_id;
  expect(idOf(0)).toBe(idOf(0));
  expect(idOf(1)).not.toBe(idOf(0));
});
