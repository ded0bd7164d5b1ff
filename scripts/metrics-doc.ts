import { CATALOGUE } from '../src/metric/catalogue.js';
import { DIMENSIONS } from '../src/metric/dimension.js';

const ADDITIVITY = {
  sum: 'adds up over buckets',
  distinct: 'distinct: buckets do not add up',
  ratio: 'a ratio: buckets do not add up',
  quantile: 'a quantile: buckets do not add up',
} as const;

const DIMENSIONS_OF = {
  event: 'values of the event',
  session: "values of the session's entry event",
  none: 'none',
} as const;

/** The text of `docs/METRICS.md`, from the definitions that the schema's descriptions come from too. */
export function metricsDoc(): string {
  const metrics = CATALOGUE.map((metric) =>
    [
      `## ${metric.title}`,
      '',
      metric.meaning,
      '',
      `- id \`${metric.id}\`, unit: ${metric.unit}`,
      `- ${ADDITIVITY[metric.additivity]}; over nothing: ${metric.emptyValue}; ${metric.exactness}`,
      metric.tables.length === 0
        ? '- from the event log'
        : `- tables, cheapest first: ${metric.tables.map((table) => `\`${table}\``).join(', ')}`,
      `- filters and breakdowns: ${DIMENSIONS_OF[metric.dimensions]}`,
    ].join('\n'),
  );
  const dimensions = DIMENSIONS.map(
    ({ name, meaning, missing }) => `| \`${name}\` | ${meaning} | ${missing} |`,
  );
  return `# Metrics

What every number means. Generated from the definitions in \`src/metric\` by \`npm run generate\`.

Every event id counts once per project, for ever; the copy the log took first is kept. Event time
decides, and arrival order never matters. Counts over nothing are 0; ratios, means and percentiles over
nothing are null. Days are local dates in the zone of the question; weeks start on Monday. Bots are left
out unless \`includeBots\` says otherwise.

${metrics.join('\n\n')}

## Dimensions

Besides these, any event field and any property can filter and break down.

| dimension | meaning | missing |
|---|---|---|
${dimensions.join('\n')}
`;
}
