/** Manifests of many workloads, as different as those of a cluster. */

const NAMESPACES = ['shop', 'ci', 'monitoring', 'search', 'payments', 'ml', 'edge'];
const NAMES = ['web', 'api', 'agent', 'build', 'worker'];
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What a workload asks for: from nothing to what no sandbox can contain. */
const ASKS: readonly { readonly spec?: object; readonly container?: object }[] = [
  {},
  { container: { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } } },
  { container: { ports: [{ containerPort: 80, hostPort: 8080 }] } },
  { container: { securityContext: { privileged: true } } },
  { spec: { hostPID: true } },
  { spec: { hostNetwork: true, volumes: [{ name: 'a', hostPath: { path: '/proc' } }] } },
  {},
];

const workload = (name: string, namespace: string, kind: string, ask: (typeof ASKS)[number]): string => {
  const containers = [{ name: 'a', image: 'a:1', ...ask.container }];
  const spec = { template: { spec: { ...ask.spec, containers } } };
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec });
};

/** So many workloads, the same each time, as a stream of JSON. */
export const fleetOf = (many: number): string =>
  Array.from({ length: many }, (_, i) => {
    const of = <T>(list: readonly T[], step: number): T => list[Math.floor(i / step) % list.length] as T;
    return workload(`${of(NAMES, 1)}-${i}`, of(NAMESPACES, 3), of(KINDS, 2), of(ASKS, 1));
  }).join('\n');

const HARM = [
  '</script><script>globalThis.harmed = 1</script>',
  '<img src=x onerror="globalThis.harmed = 1">',
  '"><iframe src="javascript:globalThis.harmed = 1">',
  '\u202egnp.exe\u2066',
];

/** Workloads whose every name is meant to do harm, to the page or to who reads it. */
export const HOSTILE_FLEET = HARM.map(word =>
  workload(word, word, 'Deployment', {
    spec: { hostPID: true, volumes: [{ name: word, hostPath: { path: `/${word}` } }] },
    container: { name: word, image: word },
  }),
).join('\n');
