import { isIP } from 'node:net';

/**
 * The address an event came from: that of the socket or, behind a proxy that is trusted, the first
 * one in `X-Forwarded-For`. Ports and the IPv4-in-IPv6 prefix are taken off; empty when there is
 * no address.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trustProxy: boolean,
): string {
  if (trustProxy && forwardedFor !== undefined) {
    const text = typeof forwardedFor === 'string' ? forwardedFor : forwardedFor.join(',');
    for (const part of text.split(',', 20)) {
      const address = bare(part.trim());
      if (isIP(address) !== 0) return address;
    }
  }
  return bare(socketAddress ?? '');
}

function bare(address: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1];
  if (bracketed !== undefined) return bare(bracketed);
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1];
  if (withPort !== undefined) return withPort;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
