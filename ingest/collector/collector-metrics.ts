import { Counter, Histogram, type Registry } from 'prom-client';

/** What the collector counts about itself. */
export interface CollectorMetrics {
  readonly accepted: Counter;
  readonly rejected: Counter<'code' | 'step'>;
  /** Answers by HTTP status. */
  readonly responses: Counter<'status'>;
  readonly bodyBytes: Counter;
  readonly requestSeconds: Histogram;
  readonly appendSeconds: Histogram;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Registers the metrics; once for each registry. */
export function createCollectorMetrics(registry: Registry): CollectorMetrics {
  const registers = [registry];
  return {
    accepted: new Counter({
      name: 'sluice_collector_events_accepted_total',
      help: 'Events that the log has taken durably.',
      registers,
    }),
    rejected: new Counter({
      name: 'sluice_collector_events_rejected_total',
      help: 'Events refused and put among the dead letters, by code and step of admission.',
      labelNames: ['code', 'step'],
      registers,
    }),
    responses: new Counter({
      name: 'sluice_collector_responses_total',
      help: 'Answers by HTTP status.',
      labelNames: ['status'],
      registers,
    }),
    bodyBytes: new Counter({
      name: 'sluice_collector_body_bytes_total',
      help: 'Bytes of bodies as received, before decompression.',
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'sluice_collector_request_seconds',
      help: 'From the head of a request to its answer.',
      buckets: SECONDS,
      registers,
    }),
    appendSeconds: new Histogram({
      name: 'sluice_collector_append_seconds',
      help: 'From handing events to the log until they are durable.',
      buckets: SECONDS,
      registers,
    }),
  };
}
