import type { TLSSocket } from 'node:tls';

/** What Node calls on a socket whose timers begin anew. It is not documented, so it may not be there. */
interface Timed {
  _unrefTimer?: (() => void) | undefined;
}

/**
 * Tells of each piece that comes through a socket that an HTTP server reads from.
 *
 * Whoever listens to `data` takes Node's HTTP parser off the short way, where it is given what was decrypted without a
 * buffer being made for that: at 64 connections that is a tenth of an answer's processor time. On the short way nothing
 * but the socket's timers hears of a piece (Node's lib/_http_server.js, `onParserExecute`). Where they do not, `data` does.
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
    // What is written has them begin anew, too.
    if (now === before) return;
    const bytes = now - before;
    before = now;
    brought(bytes);
  };
}
