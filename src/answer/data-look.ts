/** Numbers of the first and the last block of a partition's parts. They only grow. */
export type BlockSpan = readonly [first: number, last: number];

/** Partitions of tables with their blocks: `tables[table][partition]`. */
export type TableBlocks = Readonly<Record<string, Readonly<Record<string, BlockSpan>>>>;

/** How far the data of the warehouse had come at a moment. */
export interface DataLook {
  /** Before the look began, ms since 1970 UTC: what was queryable then is in the blocks. */
  readonly atMs: number;
  /** Of which warehouse: several may use one cache. */
  readonly warehouseId: string;
  /** When the engine started, seconds since 1970, give or take one. */
  readonly engineStartedAt: number;
  readonly tables: TableBlocks;
}

/** The data that an answer was made of. */
export interface Dependence {
  readonly projectId: string;
  /** Tables that were read. */
  readonly tables: readonly string[];
  /** UTC days, counted from 1970, both inclusive; null: events of any day may matter. */
  readonly days: { readonly from: number; readonly to: number } | null;
}

/** Tells whether data have changed, so that an answer can be given again. */
export interface DataVersions {
  /**
   * Looks at the data of all projects. The look begins after the call, and calls that come while
   * one is under way share the next.
   *
   * @throws AppError of the warehouse.
   */
  look(): Promise<DataLook>;
  /**
   * Whether nothing that an answer depends on has come, or gone, between two looks. False too where
   * it is not known: `since` may be of another process, and older than what this one has followed.
   */
  isUnchanged(dependence: Dependence, since: Omit<DataLook, 'atMs'>, look: DataLook): boolean;
}
