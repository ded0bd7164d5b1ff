import { Counter, Histogram, type Registry } from 'prom-client';

/** How something ended; a refusal is a failure too. */
export type Outcome = 'ok' | 'failed';

/** What the gateway counts about itself. */
export interface GatewayMetrics {
  /** An operation that ran; of a subscription its start. */
  operation(ended: {
    readonly kind: string;
    /** As the client calls it; null: it does not. */
    readonly name: string | null;
    readonly outcome: Outcome;
    readonly seconds: number;
    readonly rowsRead: number;
  }): void;
  /** A question of the product that was answered, whoever asked for it. */
  question(ended: {
    readonly name: string;
    readonly outcome: Outcome;
    readonly seconds: number;
    readonly rowsRead: number;
  }): void;
  /** An error that a client was told, or a connection that was closed for one. */
  error(told: {
    /** One of the codes of the API. */
    readonly code: string;
    /** `request`: refused before anything was answered; `field`: of one field of an answer. */
    readonly stage: 'request' | 'field';
  }): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Names of operations that have series of their own; clients choose them, so they are bounded. */
const MOST_NAMES = 200;

/** Registers the metrics; once for each registry. */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const operationSeconds = new Histogram({
    name: 'sluice_gateway_operation_seconds',
    help: 'Duration of operations by name and kind; of a subscription until it has begun.',
    labelNames: ['operation', 'kind', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const operationRows = new Counter({
    name: 'sluice_gateway_operation_rows_read_total',
    help: 'Rows that the engine has read for operations, by name and kind.',
    labelNames: ['operation', 'kind'],
    registers,
  });
  const questionSeconds = new Histogram({
    name: 'sluice_gateway_question_seconds',
    help: 'Duration of questions of the product, ticks of subscriptions included.',
    labelNames: ['question', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const questionRows = new Counter({
    name: 'sluice_gateway_question_rows_read_total',
    help: 'Rows that the engine has read for questions of the product.',
    labelNames: ['question'],
    registers,
  });
  const errors = new Counter({
    name: 'sluice_gateway_errors_total',
    help: 'Errors told to clients by code and by stage: request (refused before it ran), field (of an operation that ran). A request may have several.',
    labelNames: ['code', 'stage'],
    registers,
  });
  const names = new Set<string>();

  /** The label of an operation: `anonymous` without a name, `other` beyond the bound. */
  function labelOf(name: string | null): string {
    if (name === null) return 'anonymous';
    if (!names.has(name) && names.size >= MOST_NAMES) return 'other';
    names.add(name);
    return name;
  }

  return {
    operation({ kind, name, outcome, seconds, rowsRead }) {
      const operation = labelOf(name);
      operationSeconds.observe({ operation, kind, outcome }, seconds);
      operationRows.inc({ operation, kind }, rowsRead);
    },
    question({ name: question, outcome, seconds, rowsRead }) {
      questionSeconds.observe({ question, outcome }, seconds);
      questionRows.inc({ question }, rowsRead);
    },
    error({ code, stage }) {
      errors.inc({ code, stage });
    },
  };
}
