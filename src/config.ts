import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { AppError, messageOf } from './errors.js';
import { SETTINGS } from './settings.js';

/** What a process does. One process may have all roles. */
export type Role = 'collector' | 'ingester' | 'gateway';

const ROLES: readonly Role[] = ['collector', 'ingester', 'gateway'];

type Key = keyof typeof SETTINGS;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'expected a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `expected ${min} to ${max}`);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const url = (schemes: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => schemes.some((scheme) => text.startsWith(`${scheme}:`)),
      `expected a URL starting with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`,
    );
const optionalUrl = (schemes: readonly string[]) => z.literal('').or(url(schemes));
const topic = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,249}$/, 'expected a Kafka topic name: letters, digits, . _ -');
const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'expected letters, digits and _');

const schema = z.object({
  PORT: integer(0, 65535),
  HOST: z.string().min(1),
  DATA_DIR: z.string().min(1),
  ROLES: list.pipe(z.array(z.enum(ROLES)).min(1, 'expected at least one role')),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl(['http', 'https']),
  OTEL_SERVICE_NAME: z.string().min(1).max(255),
  SHUTDOWN_TIMEOUT_MS: integer(0, 600_000),
  TRUST_PROXY: z.enum(['true', 'false']).transform((text) => text === 'true'),
  ADMIN_KEY: z.literal('').or(z.string().min(24, 'expected 24 characters or more')),
  EVENT_LOG_URL: url(['file', 'kafka']),
  EVENT_LOG_PARTITIONS: integer(1, 1024),
  EVENT_LOG_WEB_TOPIC: topic,
  EVENT_LOG_APP_TOPIC: topic,
  EVENT_LOG_DEAD_LETTER_TOPIC: topic,
  EVENT_LOG_FOREIGN_TOPICS: list.pipe(z.array(topic)),
  EVENT_LOG_REPLICATION: integer(1, 16),
  EVENT_LOG_FSYNC: z.enum(['always', 'never']),
  SCHEMA_REGISTRY_URL: optionalUrl(['http', 'https']),
  WAREHOUSE_URL: url(['chdb', 'http', 'https']),
  WAREHOUSE_DATABASE: identifier,
  WAREHOUSE_CLUSTER: z.literal('').or(identifier),
  WAREHOUSE_CONNECTIONS: integer(1, 64),
  WAREHOUSE_FSYNC: z.enum(['always', 'never']),
  CACHE_URL: url(['memory', 'redis', 'rediss']),
  PUBSUB_URL: url(['memory', 'redis', 'rediss']),
  COLLECTOR_MAX_BODY_BYTES: integer(1024, 1_073_741_824),
  COLLECTOR_MAX_EVENT_BYTES: integer(256, 16_777_216),
  COLLECTOR_EVENTS_PER_SECOND: integer(0, 10_000_000),
  INGESTER_GROUP: z.string().min(1).max(200),
  INGESTER_BATCH_SIZE: integer(1, 1_000_000),
  INGESTER_BATCH_BYTES: integer(1024, 1_073_741_824),
  INGESTER_LINGER_MS: integer(0, 60_000),
  INGESTER_TIMEOUT_MS: integer(1000, 1_800_000),
  INGESTER_IN_FLIGHT_BYTES: integer(1024, 8_589_934_592),
  GATEWAY_MAX_DEPTH: integer(3, 100),
  GATEWAY_MAX_ALIASES: integer(1, 10_000),
  GATEWAY_MAX_TOKENS: integer(100, 1_000_000),
  GATEWAY_MAX_PAGE_SIZE: integer(1, 100_000),
  GATEWAY_MAX_SUBSCRIPTIONS: integer(1, 100_000),
  GATEWAY_MAX_KEY_SUBSCRIPTIONS: integer(1, 10_000_000),
  GATEWAY_MAX_BACKLOG_BYTES: integer(1024, 1_073_741_824),
  GATEWAY_QUERY_TIMEOUT_MS: integer(10, 3_600_000),
  GATEWAY_MAX_MEMORY_BYTES: integer(0, Number.MAX_SAFE_INTEGER),
  GATEWAY_MAX_ROWS_READ: integer(0, Number.MAX_SAFE_INTEGER),
  GATEWAY_BUDGET_ROWS: integer(0, Number.MAX_SAFE_INTEGER),
  GATEWAY_ANSWER_CACHE_BYTES: integer(0, Number.MAX_SAFE_INTEGER),
  GATEWAY_BUDGET_WINDOW_SECONDS: integer(1, 31 * 86_400),
  GATEWAY_TRUSTED_DOCUMENTS: z.string(),
  GATEWAY_ONLY_TRUSTED: z.enum(['true', 'false']).transform((text) => text === 'true'),
  GATEWAY_GET_MAX_AGE_SECONDS: integer(0, 31_536_000),
  GATEWAY_ROW_POLICIES: z.enum(['on', 'off']).transform((text) => text === 'on'),
  GATEWAY_JWT_JWKS_URL: optionalUrl(['http', 'https']),
  GATEWAY_JWT_ISSUER: z.string(),
  GATEWAY_JWT_AUDIENCE: z.string(),
  GATEWAY_JWT_PROJECT_CLAIM: z.string().min(1),
  GATEWAY_JWT_SCOPE_CLAIM: z.string().min(1),
  GATEWAY_INTROSPECTION: z.enum(['auto', 'on', 'off']),
  REPORTS_AT_ONCE: integer(1, 4),
  REPORTS_KEPT_HOURS: integer(1, 8784),
} satisfies Record<Key, z.ZodType>);

