import type { Delivery } from '../live/live-member.js';

/** Text message, and the only frame of it. */
const TEXT = 0x81;
const END = '}';

/** A frame, whole or in two parts. */
export type FrameParts = readonly [Buffer] | readonly [Buffer, Buffer];

/** The frame of a shared result as it was made for one subscription id. */
interface SharedFrame {
  readonly id: string;
  readonly whole: readonly [Buffer];
  /** The end of it that is equal for every id: the result. */
  readonly result: Buffer;
}

const frames = new WeakMap<Delivery, SharedFrame>();

/**
 * The WebSocket frame (RFC 6455 §5.2) of a `next` message of `graphql-transport-ws` with a shared
 * result, as parts to be written one behind the other. The result is made into bytes once:
 * subscriptions with one id share the whole frame, others bring only what comes before the result.
 */
export function nextFrame(delivery: Delivery, id: string): FrameParts {
  const known = frames.get(delivery);
  if (known === undefined) {
    const made = Buffer.from(delivery.text + END);
    const head = headOf(id, made.length);
    const frame = Buffer.concat([head, made]);
    const shared: SharedFrame = { id, whole: [frame], result: frame.subarray(head.length) };
    frames.set(delivery, shared);
    return shared.whole;
  }
  if (known.id === id) return known.whole;
  return [headOf(id, known.result.length), known.result];
}

/** What comes before a result of so many bytes: the head of the frame and that of the message. */
function headOf(id: string, resultBytes: number): Buffer {
  const message = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  const bytes = message.length + resultBytes;
  return Buffer.concat([frameHead(bytes), message]);
}

function frameHead(bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([TEXT, bytes]);
  if (bytes < 65_536) return Buffer.from([TEXT, 126, bytes >> 8, bytes & 255]);
  const head = Buffer.alloc(10);
  head.set([TEXT, 127]);
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}
