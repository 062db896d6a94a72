import fc from 'fast-check';
import type { Pod } from '../../src/pod/kube.ts';
import { riskLabels } from './pods.ts';

/*
Requests that change a stored Pod, in the ways that the API server lets one be changed: ephemeral containers through their
subresource; annotations, labels and images; resources.
*/

const securityContext = fc.constantFrom(
  undefined,
  {},
  { privileged: true },
  { capabilities: { add: ['NET_ADMIN'] } },
  { capabilities: { add: ['SYS_ADMIN', 'NET_RAW'] } },
  { seccompProfile: { type: 'Unconfined' } },
  { seLinuxOptions: { type: 'spc_t' } },
);
const ephemeral = (name: string) =>
  fc
    .record({ image: fc.constantFrom('nginx', 'ghcr.io/acme/app:1', 'other'), securityContext })
    .map(({ securityContext, ...rest }) => ({ name, ...rest, ...(securityContext && { securityContext }) }));

/** Annotations that weaken a sandbox, those that count by their value, and some that mean nothing to anyone. */
export const annotations = fc.dictionary(
  fc.constantFrom(
    'dev.gvisor.flag.host-uds',
    ' DEV.gvisor.spec.x ',
    'io.katacontainers.config.hypervisor.kernel_params',
    'io.katacontainers.config.hypervisor.default_vcpus',
    'io.kubernetes.cri-o.Devices',
    'run.oci.handler',
    'cdi.k8s.io/gpu',
    'devices.nri.io/pod',
    'io.kubernetes.cri.untrusted-workload',
    'container.apparmor.security.beta.kubernetes.io/c0',
    'cofferdam.dev/injected-runtime-class',
    'kubernetes.io/config.mirror',
    'k8s.v1.cni.cncf.io/network-status',
  ),
  fc.constantFrom('x', 'all', 'unconfined', 'runtime/default', 'localhost/x'),
  { maxKeys: 2 },
);

/** Labels that policies and exemptions read, that the API server sets, this project's and others. */
export const labels = fc
  .tuple(
    riskLabels,
    fc.dictionary(
      fc.constantFrom('app', 'cofferdam.dev/risk', 'cofferdam.dev/x', 'topology.kubernetes.io/zone', 'other'),
      fc.constantFrom('x', 'y', 'high'),
      { maxKeys: 1 },
    ),
  )
  .map(([a, b]) => ({ ...a, ...b }) as Record<string, string>);

const rarely = fc.integer({ min: 0, max: 9 }).map(one => one === 0);

export const update = fc.record({
  through: fc.constantFrom('', 'ephemeralcontainers', 'resize'),
  before: fc.option(ephemeral('before')),
  added: fc.array(ephemeral('added'), { minLength: 1, maxLength: 1 }),
  annotations,
  labels,
  image: fc.option(fc.constantFrom('nginx', 'ghcr.io/acme/app:1', 'other')),
  deleting: rarely,
  fromNode: rarely,
});
export type Update = typeof update extends fc.Arbitrary<infer T> ? T : never;

type Draft = { metadata: Record<string, unknown>; spec: Record<string, unknown> };
const draftOf = (pod: Pod): Draft =>
  structuredClone({ ...pod, metadata: { ...pod.metadata }, spec: { ...pod.spec } });

/** The stored Pod, and the Pod as the request would have it. */
export function applied(pod: Pod, change: Update): { readonly oldPod: Pod; readonly pod: Pod } {
  const before = draftOf(pod);
  if (change.before) before.spec.ephemeralContainers = [change.before];
  if (change.deleting) before.metadata.deletionTimestamp = '2026-11-24T00:00:00Z';
  const after = draftOf(before as Pod);
  if (change.through === 'ephemeralcontainers') {
    const kept = (before.spec.ephemeralContainers ?? []) as object[];
    after.spec.ephemeralContainers = [...kept, ...change.added];
  } else if (change.through === '') {
    after.metadata.annotations = { ...(before.metadata.annotations as object), ...change.annotations };
    after.metadata.labels = change.labels;
    changeFirst(after, change.image ? { image: change.image } : {});
  } else {
    changeFirst(after, { resources: { requests: { cpu: '20m' } } });
  }
  return { oldPod: before as Pod, pod: after as Pod };
}

function changeFirst(pod: Draft, more: object): void {
  const [first, ...others] = pod.spec.containers as object[];
  pod.spec.containers = [{ ...first, ...more }, ...others];
}
