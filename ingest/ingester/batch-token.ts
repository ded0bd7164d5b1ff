import { createHash } from 'node:crypto';
import type { LogBatch } from '../../src/event-log/event-log.js';

/**
 * Deduplication token of a batch: `topic/partition/first-last`. A function of the boundaries, which
 * the log repeats after a crash, and nothing else.
 */
export function batchToken(
  batch: Pick<LogBatch, 'topic' | 'partition' | 'firstOffset' | 'lastOffset'>,
): string {
  return `${batch.topic}/${batch.partition}/${batch.firstOffset}-${batch.lastOffset}`;
}

/** Token of one of the blocks that a batch is cut into. */
export function blockToken(token: string, block: number, blocks: number): string {
  return blocks === 1 ? token : `${token}/${block}`;
}

/**
 * Id of a block, stored with its rows: the first 8 bytes of the token's SHA-256 as decimal text
 * (JSON numbers lose precision). Silver ignores ids known from the block's own batch, so two blocks
 * with one id would let a duplicate through; among n blocks that happens with a chance of
 * n² / 2^65: one in 370,000 after ten million blocks, and then only if both hold the same event.
 */
export function batchId(token: string): string {
  return createHash('sha256').update(token).digest().readBigUInt64BE(0).toString();
}
