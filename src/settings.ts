interface Setting {
  /** Meaning and unit, as printed in `.env.example`. */
  readonly doc: string;
  readonly group: string;
  /** Default as text; the empty string means unset. */
  readonly fallback: string;
}

/**
 * Every environment key, in the order of `.env.example`, which is generated from here. Any key may
 * also be given as `<KEY>_FILE`, a path whose content is the value.
 */
export const SETTINGS = {
  PORT: {
    group: 'process',
    fallback: '4000',
    doc: 'TCP port of GraphQL, playground, collector, REST, health and metrics.',
  },
  HOST: {
    group: 'process',
    fallback: '127.0.0.1',
    doc: 'Address to listen on; 0.0.0.0 to be reached from other machines.',
  },
  DATA_DIR: {
    group: 'process',
    fallback: './data',
    doc: 'Folder of the embedded event log and warehouse, and of the files of reports.',
  },
  ROLES: {
    group: 'process',
    fallback: 'collector,ingester,gateway',
    doc: 'What this process does, comma-separated.',
  },
  LOG_LEVEL: { group: 'process', fallback: 'info', doc: 'silent, error, warn, info or debug.' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    group: 'process',
    fallback: '',
    doc: 'http(s)://host:4318 of an OpenTelemetry collector that takes traces as OTLP over HTTP; empty: no traces. Its other OTEL_* variables (headers, sampler, batches) have their usual meaning.',
  },
  OTEL_SERVICE_NAME: {
    group: 'process',
    fallback: 'sluice',
    doc: 'Name of this process in traces.',
  },
  SHUTDOWN_TIMEOUT_MS: {
    group: 'process',
    fallback: '15000',
    doc: 'Longest wait for running work at a stop, ms.',
  },
  TRUST_PROXY: {
    group: 'process',
    fallback: 'false',
    doc: 'true: take the client address from X-Forwarded-For.',
  },
  ADMIN_KEY: {
    group: 'process',
    fallback: '',
    doc: 'Admin key to create at the first start instead of a random one (24 characters or more).',
  },
  EVENT_LOG_URL: {
    group: 'event log',
    fallback: 'file:',
    doc: 'file: (DATA_DIR/log), file:///path, or kafka://host:9092,host:9092.',
  },
  EVENT_LOG_PARTITIONS: {
    group: 'event log',
    fallback: '4',
    doc: 'Partitions of every topic; fixed once the log exists.',
  },
  EVENT_LOG_WEB_TOPIC: {
    group: 'event log',
    fallback: 'topic_web_events',
    doc: 'Topic of web events.',
  },
  EVENT_LOG_APP_TOPIC: {
    group: 'event log',
    fallback: 'topic_app_events',
    doc: 'Topic of mobile events.',
  },
  EVENT_LOG_DEAD_LETTER_TOPIC: {
    group: 'event log',
    fallback: 'topic_dead_letters',
    doc: 'Topic of refused input.',
  },
  EVENT_LOG_FOREIGN_TOPICS: {
    group: 'event log',
    fallback: '',
    doc: 'Further topics of other producers (web_events, mobile_app_events …), comma-separated; re-keyed into the topics above.',
  },
  EVENT_LOG_REPLICATION: {
    group: 'event log',
    fallback: '1',
    doc: 'Kafka replication factor of topics this program creates.',
  },
  EVENT_LOG_FSYNC: {
    group: 'event log',
    fallback: 'always',
    doc: 'Embedded log: always (acknowledged means on disk) or never (survives a crash of the process, not of the machine).',
  },
  SCHEMA_REGISTRY_URL: {
    group: 'event log',
    fallback: '',
    doc: 'Confluent schema registry; empty: Avro single-object encoding by fingerprint.',
  },
  WAREHOUSE_URL: {
    group: 'warehouse',
    fallback: 'chdb:',
    doc: 'chdb: (DATA_DIR/warehouse), chdb:///path, or http(s)://user:password@host:8123.',
  },
  WAREHOUSE_DATABASE: { group: 'warehouse', fallback: 'sluice', doc: 'Database of all tables.' },
  WAREHOUSE_CLUSTER: {
    group: 'warehouse',
    fallback: '',
    doc: 'ClickHouse cluster name: DDL is rendered Replicated and ON CLUSTER. Empty: one node.',
  },
  WAREHOUSE_CONNECTIONS: {
    group: 'warehouse',
    fallback: '4',
    doc: 'Statements that may read at the same time.',
  },
  WAREHOUSE_FSYNC: {
    group: 'warehouse',
    fallback: 'always',
    doc: 'Embedded warehouse: always (a confirmed batch survives a power loss) or never (survives a crash of the process, not of the machine). A server has settings of its own.',
  },
  CACHE_URL: { group: 'cache', fallback: 'memory:', doc: 'memory: or redis://host:6379/0.' },
  PUBSUB_URL: { group: 'cache', fallback: 'memory:', doc: 'memory: or redis://host:6379/0.' },
  COLLECTOR_MAX_BODY_BYTES: {
    group: 'collector',
    fallback: '5242880',
    doc: 'Largest request body, after decompression, bytes.',
  },
  COLLECTOR_MAX_EVENT_BYTES: {
    group: 'collector',
    fallback: '262144',
    doc: 'Largest single event, bytes of JSON.',
  },
  COLLECTOR_EVENTS_PER_SECOND: {
    group: 'collector',
    fallback: '0',
    doc: 'Events a key may send per second and process; 0: no limit.',
  },
  INGESTER_GROUP: {
    group: 'ingester',
    fallback: 'sluice-ingester',
    doc: 'Consumer group (consumer_group of the product documents).',
  },
  INGESTER_BATCH_SIZE: { group: 'ingester', fallback: '20000', doc: 'Most events in one block.' },
  INGESTER_BATCH_BYTES: {
    group: 'ingester',
    fallback: '16777216',
    doc: 'Most bytes of log values in one block.',
  },
  INGESTER_LINGER_MS: {
    group: 'ingester',
    fallback: '200',
    doc: 'Longest wait for more events before a block is written, ms.',
  },
  INGESTER_TIMEOUT_MS: {
    group: 'ingester',
    fallback: '30000',
    doc: 'Kafka session timeout (timeout_ms of the product documents), ms.',
  },
  INGESTER_IN_FLIGHT_BYTES: {
    group: 'ingester',
    fallback: '67108864',
    doc: 'Unconfirmed bytes above which fetching pauses.',
  },
  GATEWAY_MAX_DEPTH: {
    group: 'gateway',
    fallback: '12',
    doc: 'Deepest selection of an operation.',
  },
  GATEWAY_MAX_ALIASES: { group: 'gateway', fallback: '50', doc: 'Most aliases in an operation.' },
  GATEWAY_MAX_TOKENS: { group: 'gateway', fallback: '4000', doc: 'Most tokens in a document.' },
  GATEWAY_MAX_PAGE_SIZE: {
    group: 'gateway',
    fallback: '1000',
    doc: 'Largest first/last of a connection and limit of a breakdown.',
  },
  GATEWAY_MAX_SUBSCRIPTIONS: {
    group: 'gateway',
    fallback: '100',
    doc: 'Open subscriptions of one connection.',
  },
  GATEWAY_MAX_KEY_SUBSCRIPTIONS: {
    group: 'gateway',
    fallback: '10000',
    doc: 'Open subscriptions of one key in this process, over WebSocket and server-sent events.',
  },
  GATEWAY_MAX_BACKLOG_BYTES: {
    group: 'gateway',
    fallback: '1048576',
    doc: 'Unsent bytes of a subscriber above which it is closed as too slow.',
  },
  GATEWAY_QUERY_TIMEOUT_MS: {
    group: 'gateway',
    fallback: '30000',
    doc: 'Longest run of one statement, ms.',
  },
  GATEWAY_MAX_MEMORY_BYTES: {
    group: 'gateway',
    fallback: '4294967296',
    doc: 'Most memory of one statement, bytes; 0: no limit.',
  },
  GATEWAY_MAX_ROWS_READ: {
    group: 'gateway',
    fallback: '10000000000',
    doc: 'Most rows that one statement may read; 0: no limit.',
  },
  GATEWAY_BUDGET_ROWS: {
    group: 'gateway',
    fallback: '100000000000',
    doc: 'Rows that the questions of a key may read within the window, unless the key has a budget of its own; 0: no limit.',
  },
  GATEWAY_BUDGET_WINDOW_SECONDS: {
    group: 'gateway',
    fallback: '3600',
    doc: 'Sliding window of budgets, seconds.',
  },
  GATEWAY_ANSWER_CACHE_BYTES: {
    group: 'gateway',
    fallback: '67108864',
    doc: 'Answers that are kept to be given again while nothing they depend on has changed, bytes; in Redis the server decides how many. 0: none are kept or shared.',
  },
  GATEWAY_TRUSTED_DOCUMENTS: {
    group: 'gateway',
    fallback: '',
    doc: 'Manifest of persisted documents, answered by their hash; empty: none.',
  },
  GATEWAY_ONLY_TRUSTED: {
    group: 'gateway',
    fallback: 'false',
    doc: 'true: documents that are not in the manifest are refused.',
  },
  GATEWAY_GET_MAX_AGE_SECONDS: {
    group: 'gateway',
    fallback: '0',
    doc: 'For how long callers may keep answers to GET, seconds; 0: they ask again.',
  },
  GATEWAY_ROW_POLICIES: {
    group: 'gateway',
    fallback: 'off',
    doc: 'on: statements tell a ClickHouse server their project, for the policies that npx sluice row-policies prints.',
  },
  GATEWAY_JWT_JWKS_URL: {
    group: 'gateway',
    fallback: '',
    doc: 'Where an issuer of JSON web tokens publishes its keys; empty: tokens are not believed.',
  },
  GATEWAY_JWT_ISSUER: { group: 'gateway', fallback: '', doc: 'Claim iss that tokens must have.' },
  GATEWAY_JWT_AUDIENCE: { group: 'gateway', fallback: '', doc: 'Claim aud that tokens must have.' },
  GATEWAY_JWT_PROJECT_CLAIM: {
    group: 'gateway',
    fallback: 'project',
    doc: 'Claim of tokens with the id of the project.',
  },
  GATEWAY_JWT_SCOPE_CLAIM: {
    group: 'gateway',
    fallback: 'scope',
    doc: 'Claim of tokens with the scopes: read, write, importer, admin.',
  },
  GATEWAY_INTROSPECTION: {
    group: 'gateway',
    fallback: 'auto',
    doc: 'auto (open when HOST is loopback), on or off.',
  },
  REPORTS_AT_ONCE: {
    group: 'reports',
    fallback: '1',
    doc: 'Reports that are made at the same time; the others wait.',
  },
  REPORTS_KEPT_HOURS: {
    group: 'reports',
    fallback: '24',
    doc: 'How long a report and its file are kept in DATA_DIR/reports, hours.',
  },
} as const satisfies Record<string, Setting>;
