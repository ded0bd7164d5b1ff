import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';

/** The most usual question for one metric of the catalogue. */
export interface UsualQuestion {
  /** Id of the metric in the catalogue, with what is asked of it where there is more than one. */
  readonly name: string;
  /** Most milliseconds: 100 from rollups, 500 from events, 2,000 for what follows people (DESIGN §9). */
  readonly barMs: 100 | 500 | 2_000;
  ask(context: MetricContext, question: MetricQuestion): Promise<unknown>;
}
