import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How long an ended stream may take to be read, ms; then its connection is cut. */
const GRACE_MS = 5_000;

/** An event as it is written, and as a chunk of a body that is sent in such (RFC 9112 §7.1). */
export interface StreamEvent {
  readonly event: Buffer;
  readonly chunk: Buffer;
}

/** Makes the bytes of an event, once for all streams that are sent it. */
export function streamEvent(text: string): StreamEvent {
  const length = Buffer.byteLength(text);
  const head = `${length.toString(16)}\r\n`;
  const chunk = Buffer.from(`${head}${text}\r\n`);
  return { event: chunk.subarray(head.length, head.length + length), chunk };
}

/** A stream of server-sent events whose unsent bytes are bounded. */
export interface StreamWriter {
  begin(headers: OutgoingHttpHeaders): void;
  /** Writes a whole event at once, unless the reader has left too much unread. */
  push(event: StreamEvent): void;
  /** The same, and resolves when it has left or the reader has gone. */
  write(event: StreamEvent): Promise<void>;
  /** The same with the event of a result. */
  next(text: string): Promise<void>;
  complete(): Promise<void>;
  /** A sign of life; a reader that has not taken the last one needs no other. */
  comment(): void;
  /** Called once, when the reader has left too much unread. */
  onSlow(listener: () => void): void;
  end(): void;
}

export function createStreamWriter(raw: ServerResponse, maxBacklogBytes: number): StreamWriter {
  let isSlow = false;
  let tellSlow = (): void => undefined;

  function write(event: StreamEvent): Promise<void> {
    return new Promise((resolve) => {
      if (raw.destroyed || raw.writableEnded) return resolve();
      send(event, resolve);
    });
  }

  /**
   * A chunk that is there goes out as it is: the response would make it of three writes. Not while
   * the response holds earlier writes back, as it does for a tick from Node 26 on.
   */
  function send({ event, chunk }: StreamEvent, onLeft?: () => void): void {
    const isReady = raw.chunkedEncoding && raw.headersSent && raw.writableCorked === 0;
    if (isReady && raw.socket !== null) raw.socket.write(chunk, onLeft);
    else raw.write(event, onLeft);
  }

  return {
    begin(headers) {
      raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      raw.write(':\n\n');
    },
    push(event) {
      if (raw.destroyed || raw.writableEnded) return;
      if (raw.writableLength > maxBacklogBytes && !isSlow) {
        isSlow = true;
        tellSlow();
        return;
      }
      send(event);
    },
    write,
    next: (text) => write(streamEvent(`event: next\ndata: ${text}\n\n`)),
    complete: () =>
      isSlow ? Promise.resolve() : write(streamEvent('event: complete\ndata: \n\n')),
    comment() {
      if (!raw.writableNeedDrain && !raw.writableEnded) raw.write(':\n\n');
    },
    onSlow(listener) {
      tellSlow = listener;
    },
    end() {
      raw.end();
      const timer = setTimeout(() => raw.destroy(), GRACE_MS);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
    },
  };
}
