import { CloseCode } from 'graphql-ws';

/** Why a WebSocket is closed, beyond the codes of the protocol. */
export const GatewayCloseCode = {
  /** The server stops; another one serves. */
  GOING_AWAY: 1001,
  /** Keys cannot be checked now; the client should come back. */
  TRY_AGAIN_LATER: 1013,
  /** No key in force: never was one, or it was revoked or has expired meanwhile. */
  UNAUTHORIZED: CloseCode.Unauthorized,
  FORBIDDEN: CloseCode.Forbidden,
  INTERNAL: CloseCode.InternalServerError,
  /** More is waiting for the reader than may wait: it may come back and resume. */
  SLOW_READER: 4410,
  /** Messages came faster than a connection may send them. */
  TOO_MANY_MESSAGES: 4411,
} as const;

/** Longest reason of a close frame, in bytes. */
const MAX_REASON_BYTES = 123;

/** A reason that fits into a close frame: the text, or a shorter one where it is too long. */
export function closeReason(text: string, shorter: string): string {
  return Buffer.byteLength(text) <= MAX_REASON_BYTES ? text : shorter;
}
