/** Manifests of many workloads, as different as those of a cluster. */

const NAMESPACES = ['shop', 'ci', 'monitoring', 'search', 'payments', 'ml', 'edge'];
const NAMES = ['web', 'api', 'agent', 'build', 'worker'];
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The requests of a workload, from nothing to what no sandbox can contain. */
const ASKS: readonly { readonly spec?: object; readonly container?: object }[] = [
  {},
  { container: { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } } },
  { container: { ports: [{ containerPort: 80, hostPort: 8080 }] } },
  { container: { securityContext: { privileged: true } } },
  { spec: { hostPID: true } },
  { spec: { hostNetwork: true, volumes: [{ name: 'a', hostPath: { path: '/proc' } }] } },
  {},
];

type Ask = (typeof ASKS)[number];

const podSpec = (ask: Ask): object => ({
  ...ask.spec,
  containers: [{ name: 'a', image: 'a:1', ...ask.container }],
});

const workload = (name: string, namespace: string, kind: string, ask: Ask): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { template: { spec: podSpec(ask) } },
  });

/** Lists so many workloads, the same ones each time. */
const listOf = <T>(many: number, make: (...of: Parameters<typeof workload>) => T): readonly T[] =>
  Array.from({ length: many }, (_, i) => {
    const of = <E>(list: readonly E[], step: number): E => list[Math.floor(i / step) % list.length] as E;
    return make(`${of(NAMES, 1)}-${i}`, of(NAMESPACES, 3), of(KINDS, 2), of(ASKS, 1));
  });

/** The workloads as a stream of JSON. */
export const fleetOf = (many: number): string => listOf(many, workload).join('\n');

const running = (name: string, namespace: string, kind: string, ask: Ask): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${name}-x`,
    namespace,
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, controller: true }],
  },
  spec: podSpec(ask),
});

const inNamespaces = (names: readonly string[]): readonly object[] =>
  names.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));

const CLASSES = ['runsc', 'kata-qemu'].map(handler => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: handler },
  handler,
}));

const snapshot = (...items: readonly object[]): string =>
  JSON.stringify({
    ...{
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'ClusterSnapshot',
      version: 1,
      cofferdam: '0',
      context: 'c',
    },
    items: [...items, ...CLASSES],
  });

/** The workloads as a cluster runs them: a Pod for each. */
export const runningFleetOf = (many: number): string =>
  snapshot(...listOf(many, running), ...inNamespaces(NAMESPACES));

const HARM = [
  '</script><script>globalThis.harmed = 1</script>',
  '<img src=x onerror="globalThis.harmed = 1">',
  '"><iframe src="javascript:globalThis.harmed = 1">',
  '\u202egnp.exe\u2066',
];

const harming = <T>(make: (...of: Parameters<typeof workload>) => T): readonly T[] =>
  HARM.map(word =>
    make(word, word, 'Deployment', {
      spec: { hostPID: true, volumes: [{ name: word, hostPath: { path: `/${word}` } }] },
      container: { name: word, image: word },
    }),
  );

/** Workloads in which every name is meant to harm the page or its reader. */
export const HOSTILE_FLEET = harming(workload).join('\n');

/**
 * The same workloads as a cluster runs them. A draft is made where the namespace has a sound name, and shows the paths and
 * images.
 */
export const HOSTILE_RUNNING_FLEET = snapshot(
  ...harming(running),
  ...harming((...of) => running(of[0], 'shop', `Kind${of[2]}`, of[3])),
  ...inNamespaces([...HARM, 'shop']),
);
