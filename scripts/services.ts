/** `npm run services`: Kafka, Redis and the stand-in for a ClickHouse server, until Ctrl-C. */
import { messageOf } from '../src/errors.js';
import { startClickHouseStandIn } from '../test/testkit/clickhouse-stand-in.js';
import { startKafka } from '../test/testkit/kafka.js';
import { startRedis } from '../test/testkit/redis.js';

interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

/** In the order of their start; they stop in the opposite one. */
const SERVICES = [
  {
    name: 'kafka',
    start: (): Promise<Service> => startKafka(),
    lines: (url: string) => [`EVENT_LOG_URL=${url}`],
  },
  {
    name: 'redis',
    start: (): Promise<Service> => startRedis(),
    lines: (url: string) => [`CACHE_URL=${url}`, `PUBSUB_URL=${url}`],
  },
  {
    name: 'warehouse (a stand-in: the embedded engine over HTTP)',
    start: (): Promise<Service> => startClickHouseStandIn(),
    lines: (url: string) => [`WAREHOUSE_URL=${url}`],
  },
];

const running: { name: string; service: Service }[] = [];
const stopped = new AbortController();

/** Ends what runs; one that cannot be ended does not keep the others. */
async function stopAll(): Promise<boolean> {
  let isClean = true;
  for (const { name, service } of running.splice(0).reverse()) {
    try {
      await service.stop();
    } catch (error) {
      isClean = false;
      process.stderr.write(`${name} did not stop: ${messageOf(error)}\n`);
    }
  }
  return isClean;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopped.abort());
}
// Waiting for a signal does not keep a process alive; a timer does.
const alive = setInterval(() => undefined, 60_000);

let isClean = true;
try {
  const lines: string[] = [];
  for (const { name, start, lines: linesOf } of SERVICES) {
    // A signal during a start is obeyed once that service is known, or it would be left behind.
    if (stopped.signal.aborted) break;
    process.stderr.write(`starting ${name} …\n`);
    const service = await start();
    running.push({ name, service });
    lines.push(...linesOf(service.url));
  }
  if (!stopped.signal.aborted) {
    process.stderr.write('services are running; Ctrl-C stops them\n');
    process.stdout.write(`${lines.join('\n')}\n`);
    await new Promise<void>((resolve) => {
      stopped.signal.addEventListener('abort', () => resolve());
    });
  }
} catch (error) {
  isClean = false;
  process.stderr.write(`${messageOf(error)}\n`);
}
isClean = (await stopAll()) && isClean;
clearInterval(alive);
process.stderr.write('services are stopped\n');
process.exit(isClean ? 0 : 1);
