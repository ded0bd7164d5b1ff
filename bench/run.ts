/** `npm run bench -- NAME`: one line per figure, `NAME ratio X.XX (bar Y): holds|falls short`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { type Benchmark, holds } from './benchmark.js';
import { cache } from './cache.js';
import { enrichment } from './enrichment.js';
import { exportReports } from './export.js';
import { fanout } from './fanout.js';
import { footprint } from './footprint.js';
import { gateway } from './gateway.js';
import { hostile } from './hostile.js';
import { ids } from './ids.js';
import { ingest } from './ingest.js';
import { journeys } from './journeys.js';
import { live } from './live.js';
import { query } from './query/query.js';

const BENCHMARKS: readonly Benchmark[] = [
  cache,
  footprint,
  enrichment,
  exportReports,
  fanout,
  gateway,
  hostile,
  ids,
  ingest,
  journeys,
  live,
  query,
];

const [name = ''] = process.argv.slice(2);
const benchmark = BENCHMARKS.find((candidate) => candidate.name === name);
if (benchmark === undefined) {
  process.stderr.write(
    `unknown benchmark '${name}'; expected one of ${BENCHMARKS.map((known) => known.name).join(', ')}\n`,
  );
  process.exit(2);
}
const figures = await benchmark.run();
const folder = join(repositoryRoot(), 'bench/results');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, `${name}.json`),
  `${JSON.stringify({ name, at: new Date().toISOString(), figures }, null, 2)}\n`,
);
for (const figure of figures) {
  const values = Object.entries(figure.values)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  process.stdout.write(`${figure.name}: ${values}\n`);
}
for (const figure of figures) {
  const verdict = holds(figure) ? 'holds' : 'falls short';
  process.stdout.write(
    `${figure.name} ratio ${figure.ratio.toFixed(2)} (bar ${figure.bar}): ${verdict}\n`,
  );
}
process.exit(figures.every(holds) ? 0 : 1);
