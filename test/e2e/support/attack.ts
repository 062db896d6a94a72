import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** Where a replica, or a process of the tests, takes AdmissionReviews. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** As somebody would who is let near the port and has no credentials at all. */
const open = ({ host, port }: Address): TLSSocket => {
  const options: ConnectionOptions = { host, port, rejectUnauthorized: false };
  // Attacks are turned away, which is not what they are about.
  return connect(options).on('error', () => undefined);
};

const opening = (path: string, bytes: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;

/** How long a connection that was closed stays so before it is opened again, in milliseconds. */
const AGAIN_MS = 50;

/**
 * Holds a request that never ends, with so many bytes of its body sent, and opens it again as often as it is closed.
 * @returns ends it
 */
export function hold(address: Address, bytes: number): () => void {
  const body = Buffer.alloc(bytes, ' ');
  let socket: TLSSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    socket = open(address);
    socket.once('secureConnect', () => {
      socket?.write(opening('/mutate/inject', bytes + 1));
      socket?.write(body);
    });
    socket.resume();
    socket.once('close', () => {
      timer = setTimeout(start, AGAIN_MS);
    });
  };
  start();
  return () => {
    socket?.removeAllListeners('close').destroy();
    clearTimeout(timer);
  };
}

/**
 * Holds a connection that says nothing, and opens it again as often as it is closed.
 * @returns ends it
 */
export function holdOpen(host: string, port: number): () => void {
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    socket = connectTcp({ host, port }).on('error', () => undefined);
    socket.resume().once('close', () => {
      timer = setTimeout(start, AGAIN_MS);
    });
  };
  start();
  return () => {
    socket?.removeAllListeners('close').destroy();
    clearTimeout(timer);
  };
}

/**
 * Opens a connection once, sends this, and reads nothing.
 * @returns ends it
 */
export function sendOnly(address: Address, bytes: Buffer): () => void {
  const socket = connectTcp(address).on('error', () => undefined);
  socket.pause().write(bytes);
  return () => socket.destroy();
}

/**
 * Holds a connection that a request has come through, for as long as it is let.
 * @returns ends it
 */
export function holdUsed(address: Address): () => void {
  const socket = open(address);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.resume();
  return () => socket.destroy();
}

/** Connections that one who opens them holds at most. */
const HELD = 500;

/**
 * Opens a connection every so many milliseconds, and says nothing through any.
 * @returns ends them
 */
export function openMore({ host, port }: Address, everyMs: number): () => void {
  const sockets: Socket[] = [];
  const timer = setInterval(() => {
    sockets.push(connectTcp({ host, port }).on('error', () => undefined));
    if (sockets.length > HELD) sockets.shift()?.destroy();
  }, everyMs);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}

/** A review that nobody asked for, in a namespace of this name; what is answered, or an error where it is not. */
export function forge(address: Address, namespace: string, name: string): Promise<string> {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `forged-${name}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name,
      namespace,
      operation: 'CREATE',
      userInfo: { username: 'system:admin' },
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'a' }] } },
    },
  });
  return new Promise((resolve, reject) => {
    const socket = open(address);
    let told = '';
    socket.on('error', reject);
    socket.on('data', data => {
      told += data;
      if (told.includes('"response"')) socket.destroy();
    });
    socket.on('close', () => (told === '' ? reject(new Error('no answer')) : resolve(told)));
    socket.write(opening('/mutate/enforce', Buffer.byteLength(body)) + body);
  });
}
