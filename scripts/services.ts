/** `npm run services`: Kafka, Redis and the stand-in for a ClickHouse server, until Ctrl-C. */
import { startClickHouseStandIn } from '../test/testkit/clickhouse-stand-in.js';
import { startKafka } from '../test/testkit/kafka.js';
import { startRedis } from '../test/testkit/redis.js';

const closers: (() => Promise<void>)[] = [];

async function stop(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stop().then(() => process.exit(0));
  });
}

try {
  const kafka = await startKafka();
  closers.push(() => kafka.stop());
  const redis = await startRedis();
  closers.push(() => redis.stop());
  const warehouse = await startClickHouseStandIn();
  closers.push(() => warehouse.stop());
  process.stdout.write(
    [
      '# services are running; Ctrl-C stops them',
      `export EVENT_LOG_URL=${kafka.url}`,
      `export WAREHOUSE_URL=${warehouse.url}   # a stand-in: the embedded engine over HTTP`,
      `export CACHE_URL=${redis.url}`,
      `export PUBSUB_URL=${redis.url}`,
      '',
    ].join('\n'),
  );
  setInterval(() => undefined, 60_000);
} catch (error) {
  await stop();
  throw error;
}
