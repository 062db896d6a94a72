import type { Pod } from '../../src/pod/kube.ts';

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const record = (count: number): Record<string, string> =>
  Object.fromEntries(many(count, i => [`example.com/k${i}`, 'x']));
const container = (i: number, more: object = {}) => ({ name: `c${i}`, image: 'app:1', ...more });
const emptyDir = (i: number) => ({ name: `v${i}`, emptyDir: {} });

const METADATA: Readonly<Record<string, (count: number) => object>> = {
  annotations: count => ({ annotations: record(count) }),
  labels: count => ({ labels: record(count) }),
};

const SPEC: Readonly<Record<string, (count: number) => object>> = {
  containers: count => ({ containers: many(count, i => container(i)) }),
  volumes: count => ({ volumes: many(count, emptyDir) }),
  sysctls: count => ({
    securityContext: { sysctls: many(count, i => ({ name: `net.ipv4.s${i}`, value: '1' })) },
  }),
  capabilities: count => ({
    containers: [container(0, { securityContext: { capabilities: { add: many(count, () => 'CHOWN') } } })],
  }),
  ports: count => ({
    containers: [container(0, { ports: many(count, i => ({ containerPort: 1000 + i })) })],
  }),
  volumeMounts: count => ({
    volumes: [emptyDir(0)],
    containers: [container(0, { volumeMounts: many(count, i => ({ name: 'v0', mountPath: `/m${i}` })) })],
  }),
  launch: count => ({
    containers: [container(0, { env: many(count, i => ({ name: `E${i}`, value: 'x' })) })],
  }),
  hostPaths: count => ({
    volumes: many(count, i => ({ name: `v${i}`, hostPath: { path: '/srv' } })),
  }),
  hostPathCharacters: count => ({
    volumes: [{ name: 'v0', hostPath: { path: `/${'x'.repeat(count - 1)}` } }],
  }),
};

/** A Pod that has this many of what the bound counts. */
export function filledTo(bound: string, count: number): Pod {
  const spec = { containers: [container(0)], automountServiceAccountToken: false, ...SPEC[bound]?.(count) };
  return { metadata: { name: 'p', ...METADATA[bound]?.(count) }, spec } as unknown as Pod;
}

/** A Pod with this many annotations, whose keys are the longest that Kubernetes takes: 253 characters, a slash, and 63. */
export function longAnnotations(count: number): Pod {
  const keys = many(count, i => `${'x'.repeat(253)}/${`k${i}`.padEnd(63, 'x')}`);
  const pod = filledTo('', 0);
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: Object.fromEntries(keys.map(key => [key, 'x'])) },
  };
}
