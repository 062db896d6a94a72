import { type Agent, request } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';

/** The place where a replica, or a process of the tests, receives AdmissionReviews. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What somebody can do who reaches the port, but has no credentials at all. */
export interface Attack {
  /** How often a connection was established, with TLS where that is spoken. */
  readonly connected: number;
  /** How often the other end closed one. */
  readonly cut: number;
  readonly end: () => void;
}

/** The least part that must get through: if many connections are opened at once, the kernel may leave some to be tried again. */
const MOST = 0.9;

/**
 * Ends them. Attacks that never got through, and were not even turned away, would show nothing.
 * @param least the least part of them that must have had an effect
 * @throws Error where it had none
 */
export function endAll(attacks: readonly Attack[], least = MOST): void {
  for (const { end } of attacks) end();
  const felt = attacks.filter(({ connected, cut }) => connected + cut > 0).length;
  if (felt === 0 || felt < least * attacks.length) {
    throw new Error(`of ${attacks.length} attacks only ${felt} connected, or were cut`);
  }
}

/** How long a closed connection stays closed before it is opened again, in milliseconds. */
const AGAIN_MS = 50;

/** The connections of an attack. It is no failure if they are turned away: they are counted. */
class Connections implements Attack {
  connected = 0;
  cut = 0;
  readonly #open = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;

  /** @param isBack whether it is opened again whenever it is closed */
  tls({ host, port }: Address, send: (socket: TLSSocket) => void, isBack: boolean): void {
    const socket = connect({ host, port, rejectUnauthorized: false });
    send(socket);
    this.#watch(socket, 'secureConnect', isBack ? () => this.tls({ host, port }, send, isBack) : undefined);
  }

  tcp({ host, port }: Address, send: (socket: Socket) => void, isBack: boolean): void {
    const socket = connectTcp({ host, port });
    send(socket);
    this.#watch(socket, 'connect', isBack ? () => this.tcp({ host, port }, send, isBack) : undefined);
  }

  /** How many there are. */
  get open(): number {
    return this.#open.size;
  }

  endOldest(): void {
    for (const socket of this.#open) {
      this.#drop(socket);
      return;
    }
  }

  readonly end = (): void => {
    clearTimeout(this.#timer);
    for (const socket of this.#open) this.#drop(socket);
  };

  #watch(socket: Socket, event: 'connect' | 'secureConnect', again: (() => void) | undefined): void {
    let isTaken = false;
    this.#open.add(socket);
    socket
      .on('error', () => undefined)
      .once('connect', () => {
        isTaken = true;
      })
      .once(event, () => {
        this.connected++;
      })
      .once('close', () => {
        if (!this.#open.delete(socket)) return;
        if (isTaken) this.cut++;
        if (again) this.#timer = setTimeout(again, AGAIN_MS);
      });
  }

  #drop(socket: Socket): void {
    this.#open.delete(socket);
    socket.destroy();
  }
}

const opening = (path: string, bytes: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;

/** Holds a request that never ends, with this many bytes of its body sent, and opens it again whenever it is closed. */
export function hold(address: Address, bytes: number): Attack {
  const body = Buffer.alloc(bytes, ' ');
  const held = new Connections();
  const send = (socket: TLSSocket): void => {
    socket.resume().once('secureConnect', () => {
      socket.write(opening('/mutate/inject', bytes + 1));
      socket.write(body);
    });
  };
  held.tls(address, send, true);
  return held;
}

/** Holds a connection that says nothing, and opens it again whenever it is closed. */
export function holdOpen(host: string, port: number): Attack {
  const held = new Connections();
  held.tcp({ host, port }, socket => socket.resume(), true);
  return held;
}

/** Opens a connection once, sends this, and reads nothing. */
export function sendOnly(address: Address, bytes: Buffer): Attack {
  const sent = new Connections();
  sent.tcp(address, socket => socket.pause().write(bytes), false);
  return sent;
}

/** Holds a connection that a request has come through, for as long as the server allows. */
export function holdUsed(address: Address): Attack {
  const held = new Connections();
  held.tls(address, socket => socket.resume().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), false);
  return held;
}

/** How many connections one attacker holds at most. */
const HELD = 500;

/** Opens a connection at this interval, in milliseconds, and sends nothing through any of them. */
export function openMore(address: Address, everyMs: number): Attack {
  const more = new Connections();
  const timer = setInterval(() => {
    more.tcp(address, () => undefined, false);
    if (more.open > HELD) more.endOldest();
  }, everyMs);
  return {
    get connected() {
      return more.connected;
    },
    get cut() {
      return more.cut;
    },
    end: () => {
      clearInterval(timer);
      more.end();
    },
  };
}

/**
 * Sends a review that nobody asked for, in a namespace with this name.
 * @returns the answer, or an error where there is none
 * @param agent without it, each review has a connection of its own
 */
export function forge(
  address: Address,
  namespace: string,
  name: string,
  agent: Agent | false = false,
): Promise<string> {
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
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { ...address, agent, method: 'POST', path: '/mutate/enforce', headers };
    const sent = request({ ...options, rejectUnauthorized: false }, response => {
      text(response).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
