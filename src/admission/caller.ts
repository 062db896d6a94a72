import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * `known` by a certificate, or a `stranger` where callers are known by one; `any` where nobody is asked for one.
 */
export type Standing = 'known' | 'stranger' | 'any';

/** Who sends a request. */
export interface Caller {
  /** The address that the connection comes from. */
  readonly peer: string;
  readonly standing: Standing;
}

const callers = new WeakMap<Socket, Caller>();

/**
 * @param socket a connection that TLS was agreed on
 * @param knowing whether the server asks for certificates
 */
export function callerOf(socket: Socket, knowing: boolean): Caller {
  const before = callers.get(socket);
  if (before) return before;
  const standing = knowing ? (isKnown(socket as TLSSocket) ? 'known' : 'stranger') : 'any';
  const caller: Caller = { peer: socket.remoteAddress ?? '', standing };
  callers.set(socket, caller);
  return caller;
}

/**
 * `authorized` alone is not enough: Node takes a session that is resumed under TLS 1.3 to be verified, even if no certificate
 * was shown when the session began (node src/crypto/crypto_common.cc `VerifyPeerCertificate`).
 */
const isKnown = (socket: TLSSocket): boolean =>
  socket.authorized === true && Object.keys(socket.getPeerCertificate()).length > 0;
