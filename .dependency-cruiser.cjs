/** Which way imports point: nouns ← verbs ← adapters ← compose (docs/ARCHITECTURE.md). */
const ADAPTERS =
  '^(src/(event-log|warehouse|cache|pubsub)/[a-z]+/|src/redis/|src/gateway/|ingest/|src/client/)';
const CONCEPTS = '^src/(event|session|visitor|channel|metric|funnel|live|project)/';
const TOP = '^src/(compose|main|start|questions|local-access|readiness)\\.ts$|^src/cli/';

const onlyIn = (name, modules, folders) => ({
  name,
  severity: 'error',
  comment: `${modules} belongs in ${folders}`,
  from: { path: '^(src|ingest|clickhouse)/', pathNot: folders },
  to: { path: `^node_modules/(${modules})(/|$)` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: { path: '^(src|ingest|clickhouse)/', pathNot: TOP },
      to: { path: TOP },
    },
    {
      name: 'concepts-know-ports-only',
      severity: 'error',
      comment: 'what is measured imports nouns, ports and errors',
      from: { path: CONCEPTS },
      to: { path: ADAPTERS },
    },
    {
      name: 'ports-know-no-adapter',
      severity: 'error',
      from: { path: '^src/(event-log|warehouse|cache|pubsub)/[^/]+\\.ts$' },
      to: { path: ADAPTERS },
    },
    {
      name: 'adapters-do-not-import-one-another',
      severity: 'error',
      from: { path: '^src/(event-log|warehouse|cache|pubsub)/([a-z]+)/' },
      to: {
        path: '^(src/(event-log|warehouse|cache|pubsub)/[a-z]+/|src/gateway/|ingest/)',
        pathNot: '^src/$1/$2/',
      },
    },
    {
      name: 'gateway-and-ingest-are-apart',
      severity: 'error',
      from: { path: '^src/gateway/' },
      to: { path: '^(ingest/|src/(event-log|warehouse|cache|pubsub)/[a-z]+/)' },
    },
    {
      name: 'ingest-and-gateway-are-apart',
      severity: 'error',
      from: { path: '^ingest/' },
      to: { path: '^(src/gateway/|src/(event-log|warehouse|cache|pubsub)/[a-z]+/)' },
    },
    onlyIn('kafkajs', 'kafkajs', '^src/event-log/kafka/'),
    onlyIn('ioredis', 'ioredis', '^src/(redis|cache/redis|pubsub/redis)/'),
    onlyIn('clickhouse', 'chdb|@clickhouse/client', '^src/warehouse/clickhouse/'),
    onlyIn(
      'graphql',
      'graphql|type-graphql|@apollo/server|graphql-ws|graphql-sse',
      '^src/(gateway|client)/',
    ),
    onlyIn('avsc', 'avsc', '^ingest/'),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/fixtures)/' },
    moduleSystems: ['es6', 'cjs'],
    extraExtensionsToScan: [],
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
    },
  },
};
