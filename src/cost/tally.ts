import type { Statement } from '../warehouse/statement.js';
import type { QueryOptions, WarehouseReader } from '../warehouse/warehouse.js';
import type { Meter } from './meter.js';

/** Rows that the engine has read for something so far. */
export interface Tally {
  rowsRead: number;
}

/** The same reader, whose reads are added up. Bytes come without statistics and add nothing. */
export function talliedReader(reader: WarehouseReader, tally: Tally): WarehouseReader {
  return {
    async query<Row>(asked: Statement<Row>, options?: QueryOptions) {
      const result = await reader.query(asked, options);
      tally.rowsRead += result.rowsRead;
      return result;
    },
    queryBytes: (asked, format, options) => reader.queryBytes(asked, format, options),
  };
}

/** The same meter, all of whose readers add to one tally. */
export function talliedMeter(meter: Meter, tally: Tally): Meter {
  return { ...meter, reader: (projectId) => talliedReader(meter.reader(projectId), tally) };
}
