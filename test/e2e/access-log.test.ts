import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { askGraphql, type Stack, startStack, untilIngested } from '../testkit/stack.js';

const LOG = join(repositoryRoot(), 'test/fixtures/apache-access.log.gz');
const RANGE = '{ from: "2015-05-17", to: "2015-05-20" }';

interface Truth {
  readonly hits: number;
  readonly visitors: number;
  readonly hitsPerDay: readonly number[];
  readonly byStatusClass: Readonly<Record<string, number>>;
  readonly topPaths: readonly (readonly [string, number])[];
}

/** Plain counting over the lines, sharing nothing with the product. */
function truthOf(text: string): Truth {
  const visitors = new Set<string>();
  const days = new Map<string, number>();
  const classes: Record<string, number> = {};
  const paths = new Map<string, number>();
  let hits = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const parts = line.split('"');
    const address = line.slice(0, line.indexOf(' '));
    const agent = parts.at(-2) ?? '';
    const target = (parts[1] ?? '').split(' ')[1] ?? '';
    const status = (parts[2] ?? '').trim().split(' ')[0] ?? '';
    const day = /\[(\d+)\/May/.exec(line)?.[1] ?? '';
    hits += 1;
    visitors.add(`${address} ${agent}`);
    days.set(day, (days.get(day) ?? 0) + 1);
    const group = `${status[0]}xx`;
    classes[group] = (classes[group] ?? 0) + 1;
    const path = decode(target.split(/[?#]/)[0] ?? '').trimEnd() || '/';
    paths.set(path, (paths.get(path) ?? 0) + 1);
  }
  return {
    hits,
    visitors: visitors.size,
    hitsPerDay: ['17', '18', '19', '20'].map((day) => days.get(day) ?? 0),
    byStatusClass: classes,
    topPaths: [...paths].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10),
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

interface Answers {
  readonly hits: { total: number; series: { values: number[] } };
  readonly visitors: { total: number };
  readonly status: { breakdown: { values: string[]; counts: number[] } };
  readonly paths: { breakdown: { values: string[]; counts: number[] } };
}

describe('an access log imported through collector, log, ingester and views', () => {
  let stack: Stack;
  const truth = truthOf(gunzipSync(readFileSync(LOG)).toString());

  beforeAll(async () => {
    stack = await startStack('embedded');
  }, 60_000);
  afterAll(() => stack.stop());

  const importOnce = (): string => {
    const cli = join(repositoryRoot(), 'dist/src/cli/sluice.js');
    const run = spawnSync(
      process.execPath,
      [
        cli,
        '--url',
        stack.collectorUrl,
        '--key',
        stack.adminKey,
        'import',
        'access-log',
        LOG,
        '--rejects',
        '/dev/null',
      ],
      { encoding: 'utf8' },
    );
    return `${run.stdout}${run.stderr}`;
  };

  const ask = (): Promise<Answers> =>
    askGraphql<Answers>(
      stack.gatewayUrls[0] ?? '',
      stack.adminKey,
      `{
        hits: eventVolume(range: ${RANGE}, grain: DAY, includeBots: true) { total series { values } }
        visitors: uniqueUsers(range: ${RANGE}, includeBots: true) { total }
        status: eventVolume(range: ${RANGE}, breakdown: "status_class", includeBots: true) { breakdown { values counts } }
        paths: eventVolume(range: ${RANGE}, breakdown: "page", limit: 10, includeBots: true) { breakdown { values counts } }
      }`,
    );

  const check = ({ hits, visitors, status, paths }: Answers): void => {
    expect(hits.total).toBe(truth.hits);
    expect(hits.series.values).toEqual(truth.hitsPerDay);
    expect(visitors.total).toBe(truth.visitors);
    expect(
      Object.fromEntries(
        status.breakdown.values.map((name, i) => [name, status.breakdown.counts[i]]),
      ),
    ).toEqual(truth.byStatusClass);
    expect(paths.breakdown.values.map((path, i) => [path, paths.breakdown.counts[i]])).toEqual(
      truth.topPaths,
    );
  };

  test('hits, visitors, hits per day and status class, and the top paths equal plain counting', async () => {
    expect(importOnce()).toContain('10000 lines, 10000 events accepted, 0 refused');
    await untilIngested(stack);
    check(await ask());
  }, 60_000);

  test('a second import changes nothing', async () => {
    expect(importOnce()).toContain('10000 events accepted');
    await untilIngested(stack);
    check(await ask());
  }, 60_000);

  test('assets, errors and bots stand apart from page views', async () => {
    const { kinds, views } = await askGraphql<{
      kinds: { total: number; breakdown: { values: string[]; counts: number[] } };
      views: { total: number };
    }>(
      stack.gatewayUrls[0] ?? '',
      stack.adminKey,
      `{ kinds: eventVolume(range: ${RANGE}, breakdown: "event_name", includeBots: true) { total breakdown { values counts } }
         views: pageViews(range: ${RANGE}) { total } }`,
    );
    const byKind = new Map(
      kinds.breakdown.values.map((name, i) => [name, kinds.breakdown.counts[i] ?? 0]),
    );
    expect([...byKind.keys()].sort()).toEqual([
      'asset_request',
      'page_view',
      'request',
      'request_error',
      'request_redirect',
    ]);
    expect([...byKind.values()].reduce((sum, n) => sum + n, 0)).toBe(truth.hits);
    expect(byKind.get('request_error')).toBe(
      (truth.byStatusClass['4xx'] ?? 0) + (truth.byStatusClass['5xx'] ?? 0),
    );
    expect(views.total).toBeGreaterThan(0);
    expect(views.total).toBeLessThan(byKind.get('page_view') ?? 0);
  });

  test('the ids of a line and its repeats are functions of the text alone', async () => {
    const { accessLogEvent, parseAccessLogLine } = await import(
      '../../ingest/access-log/access-log-line.js'
    );
    const line = gunzipSync(readFileSync(LOG)).toString().split('\n')[0] ?? '';
    const hit = parseAccessLogLine(line);
    if (typeof hit === 'string') throw new Error(hit);
    const ids = [0, 0, 1].map((occurrence) => accessLogEvent(line, occurrence, hit, '').event_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(ids[0]).toBe(
      `log-${createHash('sha256').update(`0\n${line}`).digest('hex').slice(0, 32)}`,
    );
  });
});
