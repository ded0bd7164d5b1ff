import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../../errors.js';

/** Longest wait for one answer of a broker, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 3_000;

/** A way to a Kafka cluster, and how its errors are told. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /** As given, for messages. */
  readonly url: string;
  /** Turns an error of kafkajs into one of the port, naming the address; by code, not by text. */
  readonly translate: (cause: unknown) => AppError;
}

/**
 * Prepares a client; connects to nothing yet.
 *
 * @param url `kafka://host:port,host:port`.
 * @throws AppError `CONFIG_INVALID` when the URL names no broker.
 */
export function createKafkaClient({
  url,
  log,
}: {
  readonly url: string;
  readonly log: Logger;
}): KafkaClient {
  const kafka = new Kafka({
    clientId: 'sluice',
    brokers: brokersOf(url),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    // A few quick tries hide a leader change; longer outages are dealt with by the callers.
    retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: log.isLevelEnabled('debug') ? logLevel.INFO : logLevel.WARN,
    logCreator: () => (entry) => writeEntry(log, entry),
  });
  return { kafka, url, translate: (cause) => translate(url, cause) };
}

/** The `host:port` list of a `kafka:` URL. */
export function brokersOf(url: string): string[] {
  const brokers = url
    .replace(/^kafka:\/\//, '')
    .split(',')
    .map((broker) => broker.trim().replace(/\/$/, ''))
    .filter((broker) => broker !== '');
  const isWellFormed = brokers.every((broker) => /^[^\s/@]+:\d{1,5}$/.test(broker));
  if (!url.startsWith('kafka://') || brokers.length === 0 || !isWellFormed) {
    throw new AppError(
      'CONFIG_INVALID',
      `event log: expected a URL like kafka://host:9092,host:9092, got '${url}'`,
    );
  }
  return brokers;
}

/** What kafkajs says of an error; both are stable names, unlike its messages. */
interface KafkaError {
  readonly name?: unknown;
  /** Name of the Kafka protocol error. */
  readonly type?: unknown;
  readonly cause?: unknown;
}

/** The protocol error code of an error of kafkajs or of what caused it; '' when there is none. */
export function protocolErrorOf(error: unknown): string {
  for (let at = error, depth = 0; isObject(at) && depth < 8; at = at.cause, depth += 1) {
    if (typeof at.type === 'string') return at.type;
  }
  return '';
}

function isObject(value: unknown): value is KafkaError {
  return typeof value === 'object' && value !== null;
}

function translate(url: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const type = protocolErrorOf(cause);
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new AppError('PAYLOAD_TOO_LARGE', `${url}: a record is too large: ${messageOf(cause)}`, {
      cause,
      details: { url },
    });
  }
  return new AppError('EVENT_LOG_UNAVAILABLE', `${url}: ${messageOf(cause)}`, {
    isRetryable: true,
    cause,
    details: { url, ...(type === '' ? {} : { type }) },
  });
}

/** kafkajs reports every failed try as an error; whether somebody has to act is for us to say. */
function writeEntry(log: Logger, { namespace, level, log: entry }: LogEntry): void {
  const { message, broker, groupId, error } = entry;
  const fields = {
    namespace,
    detail: message,
    ...(broker === undefined ? {} : { broker }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(typeof error === 'string' ? { cause: error } : {}),
  };
  if (level === logLevel.ERROR) log.warn(fields, 'kafka client');
  else log.debug(fields, 'kafka client');
}
