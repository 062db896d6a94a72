import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { onPieces } from '../../src/admission/pieces.ts';

class FakeSocket extends Duplex {
  bytesRead = 0;
  override _read(): void {}
  comes(piece: Buffer): void {
    this.bytesRead += piece.length;
    this.push(piece);
  }
}

function watch(socket: FakeSocket): number[] {
  const brought: number[] = [];
  onPieces(socket as unknown as TLSSocket, bytes => brought.push(bytes));
  return brought;
}

const turn = () => new Promise(resolve => setImmediate(resolve));

it('pieces are told of where timers begin anew, and what else has them begin anew is none', () => {
  let refreshed = 0;
  const socket = Object.assign(new FakeSocket(), {
    _unrefTimer: () => {
      refreshed++;
    },
  });
  const brought = watch(socket);
  for (const bytes of [300, 0, 2]) {
    socket.bytesRead += bytes;
    socket._unrefTimer();
  }
  expect(brought).toEqual([300, 2]);
  expect(refreshed).toBe(3);
  expect(socket.listenerCount('data')).toBe(0);
});

it('pieces are told of where Node has no such timers', async () => {
  const socket = new FakeSocket();
  const brought = watch(socket);
  socket.comes(Buffer.alloc(300));
  socket.comes(Buffer.alloc(2));
  await turn();
  expect(brought).toEqual([300, 2]);
});
