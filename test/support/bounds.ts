import type { Pod } from '../../src/pod/kube.ts';
import { boundOn } from '../../src/signals/bounds.ts';

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
/** The annotations of an object take 256 KiB at most together, or the API server rejects it before it asks any webhook. */
const MOST_LONG_KEYS = 800;
/** Has the longest keys that Kubernetes takes, 253 characters, a slash, and 63; short ones where those are too long together. */
const record = (count: number): Record<string, string> => {
  const key = (i: number): string =>
    count > MOST_LONG_KEYS ? `example.com/k${i}` : `${'x'.repeat(253)}/${`k${i}`.padEnd(63, 'x')}`;
  return Object.fromEntries(many(count, i => [key(i), 'x']));
};
const container = (i: number, more: object = {}) => ({ name: `c${i}`, image: 'app:1', ...more });
const emptyDir = (i: number) => ({ name: `v${i}`, emptyDir: {} });
const port = (i: number) => ({ containerPort: 1000 + i });
const mount = (i: number) => ({ name: 'v0', mountPath: `/m${i}` });
const variable = (i: number) => ({ name: `E${i}`, value: 'x' });
const sysctl = (i: number) => ({ name: `net.ipv4.s${i}`, value: '1' });

const METADATA: Readonly<Record<string, (count: number) => object>> = {
  annotations: count => ({ annotations: record(count) }),
  labels: count => ({ labels: record(count) }),
};

const SPEC: Readonly<Record<string, (count: number) => object>> = {
  containers: count => ({ containers: many(count, i => container(i)) }),
  volumes: count => ({ volumes: many(count, emptyDir) }),
  sysctls: count => ({
    securityContext: { sysctls: many(count, sysctl) },
  }),
  capabilities: count => ({
    containers: [container(0, { securityContext: { capabilities: { add: many(count, () => 'CHOWN') } } })],
  }),
  ports: count => ({
    containers: [container(0, { ports: many(count, port) })],
  }),
  volumeMounts: count => ({
    volumes: [emptyDir(0)],
    containers: [container(0, { volumeMounts: many(count, mount) })],
  }),
  launch: count => ({
    containers: [container(0, { env: many(count, variable) })],
  }),
  hostPaths: count => ({
    volumes: many(count, i => ({ name: `v${i}`, hostPath: { path: '/srv' } })),
  }),
  hostPathCharacters: count => ({
    volumes: [{ name: 'v0', hostPath: { path: `/${'x'.repeat(count - 1)}` } }],
  }),
};

/** A Pod with this many of what the bound counts. */
export function filledTo(bound: string, count: number): Pod {
  const spec = { containers: [container(0)], automountServiceAccountToken: false, ...SPEC[bound]?.(count) };
  return { metadata: { name: 'p', ...METADATA[bound]?.(count) }, spec } as unknown as Pod;
}

/**
 * A Pod with so many containers, each with one port and one mount, so that those exceed their bounds together, too. No two
 * ports are alike, as the API server warns of each pair that is, which takes it 19 s for 3,000.
 */
export function spreadOver(count: number): Pod {
  const containers = many(count, i => container(i, { ports: [port(i)], volumeMounts: [mount(0)] }));
  const spec = { containers, volumes: [emptyDir(0)], automountServiceAccountToken: false };
  return { metadata: { name: 'p' }, spec } as unknown as Pod;
}

/** A Pod with as much of everything as it may have at once; what belongs to containers is spread over all of them. */
export function filledToAll(): Pod {
  const most = (id: string): number => boundOn(id).most;
  const containers = most('containers');
  /** The part of a bound that falls to container `i`. No two are alike, as the API server warns of ports that are. */
  const share = <T>(id: string, i: number, make: (k: number) => T): T[] => {
    const upTo = (k: number): number => Math.floor((most(id) * k) / containers);
    return many(upTo(i + 1) - upTo(i), k => make(upTo(i) + k));
  };
  const full = (i: number) =>
    container(i, {
      ports: share('ports', i, port),
      volumeMounts: share('volumeMounts', i, mount),
      env: share('launch', i, variable),
      securityContext: { capabilities: { add: share('capabilities', i, () => 'CHOWN') } },
    });
  const paths = most('hostPaths');
  const length = Math.floor(most('hostPathCharacters') / paths);
  const hostPath = (i: number) => {
    const characters = i === 0 ? most('hostPathCharacters') - length * (paths - 1) : length;
    return { name: `v${i}`, hostPath: { path: `/${'x'.repeat(characters - 1)}` } };
  };
  const spec = {
    containers: many(containers, full),
    volumes: many(most('volumes'), i => (i < paths ? hostPath(i) : emptyDir(i))),
    securityContext: { sysctls: many(most('sysctls'), sysctl) },
    automountServiceAccountToken: false,
  };
  const metadata = {
    name: 'full',
    annotations: record(most('annotations')),
    labels: record(most('labels')),
  };
  return { metadata, spec } as unknown as Pod;
}
