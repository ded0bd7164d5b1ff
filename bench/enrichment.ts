import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createEventCodec } from '../ingest/event-codec.js';
import { createEnricher, enrichmentSteps } from '../ingest/ingester/enrich-event.js';
import { createCountryLookup } from '../ingest/ingester/enrichment/country.js';
import type { TrackedEvent } from '../src/event/tracked-event.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { type Benchmark, type Figure, median } from './benchmark.js';

/** DESIGN §9: all default steps, µs an event amortised. */
const BAR_US = 3;
const ROUNDS = 7;
/** Passes over the log in one round, the first with empty memories: 100,000 events. */
const PASSES = 10;

const LINE = /^(\S+) \S+ \S+ \[[^\]]+\] "(?:\S+) (\S+)[^"]*" \d+ \S+ "([^"]*)" "([^"]*)"/;

/** The requests of a real access log as page views, in their order, with a few properties. */
function realEvents(): readonly TrackedEvent[] {
  const path = join(repositoryRoot(), 'test/fixtures/apache-access.log.gz');
  const events: TrackedEvent[] = [];
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, ip = '', target = '', referrer = '', userAgent = ''] = match;
    events.push({
      projectId: 'bench',
      eventId: `e${events.length}`,
      eventName: 'page_view',
      occurredAt: 1_431_857_103_000 + events.length,
      receivedAt: 1_431_857_103_500 + events.length,
      queryableAt: null,
      platform: 'web',
      anonymousId: ip,
      userId: '',
      sessionId: '',
      url: `https://site.example${target}`,
      referrer: referrer === '-' ? '' : referrer,
      userAgent: userAgent === '-' ? '' : userAgent,
      ip,
      utmSource: '',
      utmMedium: '',
      utmCampaign: '',
      utmContent: '',
      utmTerm: '',
      properties: { status: '200', method: '"GET"', language: '"en-US"', revenue: '12.5' },
      isTrusted: false,
    });
  }
  return events;
}

/** Processor time rather than wall time: what others do on the machine is not the subject. */
function microsecondsPer(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

export interface EnrichmentBenchOptions {
  readonly rounds?: number;
}

/**
 * Cost of the default enrichment: amortised from empty memories, in the first and in later passes,
 * and by step. Every pass gets events fresh from the codec, whose texts nobody has hashed yet.
 */
export async function run({
  rounds = ROUNDS,
}: EnrichmentBenchOptions = {}): Promise<readonly Figure[]> {
  const codec = createEventCodec({ registry: null });
  const values = realEvents().map((event) => Buffer.from(codec.encode(event)));
  const freshEvents = () => values.map((value) => codec.decode(value));
  const events = freshEvents();
  const countryOf = createCountryLookup();
  const total = events.length * PASSES;
  const amortised: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const enrich = createEnricher({ countryOf });
    let later = 0;
    for (let pass = 0; pass < PASSES; pass += 1) {
      const fresh = freshEvents();
      const cost = microsecondsPer(fresh.length, () => {
        for (const event of fresh) enrich(event);
      });
      if (pass === 0) cold.push(cost);
      else later += cost;
    }
    warm.push(later / (PASSES - 1));
    amortised.push(((cold.at(-1) ?? 0) + later) / PASSES);
  }
  const steps: Record<string, number> = {};
  const enrich = createEnricher({ countryOf });
  const drafts = events.map((event) => ({ ...enrich(event) }));
  for (const step of enrichmentSteps({ countryOf })) {
    const each = () => {
      for (const draft of drafts) step.apply(draft);
    };
    each();
    const times = Array.from({ length: rounds }, () => microsecondsPer(drafts.length, each));
    steps[`${step.name} µs`] = Number(median(times).toFixed(3));
  }
  return [
    {
      name: 'enrichment µs an event',
      ratio: median(amortised),
      bar: BAR_US,
      isUpperBound: true,
      values: {
        events: total,
        'distinct agents': new Set(events.map(({ userAgent }) => userAgent)).size,
        'distinct addresses': new Set(events.map(({ ip }) => ip)).size,
        'first pass µs': Number(median(cold).toFixed(2)),
        'later passes µs': Number(median(warm).toFixed(2)),
        ...steps,
      },
    },
  ];
}

/** `npm run bench -- enrichment`. */
export const enrichment: Benchmark = { name: 'enrichment', run: () => run() };
