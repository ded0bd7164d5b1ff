import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How long an ended stream may take to be read, ms; then its connection is cut. */
const GRACE_MS = 5_000;

/** A stream of server-sent events whose unsent bytes are bounded. */
export interface StreamWriter {
  begin(headers: OutgoingHttpHeaders): void;
  /** Writes a whole event at once, unless the reader has left too much unread. */
  push(event: Buffer): void;
  /** Writes a whole event, and resolves when it has left or the reader has gone. */
  write(event: Buffer | string): Promise<void>;
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

  function write(text: Buffer | string): Promise<void> {
    return new Promise((resolve) => {
      if (raw.destroyed || raw.writableEnded) return resolve();
      raw.write(text, () => resolve());
    });
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
      raw.write(event);
    },
    write,
    next: (text) => write(`event: next\ndata: ${text}\n\n`),
    complete: () => (isSlow ? Promise.resolve() : write('event: complete\ndata: \n\n')),
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
