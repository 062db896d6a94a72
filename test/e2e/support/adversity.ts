import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import type { V1Pod } from '@kubernetes/client-node';
import { selfSigned } from '../../../src/admission/self-signed.ts';
import { type Address, type Attack, endAll, hold, holdOpen } from './attack.ts';
import { kubectlOk } from './kubectl.ts';
import { HOME, replicas } from './release.ts';

/** The certificate that replicas serve with, as cert-manager writes it. */
const SECRET = 'cofferdam-tls';
const DAY_MS = 86_400_000;

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate for the webhook that no CA of this cluster has signed.
 * @param ended whether it also expired a month ago
 */
export const foreignPair = (ended = false): Promise<Pair> =>
  selfSigned([`cofferdam.${HOME}.svc`], Date.now() - (ended ? 395 * DAY_MS : 0));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/**
 * Does what anybody can do who may write Secrets in the release's namespace; it includes a CA, which cert-manager's cainjector
 * reads.
 */
export async function writeSecret({ cert, key }: Pair): Promise<void> {
  const data = { 'tls.crt': base64(cert), 'tls.key': base64(key), 'ca.crt': base64(cert) };
  await kubectlOk(['patch', 'secret', SECRET, '-n', HOME, '--type=merge', '-p', JSON.stringify({ data })]);
}

export const deleteSecret = (): Promise<string> => kubectlOk(['delete', 'secret', SECRET, '-n', HOME]);

export async function secretCertificate(): Promise<string> {
  const path = 'jsonpath={.data.tls\\.crt}';
  return Buffer.from(
    await kubectlOk(['get', 'secret', SECRET, '-n', HOME, '-o', path, '--ignore-not-found']),
    'base64',
  ).toString();
}

let nudges = 0;

/** Makes the kubelet look at the replicas, and so at what is mounted into them, now rather than within a minute or so. */
export async function nudgeKubelet(): Promise<void> {
  for (const { metadata } of await replicas()) {
    const args = ['pod', metadata?.name ?? '', '-n', HOME, `example.com/nudge=${nudges++}`, '--overwrite'];
    await kubectlOk(['annotate', ...args]);
  }
}

/** The certificate that a replica shows to a new connection, in PEM. */
export async function servedBy({ status }: V1Pod): Promise<string> {
  const socket = connect({ host: status?.podIP ?? '', port: 8443, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.toString() ?? '';
  } finally {
    socket.destroy();
  }
}

/** A port of this machine that takes connections and never says anything. */
export async function silentPort(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => undefined));
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    port: address.port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** How many requests of a stranger are held on each replica, and connections to its probes. */
const HELD = 3;
const HELD_BYTES = 5_592_000;
const HELD_OPEN = 150;
const LOOK_MS = 500;

/**
 * Holds requests and connections on every replica, including those that start meanwhile.
 * @returns a function that ends it
 */
export function attackAll(): () => Promise<void> {
  const attacks = new Map<string, readonly Attack[]>();
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const { status } of await replicas()) {
      const host = status?.podIP;
      if (host && !attacks.has(host)) attacks.set(host, attacksOn({ host, port: 8443 }));
    }
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    // A replica that was seen while it ended may no longer be reachable.
    endAll([...attacks.values()].flat(), 0.5);
  };
}

const attacksOn = (target: Address): readonly Attack[] => [
  ...Array.from({ length: HELD }, () => hold(target, HELD_BYTES)),
  ...Array.from({ length: HELD_OPEN }, () => holdOpen(target.host, 8080)),
];
