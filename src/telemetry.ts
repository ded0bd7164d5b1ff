import { type Logger, pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { logError } from './log-error.js';

/** What every part gets to speak about itself: structured logs without row content, and metrics. */
export interface Telemetry {
  readonly log: Logger;
  /** Prometheus metrics of this process, served at `/metrics`. */
  readonly registry: Registry;
}

export interface TelemetryOptions {
  readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Adds the metrics of the Node process (memory, event loop, file handles). */
  readonly withProcessMetrics?: boolean;
}

export function createTelemetry({ level, withProcessMetrics }: TelemetryOptions): Telemetry {
  const registry = new Registry();
  if (withProcessMetrics === true) collectDefaultMetrics({ register: registry });
  // Logs go to stderr, so that the output of commands stays clean.
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => logError(error) },
    },
    pino.destination(2),
  );
  return { log, registry };
}
