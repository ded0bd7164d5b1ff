import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf } from '../../src/errors.js';
import type { AvroSchema } from './fingerprint.js';

/** A parsed schema and where it came from, for messages. */
export interface SchemaFile {
  readonly path: string;
  readonly schema: AvroSchema;
}

/**
 * The folder `schema/events` of the package: the nearest one above this file, so that it is found
 * from the sources and from `dist` alike.
 */
export function eventSchemaDirectory(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'schema', 'events');
    if (existsSync(join(candidate, 'tracked-event.avsc'))) return candidate;
    const parent = dirname(folder);
    if (parent === folder) {
      throw new AppError(
        'CONFIG_INVALID',
        'The package is incomplete: schema/events/tracked-event.avsc is missing.',
      );
    }
    folder = parent;
  }
}

/**
 * All `*.avsc` files of a folder, by name.
 *
 * @throws AppError `CONFIG_INVALID` naming the file that is no JSON, or the folder.
 */
export function readSchemaFiles(directory: string): readonly SchemaFile[] {
  const path = (name: string) => join(directory, name);
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.avsc'));
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `The schema folder ${directory} cannot be read.`, {
      cause: error,
    });
  }
  return names.sort().map((name) => ({ path: path(name), schema: readSchemaFile(path(name)) }));
}

/** One schema file. @throws AppError `CONFIG_INVALID` naming it when it is no JSON. */
export function readSchemaFile(path: string): AvroSchema {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as AvroSchema;
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `The schema ${path} cannot be read: ${messageOf(error)}.`,
      {
        cause: error,
      },
    );
  }
}
