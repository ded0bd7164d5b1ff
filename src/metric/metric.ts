import type { Project } from '../project/project.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';
import type { RollupTable } from './choose-table.js';

/** How values of a metric combine: whether days add up to the week. */
export type Additivity = 'sum' | 'distinct' | 'ratio' | 'quantile';

/** What the catalogue says about a metric; schema descriptions and documentation are made of it. */
export interface MetricDefinition {
  /** `snake_case`, as in METRICS-SPEC and the conformance cases. */
  readonly id: string;
  readonly title: string;
  /** What it counts, in one or two sentences. */
  readonly meaning: string;
  readonly unit: string;
  readonly additivity: Additivity;
  /** Tables that can answer, cheapest first, with the finest cut each allows. */
  readonly tables: readonly string[];
  /** Which dimensions filter and break it down: of the event, of the session's entry event, none. */
  readonly dimensions: 'event' | 'session' | 'none';
  /** Value over nothing. */
  readonly emptyValue: '0' | 'null' | '0 and null';
  readonly exactness: 'exact';
}

/** What every verb of the catalogue is given besides its question. */
export interface MetricContext {
  readonly warehouse: WarehouseReader;
  /** Database of the tables; from configuration, never from input. */
  readonly database: string;
  readonly settings: Pick<Project, 'linkedDomains' | 'sessionTimeoutSeconds'> &
    Partial<Pick<Project, 'channelRules'>>;
  /** The moment of the answer, ms since 1970 UTC. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  /**
   * Restricts the planner to these tables where they are eligible (checks and comparisons);
   * left out, the cheapest eligible one answers.
   */
  readonly onlyTables?: readonly RollupTable[];
}
