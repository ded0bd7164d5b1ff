import { AppError } from '../../errors.js';
import { type FileSystem, replaceFile, systemErrorCode } from './file-system.js';

const FORMAT_VERSION = 1;
const FILE_NAME = 'log.json';

/**
 * Writes format version and number of partitions into a new directory, compares them in a known one.
 *
 * @throws AppError `CONFIG_INVALID` when the directory was written with others, or its file is not
 *   readable.
 */
export async function checkLogFormat({
  directory,
  partitionCount,
  files,
  isDurable,
}: {
  readonly directory: string;
  readonly partitionCount: number;
  readonly files: FileSystem;
  readonly isDurable: boolean;
}): Promise<void> {
  const path = `${directory}/${FILE_NAME}`;
  let text: string;
  try {
    text = await files.readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    const content = `${JSON.stringify({ version: FORMAT_VERSION, partitionCount })}\n`;
    await replaceFile({ files, directory, name: FILE_NAME, content, isDurable });
    return;
  }
  const found = parse(path, text);
  if (found.version !== FORMAT_VERSION || found.partitionCount !== partitionCount) {
    throw new AppError(
      'CONFIG_INVALID',
      `${directory} was written with format ${found.version} and ${found.partitionCount} partitions; expected format ${FORMAT_VERSION} and EVENT_LOG_PARTITIONS=${partitionCount}, and neither can change once the log exists`,
      { details: { directory, ...found, expectedPartitionCount: partitionCount } },
    );
  }
}

function parse(path: string, text: string): { version?: unknown; partitionCount?: unknown } {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null) return found;
    throw new SyntaxError('not an object');
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `${path}: expected a JSON object with version and partitionCount`,
      {
        cause,
        details: { path },
      },
    );
  }
}
