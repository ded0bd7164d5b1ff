import type { MetricDefinition } from '../../metric/metric.js';

/** What the schema says of a metric: the words of its definition, its unit and its empty value. */
export function describeMetric({
  title,
  meaning,
  unit,
  emptyValue,
}: Pick<MetricDefinition, 'title' | 'meaning' | 'unit' | 'emptyValue'>): string {
  return `${title}. ${meaning} Unit: ${unit}; over nothing: ${emptyValue}.`;
}
