import type { StatementSettings } from '../warehouse/statement.js';

/** How a report is written. */
export type ReportFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

interface Writing {
  /** Name of the engine's format. */
  readonly format: string;
  readonly contentType: string;
  readonly settings: StatementSettings;
}

/** The same in every format: instants are ISO 8601 in UTC, decimals exact. */
const ALWAYS: StatementSettings = { date_time_output_format: 'iso' };

/** What the engine is told for each format. */
export const WRITINGS: Readonly<Record<ReportFormat, Writing>> = {
  csv: {
    format: 'CSVWithNames',
    contentType: 'text/csv; charset=utf-8; header=present',
    settings: { ...ALWAYS, format_csv_null_representation: '' },
  },
  json: {
    format: 'JSONEachRow',
    contentType: 'application/json; charset=utf-8',
    settings: { ...ALWAYS, output_format_json_array_of_rows: 1 },
  },
  ndjson: {
    format: 'JSONEachRow',
    contentType: 'application/x-ndjson; charset=utf-8',
    settings: { ...ALWAYS, output_format_json_array_of_rows: 0 },
  },
  parquet: {
    format: 'Parquet',
    contentType: 'application/vnd.apache.parquet',
    settings: {
      // A group of rows lies in memory until it is written.
      output_format_parquet_row_group_size: 20_000,
      output_format_parquet_row_group_size_bytes: 32_000_000,
      output_format_parquet_parallel_encoding: 0,
      // So do, for each of the columns, a page and what its dictionary may hold.
      output_format_parquet_data_page_size: 65_536,
      output_format_parquet_max_dictionary_size: 65_536,
      // They would be kept until the file ends, more of them with every group.
      output_format_parquet_write_bloom_filter: 0,
      output_format_parquet_write_page_index: 0,
      // Every reader knows this one.
      output_format_parquet_compression_method: 'snappy',
      output_format_parquet_string_as_string: 1,
    },
  },
};
