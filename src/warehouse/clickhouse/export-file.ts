import { statement } from '../statement.js';
import type { ExportOptions, ExportProgress } from '../warehouse.js';
import type { ClientPools, FileSelect } from './client-pool.js';

/** Between two looks at a running statement, ms. */
const LOOK_EVERY_MS = 400;

/**
 * Runs a SELECT whose rows go into a file. While it runs, another connection looks how far it is, and
 * ends it after an abort: waiting less would leave the engine at work on a file nobody wants.
 *
 * @param mark In small letters; stands in the text of the statement, different for each run.
 * @throws What the client throws.
 */
export async function exportFile(
  pools: Pick<ClientPools, 'read' | 'files' | 'bind' | 'writeFile'>,
  select: Omit<FileSelect, 'signal' | 'onUnwritable'>,
  mark: string,
  { signal, onProgress }: ExportOptions,
): Promise<void> {
  signal?.throwIfAborted();
  await pools.files.run(async (client) => {
    const failing = new AbortController();
    const onUnwritable = (): void => failing.abort();
    const given = signal === undefined ? [] : [signal];
    const ending = AbortSignal.any([...given, failing.signal]);
    const watch = watchRun(pools, mark, { signal: ending, onProgress });
    try {
      await pools.writeFile(client, { ...select, signal, onUnwritable });
    } finally {
      watch.stop();
    }
  }, signal);
  signal?.throwIfAborted();
}

function watchRun(
  { read, bind }: Pick<ClientPools, 'read' | 'bind'>,
  mark: string,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: ExportOptions['onProgress'] },
): { stop(): void } {
  let isLooking = false;
  // In capitals, so that what looks for the mark does not find itself.
  const given = { mark: mark.toUpperCase() };
  const isMarked = 'position(query, lower({mark:String})) > 0';

  const progress = statement<never>(
    'export.progress',
    `SELECT read_rows AS rowsRead, greatest(read_rows, total_rows_approx) AS rowsToRead
FROM system.processes WHERE ${isMarked}
SETTINGS output_format_json_quote_64bit_integers = 0`,
    given,
  );
  // Without SYNC: waiting for the end is done by whoever runs the statement.
  const kill = statement<never>('export.kill', `KILL QUERY WHERE ${isMarked}`, given);

  async function look(): Promise<void> {
    if (signal.aborted) {
      // It may not have begun yet, so this is said again until it has ended.
      await read.run((client) => client.command(bind(kill.sql, kill.params)));
      return;
    }
    if (onProgress === undefined) return;
    const [row] = await read.run(async (client) => {
      const request = { ...bind(progress.sql, progress.params), format: 'JSONEachRow' as const };
      return (await client.query(request)).json<ExportProgress>();
    });
    if (row !== undefined) onProgress(row);
  }

  const lookOnce = (): void => {
    if (isLooking) return;
    isLooking = true;
    // The statement itself tells what is wrong with the warehouse.
    look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  };
  const timer = setInterval(lookOnce, LOOK_EVERY_MS);
  signal.addEventListener('abort', lookOnce, { once: true });
  return {
    stop() {
      clearInterval(timer);
      signal.removeEventListener('abort', lookOnce);
    },
  };
}