/** All settings of a process, grouped by concept; paths absolute, defaults filled in. */
export type Config = ReturnType<typeof toConfig>;

function toConfig(values: z.output<typeof schema>) {
  const dataDir = resolve(values.DATA_DIR);
  return {
    roles: values.ROLES,
    dataDir,
    logLevel: values.LOG_LEVEL,
    traces:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === ''
        ? null
        : {
            endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
            serviceName: values.OTEL_SERVICE_NAME,
          },
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    adminKey: values.ADMIN_KEY === '' ? null : values.ADMIN_KEY,
    http: { port: values.PORT, host: values.HOST, trustProxy: values.TRUST_PROXY },
    eventLog: {
      url:
        values.EVENT_LOG_URL === 'file:'
          ? pathToFileURL(`${dataDir}/log`).href
          : values.EVENT_LOG_URL,
      partitions: values.EVENT_LOG_PARTITIONS,
      replication: values.EVENT_LOG_REPLICATION,
      fsync: values.EVENT_LOG_FSYNC,
      topics: {
        web: values.EVENT_LOG_WEB_TOPIC,
        app: values.EVENT_LOG_APP_TOPIC,
        deadLetters: values.EVENT_LOG_DEAD_LETTER_TOPIC,
        foreign: values.EVENT_LOG_FOREIGN_TOPICS,
      },
      schemaRegistryUrl: values.SCHEMA_REGISTRY_URL === '' ? null : values.SCHEMA_REGISTRY_URL,
    },
    warehouse: {
      url:
        values.WAREHOUSE_URL === 'chdb:'
          ? pathToFileURL(`${dataDir}/warehouse`).href.replace('file:', 'chdb:')
          : values.WAREHOUSE_URL,
      database: values.WAREHOUSE_DATABASE,
      cluster: values.WAREHOUSE_CLUSTER === '' ? null : values.WAREHOUSE_CLUSTER,
      connections: values.WAREHOUSE_CONNECTIONS,
      fsync: values.WAREHOUSE_FSYNC,
    },
    cache: { url: values.CACHE_URL },
    pubsub: { url: values.PUBSUB_URL },
    collector: {
      maxBodyBytes: values.COLLECTOR_MAX_BODY_BYTES,
      maxEventBytes: values.COLLECTOR_MAX_EVENT_BYTES,
      eventsPerSecond: values.COLLECTOR_EVENTS_PER_SECOND,
    },
    ingester: {
      group: values.INGESTER_GROUP,
      batchSize: values.INGESTER_BATCH_SIZE,
      batchBytes: values.INGESTER_BATCH_BYTES,
      lingerMs: values.INGESTER_LINGER_MS,
      timeoutMs: values.INGESTER_TIMEOUT_MS,
      inFlightBytes: values.INGESTER_IN_FLIGHT_BYTES,
    },
    gateway: {
      maxDepth: values.GATEWAY_MAX_DEPTH,
      maxAliases: values.GATEWAY_MAX_ALIASES,
      maxTokens: values.GATEWAY_MAX_TOKENS,
      maxPageSize: values.GATEWAY_MAX_PAGE_SIZE,
      maxSubscriptions: values.GATEWAY_MAX_SUBSCRIPTIONS,
      maxKeySubscriptions: values.GATEWAY_MAX_KEY_SUBSCRIPTIONS,
      maxBacklogBytes: values.GATEWAY_MAX_BACKLOG_BYTES,
      queryTimeoutMs: values.GATEWAY_QUERY_TIMEOUT_MS,
      maxMemoryBytes: values.GATEWAY_MAX_MEMORY_BYTES,
      maxRowsRead: values.GATEWAY_MAX_ROWS_READ,
      answerCacheBytes: values.GATEWAY_ANSWER_CACHE_BYTES,
      budgetRows: values.GATEWAY_BUDGET_ROWS === 0 ? null : values.GATEWAY_BUDGET_ROWS,
      budgetWindowSeconds: values.GATEWAY_BUDGET_WINDOW_SECONDS,
      trustedDocuments:
        values.GATEWAY_TRUSTED_DOCUMENTS === '' ? null : resolve(values.GATEWAY_TRUSTED_DOCUMENTS),
      onlyTrusted: values.GATEWAY_ONLY_TRUSTED,
      getMaxAgeSeconds: values.GATEWAY_GET_MAX_AGE_SECONDS,
      hasRowPolicies: values.GATEWAY_ROW_POLICIES,
      tokens:
        values.GATEWAY_JWT_JWKS_URL === ''
          ? null
          : {
              jwksUrl: values.GATEWAY_JWT_JWKS_URL,
              issuer: values.GATEWAY_JWT_ISSUER,
              audience: values.GATEWAY_JWT_AUDIENCE,
              projectClaim: values.GATEWAY_JWT_PROJECT_CLAIM,
              scopeClaim: values.GATEWAY_JWT_SCOPE_CLAIM,
            },
      introspection:
        values.GATEWAY_INTROSPECTION === 'on' ||
        (values.GATEWAY_INTROSPECTION === 'auto' && isLoopback(values.HOST)),
    },
    reports: {
      directory: `${dataDir}/reports`,
      atOnce: values.REPORTS_AT_ONCE,
      keptMs: values.REPORTS_KEPT_HOURS * 3_600_000,
    },
  } as const;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Rules that concern two keys at once; each yields a problem or nothing. */
function crossCheck(config: Config): string[] {
  const problems: string[] = [];
  const hasAllRoles = ROLES.every((role) => config.roles.includes(role));
  if (!hasAllRoles && config.warehouse.url.startsWith('chdb:')) {
    problems.push(
      'WAREHOUSE_URL: chdb: belongs to one process, which needs all of ROLES; give an http(s): URL to split the roles',
    );
  }
  if (!hasAllRoles && config.eventLog.url.startsWith('file:')) {
    problems.push(
      'EVENT_LOG_URL: file: belongs to one process, which needs all of ROLES; give a kafka: URL to split the roles',
    );
  }
  if (!hasAllRoles && config.pubsub.url.startsWith('memory:')) {
    problems.push(
      'PUBSUB_URL: memory: reaches one process only; give a redis: URL to split the roles',
    );
  }
  if (config.gateway.hasRowPolicies && config.warehouse.url.startsWith('chdb:')) {
    problems.push('GATEWAY_ROW_POLICIES: the embedded engine has no row policies');
  }
  if (config.gateway.hasRowPolicies && config.roles.includes('ingester')) {
    problems.push(
      'GATEWAY_ROW_POLICIES: views read as the user who inserts, and one behind row policies fills no rollup; give ROLES without ingester, and the ingester a user of its own',
    );
  }
  if (config.gateway.onlyTrusted && config.gateway.trustedDocuments === null) {
    problems.push('GATEWAY_ONLY_TRUSTED: expected GATEWAY_TRUSTED_DOCUMENTS beside it');
  }
  const { tokens } = config.gateway;
  if (tokens !== null && (tokens.issuer === '' || tokens.audience === '')) {
    problems.push(
      'GATEWAY_JWT_JWKS_URL: expected GATEWAY_JWT_ISSUER and GATEWAY_JWT_AUDIENCE beside it',
    );
  }
  if (config.collector.maxEventBytes > config.collector.maxBodyBytes) {
    problems.push('COLLECTOR_MAX_EVENT_BYTES: expected at most COLLECTOR_MAX_BODY_BYTES');
  }
  if (config.ingester.batchBytes > config.ingester.inFlightBytes) {
    problems.push('INGESTER_BATCH_BYTES: expected at most INGESTER_IN_FLIGHT_BYTES');
  }
  const { web, app, deadLetters, foreign } = config.eventLog.topics;
  const topics = [web, app, deadLetters, ...foreign];
  if (new Set(topics).size !== topics.length) {
    problems.push('EVENT_LOG_*_TOPIC: expected every topic to have a name of its own');
  }
  return problems;
}

/**
 * Reads and checks the whole configuration. Pure but for `_FILE` variants, which are read from disk.
 *
 * @param env Environment; empty strings count as unset, unknown keys are ignored.
 * @throws AppError `CONFIG_INVALID` that lists every problem, each with its key.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const raw: Record<string, string> = {};
  for (const [key, setting] of Object.entries(SETTINGS)) {
    const given = env[key] ?? '';
    const file = env[`${key}_FILE`] ?? '';
    if (given !== '' && file !== '') {
      problems.push(`${key}: expected either ${key} or ${key}_FILE, both are set`);
    } else if (file !== '') {
      try {
        raw[key] = readFileSync(file, 'utf8').trim();
      } catch (error) {
        problems.push(`${key}_FILE: cannot read: ${messageOf(error)}`);
      }
    }
    raw[key] ??= given === '' ? setting.fallback : given;
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key = String(issue.path[0] ?? '');
      const shown = /KEY|URL/.test(key) ? '' : `, got '${raw[key] ?? ''}'`;
      problems.push(`${key}: ${issue.message}${shown}`);
    }
  }
  const config = parsed.success ? toConfig(parsed.data) : null;
  if (config !== null) problems.push(...crossCheck(config));
  if (config === null || problems.length > 0) {
    throw new AppError('CONFIG_INVALID', `configuration:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return deepFreeze(config);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
