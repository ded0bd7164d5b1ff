/** A thread that sends the hostile suite again and again; told `stop` it answers with how many it sent. */
import { parentPort, workerData } from 'node:worker_threads';
import type { HostileCase } from '../../test/testkit/hostile/hostile-case.js';
import { sendHostile } from '../../test/testkit/hostile/send-hostile.js';

/** What the thread is given. */
export interface Attack {
  /** `http://host:port` of the gateway. */
  readonly url: string;
  readonly cases: readonly HostileCase[];
}

const { url, cases } = workerData as Attack;
let isStopped = false;
parentPort?.once('message', () => {
  isStopped = true;
});

let sent = 0;
while (!isStopped) {
  const next = cases[sent % cases.length];
  if (next === undefined) break;
  await sendHostile(url, next);
  sent += 1;
}
parentPort?.postMessage(sent);
