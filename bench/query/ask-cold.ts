/** `node ask-cold.js EVENTS QUESTION`: asks once in a process of its own; prints what it took as JSON. */

import { JOURNEY_QUESTIONS } from '../journeys/questions.js';
import { openWorld } from '../world/open-world.js';
import { ASKED, benchContext, measure } from './ask.js';
import { USUAL_QUESTIONS } from './questions.js';

const [events = '', name = ''] = process.argv.slice(2);
const question = [...USUAL_QUESTIONS, ...JOURNEY_QUESTIONS].find((each) => each.name === name);
if (question === undefined) throw new Error(`no question is called ${name}`);
const world = await openWorld(Number(events));
const { context, rows } = benchContext(world);
const asked = await measure(rows, () => question.ask(context, ASKED));
await world.stop();
process.stdout.write(JSON.stringify(asked));
process.exit(0);
