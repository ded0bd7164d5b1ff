import { ALL_TIME, type Build, type Json, mapOf, shared } from './metric-operation.js';

/** Figures about the data itself. */
export const TRUST_OPERATIONS: Readonly<Record<string, Build>> = {
  data_quality: (project) => ({
    query: `query($project: ID!, $range: TimeRangeInput!) {
      dataQuality(project: $project, range: $range, timeZone: "UTC") {
        validity completeness uniqueness timeliness score } }`,
    variables: { project, range: ALL_TIME },
    toAnswer: ({ dataQuality }) => dataQuality as Json,
  }),
  ingestion_latency: (project, params) => {
    const { includeBots: _, ...variables } = shared(project, params);
    return {
      query: `query($project: ID!, $range: TimeRangeInput!, $timeZone: TimeZone) {
        ingestionLatency(project: $project, range: $range, timeZone: $timeZone) {
          events processingMs { p50 p95 p99 } endToEndMs { p50 p95 p99 } } }`,
      variables,
      toAnswer: ({ ingestionLatency }) => {
        const { events, processingMs, endToEndMs } = ingestionLatency as Json;
        return { n: events, processing_ms: processingMs, end_to_end_ms: endToEndMs };
      },
    };
  },
  consumer_lag: (_project, params) => ({
    query: `query($partitions: [PartitionPositionInput!]!) {
      consumerLagOf(partitions: $partitions) { total max partitions lags } }`,
    variables: { partitions: params.partitions },
    toAnswer: ({ consumerLagOf }) => {
      const { partitions, lags, total, max } = consumerLagOf as Json & {
        partitions: number[];
        lags: number[];
      };
      return { by_partition: mapOf(partitions.map(String), lags), total, max };
    },
  }),
};
