import type { TLSSocket } from 'node:tls';

/** What Node calls on a socket to restart its timers. It is not documented, so it may be missing. */
interface Timed {
  _unrefTimer?: (() => void) | undefined;
}

/**
 * Reports each piece that comes through a socket that an HTTP server reads from. A listener for `data` would take Node's HTTP
 * parser off its short way, on which decrypted bytes need no buffer of their own: at 64 connections that is a tenth of an
 * answer's processor time. On the short way, only the socket's timers hear of a piece (Node's lib/_http_server.js,
 * `onParserExecute`). Where they do not, `data` is listened to.
 *
 * @param brought called with the bytes of a piece, as it was decrypted
 */
export function onPieces(socket: TLSSocket, brought: (bytes: number) => void): void {
  const timed = socket as TLSSocket & Timed;
  const refresh = timed._unrefTimer;
  if (!refresh) {
    socket.on('data', (piece: Buffer) => brought(piece.length));
    return;
  }
  let before = socket.bytesRead;
  timed._unrefTimer = () => {
    refresh.call(socket);
    const now = socket.bytesRead;
    // A write restarts them, too.
    if (now === before) return;
    const bytes = now - before;
    before = now;
    brought(bytes);
  };
}
