/**
 * Which way imports point: nouns ← verbs ← adapters ← compose (docs/ARCHITECTURE.md).
 *
 * swc reads the sources, since TypeScript 7 has no programming interface for it. It does not tell
 * `import type` from `import`, so a cycle of types alone counts as a cycle too.
 */
const PORTS = 'event-log|warehouse|cache|pubsub|trace';
/** One level below its port, a technology: `src/event-log/kafka/`. */
const PORT_ADAPTERS = `^src/(${PORTS})/[a-z]+/|^src/redis/`;
const ADAPTERS = `${PORT_ADAPTERS}|^src/gateway/|^src/client/|^ingest/`;
/** Pure: types and rules about what is measured, which need no port to be asked. */
const NOUNS = '^src/(event|session|visitor|channel)/';
const CONCEPTS =
  '^src/(event|session|visitor|channel|metric|funnel|formula|retention|path|attribution|experiment|explore|cohort|definition|control|live|project|cost|dead-letter|ledger|report)/';
/** Where the parts are joined and processes begin. */
const TOP = '^src/(compose|main|start|questions|local-access)\\.ts$|^src/cli/';
const PRODUCT = '^(src|ingest|clickhouse)/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const onlyIn = (name, packages, folders) =>
  forbid(
    `${name}-in-its-place`,
    `${packages} may be imported in ${folders} alone`,
    { path: PRODUCT, pathNot: folders },
    { path: `^node_modules/(${packages})(/|$)` },
  );

module.exports = {
  forbidden: [
    forbid('no-cycles', 'each of these files needs the other', {}, { circular: true }),
    forbid(
      'imports-resolve',
      'an import that is not found is not checked either',
      { path: PRODUCT },
      // A package of types alone has no file to be found.
      { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    ),
    forbid(
      'nobody-imports-the-top',
      'parts are handed what they need',
      { path: PRODUCT, pathNot: TOP },
      { path: TOP },
    ),
    forbid(
      'product-without-its-tests',
      'what is shipped does not need what is not',
      { path: PRODUCT },
      { path: '^(test|scripts|bench)/' },
    ),
    forbid(
      'foundation-stands-alone',
      'errors, configuration and telemetry know nothing of the product',
      { path: '^src/(errors|config|settings|telemetry|log-error)\\.ts$' },
      {
        path: '^(src|ingest|clickhouse)/',
        pathNot: '^src/(errors|config|settings|telemetry|log-error)\\.ts$',
      },
    ),
    forbid(
      'nouns-ask-nobody',
      'nouns import nouns; a statement is a value, so it counts as one',
      { path: NOUNS },
      { path: `^src/(${PORTS})/`, pathNot: '^src/warehouse/statement\\.ts$' },
    ),
    forbid(
      'concepts-know-ports-only',
      'what is measured imports nouns, ports and errors',
      { path: CONCEPTS },
      { path: ADAPTERS },
    ),
    forbid(
      'ports-know-no-adapter',
      'a port says what every adapter promises',
      { path: `^src/(${PORTS})/[^/]+\\.ts$` },
      { path: ADAPTERS },
    ),
    forbid(
      'adapters-do-not-import-one-another',
      'only compose.ts knows which ones there are',
      { path: `^src/(${PORTS})/([a-z]+)/` },
      { path: ADAPTERS, pathNot: '^src/$1/$2/|^src/redis/' },
    ),
    forbid(
      'redis-connection-in-its-place',
      'the connection serves the adapters on Redis alone',
      { path: PRODUCT, pathNot: '^src/(redis|cache/redis|pubsub/redis)/' },
      { path: '^src/redis/' },
    ),
    forbid(
      'gateway-stands-alone',
      'the gateway asks questions through what compose.ts hands it',
      { path: '^src/gateway/' },
      { path: `${PORT_ADAPTERS}|^ingest/|^src/client/` },
    ),
    forbid(
      'client-stands-alone',
      'the client runs where the rest of the product is not',
      { path: '^src/client/' },
      { path: PRODUCT, pathNot: '^src/client/' },
    ),
    forbid(
      'ingest-stands-alone',
      'collector and ingester work on ports',
      { path: '^ingest/' },
      { path: `${PORT_ADAPTERS}|^src/gateway/|^src/client/` },
    ),
    onlyIn('kafkajs', 'kafkajs', '^src/event-log/kafka/'),
    onlyIn('ioredis', 'ioredis', '^src/(redis|cache/redis|pubsub/redis)/'),
    onlyIn('clickhouse', 'chdb|@clickhouse/[a-z-]+', '^src/warehouse/clickhouse/'),
    onlyIn(
      'graphql',
      'graphql|type-graphql|@apollo/[a-z-]+|@as-integrations/[a-z-]+|graphql-[a-z]+',
      '^src/(gateway|client)/',
    ),
    onlyIn('jose', 'jose', '^src/gateway/token/'),
    onlyIn('opentelemetry', '@opentelemetry/[a-z-]+', '^src/trace/otlp/'),
    onlyIn('avsc', 'avsc', '^ingest/'),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // The playground is bundled for browsers, and swc is asked for TypeScript without JSX here.
    exclude: { path: '^(dist|test/fixtures|src/gateway/playground)/' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
