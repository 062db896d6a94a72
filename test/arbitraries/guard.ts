import fc from 'fast-check';
import { GUARDED } from '../../src/guard/findings.ts';
import type { Pod, PodSpec } from '../../src/pod/kube.ts';
import { arbitraryPod, namespaceWishes, riskLabels } from './pods.ts';
import { clusterPolicy, exemption, namespacedPolicy } from './policies.ts';
import { drawnRule } from './rules.ts';

/*
The inputs for comparing the guard with the engine: Pods that an API server takes, policies, exemptions of every form, and the
labels of a namespace. The namespace is called `shop`, as in the other generators.
*/

type Named = { readonly metadata: object; readonly spec: object };
const named = <T extends Named>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name },
});

export const policies = fc
  .tuple(
    fc.array(clusterPolicy(''), { maxLength: 3 }),
    fc.array(namespacedPolicy('', 'shop'), { maxLength: 1 }),
  )
  .chain(([cluster, namespaced]) => {
    const all = [...cluster, ...namespaced].map((one, i) => named(one, `p${i}`));
    return fc.tuple(...all.map(varied));
  });

/** With a minimum in each policy, hardly any Pod would be admitted. One policy in four has a made-up rule. */
const varied = <T extends Named>(policy: T): fc.Arbitrary<T> =>
  fc
    .tuple(fc.boolean(), fc.option(drawnRule, { nil: undefined, freq: 1 }), fc.boolean())
    .map(([keepsMinimum, expression, isRuled]) => {
      const one = keepsMinimum ? policy : withoutMinimum(policy);
      return expression !== undefined && isRuled ? withRule(one, expression) : one;
    });

function withRule<T extends Named>(policy: T, expression: string): T {
  const { scoring, ...spec } = policy.spec as { readonly scoring?: object };
  const rules = [{ name: 'drawn', expression, weight: 35 }];
  return { ...policy, spec: { ...spec, scoring: { ...scoring, rules } } };
}

function withoutMinimum<T extends Named>(policy: T): T {
  const { minimumIsolation: _, ...spec } = policy.spec as { readonly minimumIsolation?: string };
  return { ...policy, spec };
}

const guardedSignal = fc.constantFrom(...GUARDED.map(({ id }) => id));
const VALUES = [
  ...['true', '/srv/data', '/proc', '/etc', '/dev/kvm', '/dev/sda', '/etc/localtime', '/dev/shm', '/dev/log'],
  ...['80', 'SYS_ADMIN', 'NET_ADMIN', 'all', 'Unmasked'],
];
const IMAGES = ['nginx', 'docker.io/library/nginx:1.27', 'ghcr.io/acme/*', `nginx@sha256:${'a'.repeat(64)}`];

/** Exemptions of guarded signals: for all Pods of a namespace, or narrowed in any possible way. */
const narrowed = fc
  .record({
    base: exemption(''),
    signals: fc.uniqueArray(guardedSignal, { minLength: 1, maxLength: 8 }),
    values: fc.option(fc.subarray(VALUES, { minLength: 1 }), { nil: undefined, freq: 2 }),
    images: fc.option(fc.subarray(IMAGES, { minLength: 1 }), { nil: undefined, freq: 2 }),
    accounts: fc.option(fc.constantFrom(['default'], ['other']), { nil: undefined, freq: 1 }),
  })
  .map(({ base, signals, values, images, accounts }) => ({
    ...base,
    spec: {
      ...base.spec,
      match: {
        ...base.spec.match,
        namespaces: [...new Set(['shop', base.spec.match.namespaces[0] ?? ''])],
        ...(images && { images }),
        ...(accounts && { serviceAccounts: accounts }),
      },
      waive: signals.map(signal => ({ signal, ...(values && { values }) })),
    },
  }));

export const exemptions = fc
  .array(narrowed, { maxLength: 3 })
  .map(list => list.map((one, i) => named(one, `e${i}`)));

/** Labels of the namespace. */
export const namespaceLabels = fc
  .tuple(riskLabels, namespaceWishes, fc.boolean())
  // Half of the namespaces have no labels, so that Pods are admitted, too.
  .map(([a, b, bare]) => (bare ? {} : { ...a, ...b }) as Record<string, string>);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Container = Record<string, unknown> & {
  volumeMounts?: { name: string; mountPath: string; mountPropagation?: string }[];
  securityContext?: Record<string, unknown> & { capabilities?: object };
};

/** The Pod without anything that the API server itself refuses (pkg/apis/core/validation), and on no node. */
export function storable(pod: Pod): Pod {
  const copy = structuredClone(pod) as Pod & { spec: Mutable<PodSpec> };
  const { spec } = copy;
  delete spec.ephemeralContainers;
  const volumes = new Map((spec.volumes ?? []).map(volume => [volume.name ?? '', volume]));
  for (const name of mountedIn(spec)) if (!volumes.has(name)) volumes.set(name, { name, emptyDir: {} });
  spec.volumes = [...volumes.values()];
  const windows = spec.os?.name === 'windows';
  if (windows) delete spec.os;
  if (spec.hostNetwork || spec.hostPID || spec.hostIPC) delete spec.hostUsers;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    mend(container as unknown as Container, spec);
  }
  const unsafe =
    JSON.stringify(spec.containers).includes('Unmasked') ||
    JSON.stringify(spec.initContainers).includes('Unmasked');
  if (unsafe) Object.assign(spec, { hostUsers: false, hostNetwork: false, hostPID: false, hostIPC: false });
  // The scheduler does not exist, so no kubelet ever sees the Pod.
  return { ...copy, spec: { ...spec, schedulerName: 'nobody' } };
}

/** Volumes named `a` or `b` are mounted in any case, and devices name them, too. */
const mountedIn = ({ containers, initContainers }: PodSpec): readonly string[] => [
  ...['a', 'b'],
  ...[...(containers ?? []), ...(initContainers ?? [])].flatMap(({ volumeMounts }) =>
    (volumeMounts ?? []).map(({ name }) => name ?? ''),
  ),
];

function mend(container: Container, spec: PodSpec): void {
  delete container.volumeDevices;
  const { securityContext: security, volumeMounts = [] } = container;
  const mounted = new Map(volumeMounts.map(mount => [mount.mountPath, mount]));
  container.volumeMounts = [...mounted.values()];
  const bidirectional = container.volumeMounts.some(mount => mount.mountPropagation === 'Bidirectional');
  if (bidirectional) container.securityContext = { ...security, privileged: true };
  const own = container.securityContext;
  const adds = JSON.stringify(own?.capabilities ?? {});
  if (own && (own.privileged === true || adds.includes('SYS_ADMIN'))) delete own.allowPrivilegeEscalation;
  const ports = new Set<number>();
  container.ports = ((container.ports ?? []) as { hostPort?: number }[])
    .filter(({ hostPort = 0 }) => !ports.has(hostPort) && ports.add(hostPort))
    .map(({ hostPort }) => ({ containerPort: 80, ...(hostPort && !spec.hostNetwork && { hostPort }) }));
}

const CLASSES = ['gvisor', 'kata-qemu', 'kata-qemu-snp', 'runc', 'fake-gvisor'] as const;

/** Half of the Pods have a class, so that many are isolated enough. */
export const storablePod = fc
  .tuple(arbitraryPod, fc.option(fc.constantFrom(...CLASSES), { nil: undefined, freq: 1 }))
  .map(([pod, runtimeClassName]) =>
    storable({ ...pod, spec: { ...pod.spec, ...(runtimeClassName && { runtimeClassName }) } }),
  );
