import type { Meters } from '../../src/cost/meters.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';

/** Fails when asked: for questions that are answered from memory. */
const NO_WAREHOUSE: WarehouseReader = {
  query: () => Promise.reject(new Error('no statement is expected')),
  queryBytes: () => Promise.reject(new Error('no statement is expected')),
};

/** Meters that count nothing and hand out one reader, whatever the project. */
export function unmetered(reader: WarehouseReader = NO_WAREHOUSE): Meters {
  return {
    open: () => ({ reader: () => reader }),
    openDry: () => ({ reader: () => reader, rows: () => new Map() }),
    check: async () => null,
  };
}
