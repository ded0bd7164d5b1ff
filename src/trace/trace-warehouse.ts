import type { Warehouse } from '../warehouse/warehouse.js';
import { inSpan } from './in-span.js';
import type { SpanAttributes, Tracing } from './tracing.js';

/**
 * The same warehouse, each of whose statements is a span by its own name, with the rows and bytes
 * that were read. What nobody waits for who is traced (looks at parts, keys read again) has none.
 */
export function traceWarehouse(warehouse: Warehouse, tracing: Tracing): Warehouse {
  function traced<T>(
    name: string,
    attributes: SpanAttributes,
    work: () => Promise<T>,
    tell: (result: T) => SpanAttributes,
  ): Promise<T> {
    if (tracing.current() === null) return work();
    const about = { 'db.system.name': 'clickhouse', 'db.query.summary': name, ...attributes };
    return inSpan(tracing, name, { kind: 'client', attributes: about }, async (span) => {
      const result = await work();
      span?.note(tell(result));
      return result;
    });
  }

  return {
    ...warehouse,
    query: (asked, options) =>
      traced(
        asked.name,
        { 'db.operation.name': 'SELECT' },
        () => warehouse.query(asked, options),
        ({ rows, rowsRead, bytesRead }) => ({
          'db.response.returned_rows': rows.length,
          'sluice.rows_read': rowsRead,
          ...(bytesRead === undefined ? {} : { 'sluice.bytes_read': bytesRead }),
        }),
      ),
    queryBytes: (asked, format, options) =>
      traced(
        asked.name,
        { 'db.operation.name': 'SELECT' },
        () => warehouse.queryBytes(asked, format, options),
        ({ length }) => ({ 'sluice.answer_bytes': length }),
      ),
    insert: (block) =>
      traced(
        `insert.${block.table.replace(/^.*\./, '')}`,
        { 'db.operation.name': 'INSERT', 'sluice.rows_written': block.rows.length },
        () => warehouse.insert(block),
        () => ({}),
      ),
    execute: (asked) =>
      traced(
        asked.name,
        {},
        () => warehouse.execute(asked),
        () => ({}),
      ),
  };
}
