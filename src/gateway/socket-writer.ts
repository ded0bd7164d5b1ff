import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { GatewayCloseCode } from './close-code.js';
import { createMessageRate } from './message-rate.js';
import type { FrameParts } from './next-frame.js';

/** How long a closed connection may take to read the close frame, ms; then it is cut. */
const GRACE_MS = 5_000;

/** A socket whose memory is bounded, however fast its peer sends and however slowly it reads. */
export interface BoundedSocket {
  /** Sends at once. What a closed socket is given is let go. */
  push(text: string): void;
  /** Sends, and resolves when the message has left, so that its source can wait. */
  send(text: string): Promise<void>;
  /** Sends a frame that was made already, whole or in two parts. */
  pushFrame(parts: FrameParts): void;
  /** The same, and resolves when it has left. */
  sendFrame(parts: FrameParts): Promise<void>;
  /** Whether one more message of the peer is taken; closes the socket when they are too many. */
  takesMessage(): boolean;
  /** Answers a ping frame of the peer, which counts as a message. */
  answerPing(data: Buffer): void;
  /** Closes, and cuts the connection when the peer does not read the close frame in time. */
  close(code: number, reason: string): void;
}

/**
 * @param stream What the socket was upgraded from: frames that many sockets share are written to it
 *   as they are. Nothing is compressed, so no frame of the socket waits that they could overtake.
 * @param onRefused Told when a peer is closed for what it does: the code and the reason.
 */
export function boundSocket(
  socket: WebSocket,
  stream: Duplex,
  maxBacklogBytes: number,
  onRefused: (code: number, reason: string) => void,
): BoundedSocket {
  const rate = createMessageRate();
  let isClosing = false;

  function close(code: number, reason: string): void {
    if (isClosing) return;
    isClosing = true;
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), GRACE_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  function refuse(code: number, reason: string): void {
    onRefused(code, reason);
    close(code, reason);
  }

  /** Whether there is room for one more message. */
  function isOpen(): boolean {
    if (isClosing || socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount <= maxBacklogBytes) return true;
    refuse(
      GatewayCloseCode.SLOW_READER,
      `Slow reader: more than ${maxBacklogBytes} bytes wait; resume with the last token`,
    );
    return false;
  }

  function takesMessage(): boolean {
    if (isClosing) return false;
    if (rate.take()) return true;
    refuse(GatewayCloseCode.TOO_MANY_MESSAGES, 'Too many messages: expected 250 a second at most');
    return false;
  }

  function writeFrame([head, rest]: FrameParts, onLeft?: () => void): void {
    if (rest === undefined) {
      stream.write(head, onLeft);
      return;
    }
    // One call of the system for both.
    stream.cork();
    stream.write(head);
    stream.write(rest, onLeft);
    stream.uncork();
  }

  return {
    close,
    takesMessage,
    answerPing(data) {
      if (takesMessage() && isOpen()) socket.pong(data);
    },
    push(text) {
      if (isOpen()) socket.send(text);
    },
    pushFrame(parts) {
      if (isOpen()) writeFrame(parts);
    },
    sendFrame(parts) {
      return new Promise((resolve) => {
        if (!isOpen()) return resolve();
        writeFrame(parts, resolve);
      });
    },
    send(text) {
      return new Promise((resolve) => {
        if (!isOpen()) return resolve();
        // A failure to send closes the socket, which ends its subscriptions.
        socket.send(text, () => resolve());
      });
    },
  };
}
