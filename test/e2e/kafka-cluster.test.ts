import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../testkit/deadline.js';
import { type KafkaCluster, startKafkaCluster } from '../testkit/kafka-cluster.js';
import { askGraphql, createTestProject, startStack, untilIngested } from '../testkit/stack.js';

const GROUP = 'sluice-ingester';
const TOPICS = ['topic_web_events', 'topic_app_events', 'topic_dead_letters'];
/** Events of one request, and how many requests are to be answered while a node is away. */
const EVENTS = 50;
const ANSWERS = 10;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
}, 120_000);

/** Posts events of rising ids, each request again until it is answered, until `stop`. */
function startSending(url: string, key: string) {
  let isStopped = false;
  let acknowledged = 0;
  const post = async (body: string): Promise<void> => {
    for (;;) {
      try {
        const response = await fetch(`${url}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${key}` },
          body,
          signal: AbortSignal.timeout(5_000),
        });
        await response.text();
        if (response.status === 200) return;
      } catch {
        // No answer: the same events go out again, under the same ids.
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const running = (async () => {
    for (let first = 0; !isStopped; first += EVENTS) {
      const events = Array.from({ length: EVENTS }, (_, at) => ({
        event_id: `event-${first + at}`,
        event_name: 'page_view',
        timestamp: '2026-01-01T12:00:00Z',
        anonymous_id: `device-${(first + at) % 97}`,
        url: 'https://shop.example/',
      }));
      await post(events.map((event) => JSON.stringify(event)).join('\n'));
      acknowledged += EVENTS;
    }
  })();
  return {
    acknowledged: () => acknowledged,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

type Role = (cluster: KafkaCluster) => Promise<number>;

const ROLES: readonly (readonly [string, Role])[] = [
  ['the leader of a partition of events', (cluster) => cluster.leaderOf(TOPICS[0] ?? '', 0)],
  ['the coordinator of the ingesters', (cluster) => cluster.coordinatorOf(GROUP)],
  ['the leader of the controllers', (cluster) => cluster.controller()],
];

test('of three brokers each may die: leader, coordinator and controller move, and every event counts once', async () => {
  const cluster = await startKafkaCluster();
  closers.push(() => cluster.stop());
  const stack = await startStack('scaled', {
    EVENT_LOG_URL: cluster.url,
    EVENT_LOG_REPLICATION: '3',
    INGESTER_TIMEOUT_MS: '3000',
    LOG_LEVEL: 'error',
  });
  closers.push(() => stack.stop());
  const { importerKey, readKey } = await createTestProject(stack, 'shop');
  const sender = startSending(stack.collectorUrl, importerKey);
  closers.push(() => sender.stop());
  await eventually('the first answers', () => sender.acknowledged() >= ANSWERS * EVENTS);

  for (const [role, nodeOf] of ROLES) {
    const before = await nodeOf(cluster);
    await cluster.kill(before);
    await eventually(
      `${role} to move`,
      async () => {
        const now = await nodeOf(cluster).catch(() => -1);
        return now !== before && now > 0;
      },
      60_000,
    );
    const answered = sender.acknowledged();
    await eventually(
      'answers with two of three brokers',
      () => sender.acknowledged() >= answered + ANSWERS * EVENTS,
      60_000,
    );
    await cluster.restart(before, TOPICS);
  }
  await sender.stop();
  await untilIngested(stack, 120_000);

  const { eventVolume } = await askGraphql<{ eventVolume: { total: number } }>(
    stack.gatewayUrls[1] ?? '',
    readKey,
    '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-01" }) { total } }',
  );
  expect(eventVolume.total).toBe(sender.acknowledged());
  const { integrity } = await askGraphql<{ integrity: unknown }>(
    stack.gatewayUrls[0] ?? '',
    stack.adminKey,
    '{ integrity { isBalanced findings { message } } }',
  );
  expect(integrity).toEqual({ isBalanced: true, findings: [] });
}, 420_000);
