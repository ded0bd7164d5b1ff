import type { AppPerformanceAnswer } from '../../../src/metric/app-performance.js';
import type { CrashGroupsAnswer } from '../../../src/metric/crash-groups.js';
import type { DataQualityAnswer } from '../../../src/metric/data-quality.js';
import type { HeatmapAnswer } from '../../../src/metric/heatmap.js';
import type { IngestionLatencyAnswer } from '../../../src/metric/ingestion-latency.js';
import type { CountAnswer, EventRateAnswer } from '../../../src/metric/metric-query.js';
import type { PageLoadAnswer } from '../../../src/metric/page-load.js';
import type { WebVitalsAnswer } from '../../../src/metric/web-vitals.js';
import { D, EVENTS, FROM, type Peer, peer, TO, topTen, topTenCells } from './peer.js';
import { LINKED, PERSON } from './people.js';

const BETWEEN = (column: string): string => `${column} >= ${FROM} AND ${column} < ${TO}`;
const RECEIVED = `project_id = 'large' AND ${BETWEEN('received_at')}`;
const PERCENTILES = 'quantilesExactInclusive(0.5, 0.95, 0.99)';

export const OF_EVENTS: Readonly<Record<string, Peer>> = {
  event_volume: peer<CountAnswer>(
    `SELECT sum(event_count) FROM ${D}.gold_event_counts_per_hour WHERE project_id = 'large' AND NOT is_bot AND bucket_start >= '2025-12-31 23:00:00' AND bucket_start < '2026-03-31 22:00:00'
GROUP BY GROUPING SETS ((), (toDate(bucket_start, 'Europe/Berlin'))) ORDER BY toDate(bucket_start, 'Europe/Berlin')`,
    ({ total, series }) => [total, series?.values ?? []],
  ),
  event_rate: peer<EventRateAnswer>(
    `SELECT sum(event_count) FROM ${D}.gold_event_counts_per_minute WHERE project_id = 'large' AND NOT is_bot AND bucket_start >= '2026-03-24 23:00:00' AND bucket_start < '2026-03-31 22:00:00' GROUP BY bucket_start ORDER BY bucket_start`,
    ({ series }) => series.values.filter((n) => n > 0),
  ),
  page_load: peer<PageLoadAnswer>(
    topTen(
      `SELECT page AS value, count() AS samples, quantilesExactInclusiveState(0.5, 0.75, 0.95)(toFloat64(properties['load_ms'])) AS times FROM ${EVENTS} AND event_name = 'page_performance' GROUP BY page`,
      'samples DESC',
      'sum(samples) AS s, quantilesExactInclusiveMerge(0.5, 0.75, 0.95)(times) AS t',
    ),
    ({ samples, p50, p75, p95, byPage, otherPages, other }) =>
      topTenCells(
        byPage.pages,
        [byPage.samples, byPage.p50, byPage.p75, byPage.p95],
        [otherPages, other.samples, other.p50, other.p75, other.p95],
        [samples, p50, p75, p95],
      ),
  ),
  app_performance: peer<AppPerformanceAnswer>(
    `SELECT event_name, if(event_name = 'app_start', properties['start_type'], '') AS kind, count(), ${PERCENTILES}(toFloat64(properties['duration_ms'])), countIf(toInt32OrZero(properties['status']) >= 400)
FROM ${EVENTS} AND event_name IN ('app_start', 'network_request') GROUP BY event_name, kind ORDER BY event_name, kind`,
    ({ startTypes, starts, network, failedRequests }) => [
      starts.map(({ samples, p50, p95, p99 }, at) => [
        'app_start',
        JSON.stringify(startTypes[at]),
        samples,
        p50,
        p95,
        p99,
        0,
      ]),
      [
        'network_request',
        '',
        network.samples,
        network.p50,
        network.p95,
        network.p99,
        failedRequests,
      ],
    ],
  ),
  web_vitals: peer<WebVitalsAnswer>(
    `SELECT name, count(), quantileExactInclusive(0.75)(value), 100 * countIf(value <= transform(name, ['"LCP"', '"INP"', '"CLS"', '"FCP"', '"TTFB"'], [2500, 200, 0.1, 1800, 800], 0)) / count()
FROM (SELECT properties['name'] AS name, argMax(toFloat64(properties['value']), (occurred_at, event_id)) AS value FROM ${EVENTS} AND event_name = 'web_vital' GROUP BY name, properties['metric_id'])
GROUP BY name ORDER BY indexOf(['"LCP"', '"INP"', '"CLS"', '"FCP"', '"TTFB"'], name)`,
    ({ names, samples, p75, goodPercents }) =>
      names.map((name, at) => [`"${name}"`, samples[at] ?? 0, p75[at] ?? 0, goodPercents[at] ?? 0]),
  ),
  heatmap: peer<HeatmapAnswer>(
    `SELECT least(intDiv(toInt32(properties['x']) * 100, toInt32(properties['viewport_width'])), 99) AS x, intDiv(toInt32(properties['y']), 16) AS y, count() AS n FROM ${EVENTS} AND event_name = 'click' AND page = '/' GROUP BY x, y ORDER BY n DESC, y, x LIMIT 50000`,
    ({ columns, rows, clicks }) => columns.map((x, at) => [x, rows[at] ?? 0, clicks[at] ?? 0]),
  ),
  crash_groups: peer<CrashGroupsAnswer>(
    `SELECT * EXCEPT (text) FROM (
  SELECT properties['message'] AS text, JSONExtractString(text) AS name, count() AS crashes, uniqExact(${PERSON}), arraySort(groupUniqArray(toString(app_version))), min(toUnixTimestamp64Milli(occurred_at)), max(toUnixTimestamp64Milli(occurred_at)), argMax(event_id, (occurred_at, event_id)), argMax(properties['stack'], (occurred_at, event_id))
  FROM ${D}.silver_events ${LINKED} WHERE ${EVENTS.split(' WHERE ')[1] ?? ''} AND event_name = 'app_crash' GROUP BY text ORDER BY crashes DESC, name LIMIT 100)`,
    (answer) =>
      answer.groups.map((group, at) => [
        [group, answer.crashes[at] ?? 0, answer.users[at] ?? 0, answer.versions[at] ?? []],
        [Date.parse(answer.firstAt[at] ?? ''), Date.parse(answer.lastAt[at] ?? '')],
        [answer.sampleEventIds[at] ?? '', answer.sampleProperties[at]?.stack ?? ''],
      ]),
  ),
  data_quality: peer<DataQualityAnswer>(
    `SELECT (SELECT count() FROM ${D}.bronze_events WHERE ${RECEIVED}), (SELECT count() FROM ${D}.bronze_dead_letters FINAL WHERE ${RECEIVED}), count(), countIf(if(platform = 'mobile', app_version != '', url != '' AND user_agent != '')), countIf(dateDiff('millisecond', occurred_at, received_at) > 86400000) FROM ${D}.silver_events WHERE ${RECEIVED}`,
    ({ received, refused, unique, complete, late }) => [received, refused, unique, complete, late],
  ),
  ingestion_latency: peer<IngestionLatencyAnswer>(
    `SELECT count(), ${PERCENTILES}(dateDiff('millisecond', received_at, queryable_at)), ${PERCENTILES}(dateDiff('millisecond', occurred_at, queryable_at)) FROM ${D}.silver_events WHERE project_id = 'large' AND ${BETWEEN('queryable_at')}`,
    ({ events, processingMs, endToEndMs }) => [
      events,
      [processingMs.p50, processingMs.p95, processingMs.p99],
      [endToEndMs.p50, endToEndMs.p95, endToEndMs.p99],
    ],
  ),
};
