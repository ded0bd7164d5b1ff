import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { batchId, batchToken } from '../../../ingest/ingester/batch-token.js';
import { contentHash } from '../../../ingest/ingester/content-hash.js';
import type { TrackedEvent } from '../../../src/event/tracked-event.js';
import { trackedEvent } from './tracked-event.js';

test('the token of a batch names its boundaries', () => {
  expect(batchToken({ topic: 't', partition: 3, firstOffset: 10n, lastOffset: 12n })).toBe(
    't/3/10-12',
  );
});

test('the id of a batch is exact text of 64 bits', () => {
  const digest = createHash('sha256').update('t/3/10-12').digest('hex');
  expect(batchId('t/3/10-12')).toBe(BigInt(`0x${digest.slice(0, 16)}`).toString());
});

describe('the hash of the content', () => {
  const hash = (fields: Partial<TrackedEvent> = {}) => contentHash(trackedEvent(fields));

  test('is a safe whole number', () => {
    for (let n = 0; n < 1000; n += 1) {
      expect(Number.isSafeInteger(hash({ url: `/${n}` }))).toBe(true);
    }
  });

  test('is equal for a re-send from elsewhere, whatever the order of its properties', () => {
    expect(hash({ receivedAt: 1, queryableAt: 2, ip: '1.2.3.4', isTrusted: true })).toBe(hash());
    expect(hash({ properties: { a: '1', b: '2' } })).toBe(hash({ properties: { b: '2', a: '1' } }));
  });

  test.each([
    { eventName: 'x' },
    { occurredAt: 1 },
    { platform: 'mobile' as const },
    { anonymousId: 'x' },
    { userId: 'x' },
    { sessionId: 'x' },
    { url: 'x' },
    { referrer: 'x' },
    { userAgent: 'x' },
    { utmSource: 'x' },
    { utmTerm: 'x' },
    { properties: { a: '1' } },
    { properties: { a: '2' } },
    { properties: { '1': 'a' } },
  ])('differs when the client says something else: %j', (fields) => {
    expect(hash(fields)).not.toBe(hash());
    expect(hash(fields)).not.toBe(hash({ ...fields, sessionId: 'other' }));
  });

  test('hardly ever meets itself', () => {
    const hashes = new Set(Array.from({ length: 50_000 }, (_, n) => hash({ url: `/p?${n}` })));
    expect(hashes.size).toBe(50_000);
  });
});
