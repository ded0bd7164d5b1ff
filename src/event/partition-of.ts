import { crc32 } from 'node:zlib';
import { eventKey } from './tracked-event.js';

/**
 * The partition that owns an event id, the same in every topic, so that all copies of one id
 * meet in one writer (docs/decisions/0003-one-owner-per-event-id.md).
 *
 * CRC-32 of the UTF-8 bytes of project id, NUL, event id; modulo the number of partitions.
 */
export function partitionOf(projectId: string, eventId: string, partitionCount: number): number {
  return partitionOfKey(eventKey(projectId, eventId), partitionCount);
}

/** The same of a key that {@link eventKey} made. */
export function partitionOfKey(key: string, partitionCount: number): number {
  return crc32(key) % partitionCount;
}
