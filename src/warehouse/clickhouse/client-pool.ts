import type { ClickHouseClient } from '@clickhouse/client';

/** Gives out clients, one statement at a time per embedded connection. */
export interface ClientPool {
  /** Runs `use` with a client that nobody else uses meanwhile (embedded) or with the shared one (server). */
  run<T>(use: (client: ClickHouseClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The two pools of a warehouse: what one statement sets on a connection never meets the other kind. */
export interface ClientPools {
  readonly read: ClientPool;
  readonly write: ClientPool;
}
