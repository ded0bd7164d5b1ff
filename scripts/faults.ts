/**
 * `npm run faults -- --seed N --minutes M [--mode embedded|scaled]`: kills, pauses and cuts under
 * load, then compares every metric with truth. Exits 1 when anything differs.
 */
import { parseArgs } from 'node:util';
import { runFaults } from '../test/faults/run-faults.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'embedded' },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
const { mode } = values;
if (!Number.isInteger(seed) || !(minutes > 0) || (mode !== 'embedded' && mode !== 'scaled')) {
  process.stdout.write(
    'expected --seed with a whole number, --minutes above 0 and --mode embedded or scaled\n',
  );
  process.exit(2);
}
const { problems } = await runFaults({
  seed,
  minutes,
  mode,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exit(problems.length === 0 ? 0 : 1);
