import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Folders whose statements answer questions about one project. */
const FOLDERS = [
  'attribution',
  'channel',
  'cohort',
  'experiment',
  'funnel',
  'live',
  'metric',
  'path',
  'retention',
  'session',
  'visitor',
];

test('the condition on the project is written in one place', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join('src', folder, name)),
  );
  expect(files.filter((file) => /project_id\s*(=|IN\b)/.test(readFileSync(file, 'utf8')))).toEqual([
    join('src', 'metric', 'project-condition.ts'),
  ]);
});
