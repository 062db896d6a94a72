import type { DraftPod } from '../../fixtures/minimal.ts';
import { addContainer, adding, annotated, secure, securePod, withVolume } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const windows = (pod: DraftPod) => {
  pod.spec.os = { name: 'windows' };
  delete pod.spec.securityContext?.seccompProfile;
  for (const it of pod.spec.containers) delete it.securityContext;
};
const token = { sources: [{ serviceAccountToken: { path: 'token' } }] };

/** The client's models do not have the field yet. */
const cgroups = (mountMode: string | undefined) => secure({ cgroupOptions: { mountMode } } as object);

export const HYGIENE = [
  ...cases(
    'allowPrivilegeEscalation',
    [
      'true',
      pod => secure({ allowPrivilegeEscalation: true })(addContainer(pod, 'init')),
      'spec.initContainers[0].securityContext.allowPrivilegeEscalation = true',
    ],
    [
      'unset',
      pod => {
        delete addContainer(pod, 'ephemeral').securityContext;
      },
      'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation',
    ],
    ['Windows', windows],
  ),
  ...cases(
    'writableCgroups',
    [
      'writable',
      pod => cgroups('Writable')(addContainer(pod, 'init')),
      'spec.initContainers[0].securityContext.cgroupOptions.mountMode = Writable',
    ],
    [
      "GKE's annotation",
      annotated({ 'node.gke.io/enable-writable-cgroups.app': 'true' }),
      'metadata.annotations[node.gke.io/enable-writable-cgroups.app] = true',
    ],
    ['ReadOnly', pod => cgroups('ReadOnly')(addContainer(pod, 'container'))],
    ['unset', pod => cgroups(undefined)(addContainer(pod, 'container'))],
    ["GKE's annotation, off", annotated({ 'node.gke.io/enable-writable-cgroups.app': 'false' })],
    [
      "a label that is called like GKE's annotation",
      annotated({ 'node.gke.io/enable-writable-cgroups': 'true' }),
    ],
  ),
  ...cases(
    'procMountInUserNamespace',
    [
      'Unmasked',
      pod => {
        pod.spec.hostUsers = false;
        secure({ procMount: 'Unmasked' })(addContainer(pod, 'sidecar'));
      },
      'spec.initContainers[0].securityContext.procMount = Unmasked',
    ],
    [
      'Default',
      pod => {
        pod.spec.hostUsers = false;
        secure({ procMount: 'Default' })(addContainer(pod, 'container'));
      },
    ],
    [
      'without one, which is a signal of its own',
      pod => secure({ procMount: 'Unmasked' })(addContainer(pod, 'container')),
    ],
  ),
  ...cases(
    'capabilityNotDropped',
    [
      'some',
      pod => secure({ capabilities: { drop: ['NET_RAW'] } })(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.capabilities.drop',
    ],
    [
      'ALL among others',
      pod => secure({ capabilities: { drop: ['KILL', 'ALL'] } })(addContainer(pod, 'init')),
    ],
    ['Windows', windows],
  ),
  ...cases(
    'capabilityBaseline',
    [
      'CHOWN',
      pod => adding('NET_BIND_SERVICE', 'CHOWN')(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.capabilities.add[1] = CHOWN',
    ],
    ['NET_BIND_SERVICE', pod => adding('NET_BIND_SERVICE')(addContainer(pod, 'container'))],
    [
      'Windows',
      pod => {
        windows(pod);
        adding('CHOWN')(addContainer(pod, 'container'));
      },
    ],
  ),
  ...cases(
    'runAsNonRoot',
    [
      'unset everywhere',
      pod => {
        delete pod.spec.securityContext?.runAsNonRoot;
      },
      'spec.containers[0].securityContext.runAsNonRoot',
    ],
    [
      'overridden by the container',
      pod => secure({ runAsNonRoot: false })(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.runAsNonRoot = false',
    ],
    [
      'false on the Pod, though the container overrides it',
      pod => {
        securePod({ runAsNonRoot: false })(pod);
        for (const it of pod.spec.containers) secure({ runAsNonRoot: true })(it);
      },
      'spec.securityContext.runAsNonRoot = false',
    ],
    ['of the Pod', pod => addContainer(pod, 'ephemeral')],
  ),
  ...cases(
    'runAsRoot',
    ['the Pod', securePod({ runAsUser: 0 }), 'spec.securityContext.runAsUser = 0'],
    [
      'a container',
      pod => secure({ runAsUser: 0 })(addContainer(pod, 'sidecar')),
      'spec.initContainers[0].securityContext.runAsUser = 0',
    ],
    ['uid 1, gid 0', securePod({ runAsUser: 1, runAsGroup: 0 })],
    [
      'in a user namespace',
      pod => {
        pod.spec.hostUsers = false;
        securePod({ runAsUser: 0 })(pod);
      },
    ],
  ),
  ...cases(
    'seccompUnset',
    [
      'nowhere',
      pod => {
        delete pod.spec.securityContext?.seccompProfile;
      },
      'spec.containers[0].securityContext.seccompProfile.type',
    ],
    [
      'on the container alone',
      pod => {
        delete pod.spec.securityContext?.seccompProfile;
        for (const it of pod.spec.containers) secure({ seccompProfile: { type: 'Localhost' } })(it);
      },
    ],
    ['Windows', windows],
  ),
  ...cases(
    'volumeType',
    ['nfs', withVolume({ nfs: { server: 's', path: '/' } }), 'spec.volumes[0].nfs = nfs'],
    ['gitRepo', withVolume({ gitRepo: { repository: 'r' } }), 'spec.volumes[0].gitRepo = gitRepo'],
    ['one of a newer API', withVolume({ teleport: {} } as object), 'spec.volumes[0].teleport = teleport'],
    ['hostPath, which has its own signals', withVolume({ hostPath: { path: '/srv' } })],
    ['no source, which is an emptyDir', withVolume({})],
  ),
  ...cases(
    'serviceAccountToken',
    [
      'by default',
      pod => {
        delete pod.spec.automountServiceAccountToken;
      },
      'spec.automountServiceAccountToken',
    ],
    [
      'added by the API server',
      pod => {
        pod.spec.volumes = [{ name: 'kube-api-access-x2x4z', projected: token }];
      },
      'spec.automountServiceAccountToken',
    ],
    ['projected with a purpose', withVolume({ projected: token })],
  ),
];
