import { expect, it } from 'vitest';
import { viewPod } from '../../src/pod/view.ts';
import { inspect } from '../../src/signals/index.ts';
import type { SignalId } from '../../src/signals/signal.ts';
import { BASELINE_VIOLATIONS, RESTRICTED_VIOLATIONS } from '../fixtures/pods.ts';
import { type Field, SPEC_FIELDS } from '../fuzz/model.ts';
import { CASES } from './cases/index.ts';

/*
Each field of a Pod has a word: a signal that reads it, or a reason why none does. A version of Kubernetes that brings a
field makes this fail until it has one.

Containers of every kind have their fields under `container`, probes of every kind under `probe`, hooks under `hook`.
`x.*` is all that is below x.
*/

/** Fields of 1.37 and of what is to come that the client's models do not have. */
const NEWER = [
  'container.hook.httpGet.protocol',
  'container.probe.grpc.mode',
  'container.probe.httpGet.protocol',
  'container.securityContext.cgroupOptions.mountMode', // KEP-5474, after 1.37
  'container.volumeMounts.bindMountOptions',
  'evictionResponders.name',
  'evictionResponders.priority',
  'volumes.configMap.defaultUser',
  'volumes.configMap.items.user',
  'volumes.downwardAPI.defaultUser',
  'volumes.downwardAPI.items.user',
  'volumes.emptyDir.mode',
  'volumes.projected.defaultUser',
  'volumes.projected.sources.clusterTrustBundle.user',
  'volumes.projected.sources.configMap.items.user',
  'volumes.projected.sources.downwardAPI.items.user',
  'volumes.projected.sources.podCertificate.user',
  'volumes.projected.sources.secret.items.user',
  'volumes.projected.sources.serviceAccountToken.user',
  'volumes.secret.defaultUser',
  'volumes.secret.items.user',
];

const PREFERRED = 'affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution';
const REQUIRED = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

/** Fields with the signal that reads them; of several the one that says most. */
const READ: Readonly<Record<string, SignalId>> = {
  automountServiceAccountToken: 'serviceAccountToken',
  hostIPC: 'hostIPC',
  hostNetwork: 'hostNetwork',
  hostPID: 'hostPID',
  hostUsers: 'hostUsers',
  'os.name': 'windowsPod',
  [`${REQUIRED}.matchExpressions.*`]: 'windowsPod',
  nodeSelector: 'windowsPod',
  'resourceClaims.*': 'resourceClaim',
  'resources.limits': 'hugepages',
  'resources.requests': 'hugepages',
  'securityContext.appArmorProfile.*': 'appArmorUnconfined',
  'securityContext.runAsNonRoot': 'runAsNonRoot',
  'securityContext.runAsUser': 'runAsRoot',
  'securityContext.seLinuxOptions.*': 'seLinuxOptions',
  'securityContext.seccompProfile.*': 'seccompUnconfined',
  'securityContext.sysctls.*': 'sysctlUnsafe',
  'securityContext.windowsOptions.hostProcess': 'hostProcess',
  'container.image': 'imageTag',
  'container.hook.httpGet.host': 'hostProbe',
  'container.hook.tcpSocket.host': 'hostProbe',
  'container.ports.hostPort': 'hostPort',
  'container.probe.httpGet.host': 'hostProbe',
  'container.probe.tcpSocket.host': 'hostProbe',
  'container.resources.limits': 'unsetLimits',
  'container.resources.requests': 'extendedResource',
  'container.securityContext.allowPrivilegeEscalation': 'allowPrivilegeEscalation',
  'container.securityContext.appArmorProfile.*': 'appArmorUnconfined',
  'container.securityContext.capabilities.add': 'capabilityHostRoot',
  'container.securityContext.capabilities.drop': 'capabilityNotDropped',
  'container.securityContext.cgroupOptions.mountMode': 'writableCgroups',
  'container.securityContext.privileged': 'privileged',
  'container.securityContext.procMount': 'procMount',
  'container.securityContext.runAsNonRoot': 'runAsNonRoot',
  'container.securityContext.runAsUser': 'runAsRoot',
  'container.securityContext.seLinuxOptions.*': 'seLinuxOptions',
  'container.securityContext.seccompProfile.*': 'seccompUnconfined',
  'container.securityContext.windowsOptions.hostProcess': 'hostProcess',
  'container.volumeDevices.*': 'blockVolume',
  'container.volumeMounts.mountPropagation': 'mountPropagationBidirectional',
  'container.volumeMounts.recursiveReadOnly': 'recursiveReadOnly',
  'container.volumeMounts.subPath': 'subPath',
  'container.volumeMounts.subPathExpr': 'subPath',
  'volumes.emptyDir.medium': 'hugepages',
  'volumes.hostPath.*': 'hostPath',
  ...Object.fromEntries(
    [
      ...[
        'awsElasticBlockStore',
        'azureDisk',
        'azureFile',
        'cephfs',
        'cinder',
        'fc',
        'flexVolume',
        'flocker',
      ],
      ...['gcePersistentDisk', 'glusterfs', 'iscsi', 'nfs', 'photonPersistentDisk', 'portworxVolume'],
      ...['quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume', 'gitRepo'],
    ].map(source => [`volumes.${source}.*`, 'volumeType']),
  ),
  'volumes.csi.*': 'csiInlineVolume',
  'volumes.ephemeral.*': 'ephemeralVolume',
  'volumes.image.*': 'imageVolume',
  'volumes.persistentVolumeClaim.*': 'persistentVolumeClaim',
};

/** Why no signal reads a field, with the fields. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  'what runs inside, which is what a sandbox is for': [
    ...[
      'container.args',
      'container.command',
      'container.env.*',
      'container.envFrom.*',
      'container.workingDir',
    ],
    ...['container.hook.exec.command', 'container.probe.exec.command', 'container.hook.sleep.seconds'],
    ...['container.lifecycle.stopSignal', 'container.stdin', 'container.stdinOnce', 'container.tty'],
  ],
  'a probe of the Pod itself; whither else it may go is told by its host': [
    ...['failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold'],
    ...['terminationGracePeriodSeconds', 'timeoutSeconds', 'grpc.port', 'grpc.service', 'grpc.mode'],
    ...['httpGet.httpHeaders.*', 'httpGet.path', 'httpGet.port', 'httpGet.protocol', 'httpGet.scheme'],
    'tcpSocket.port',
  ].map(field => `container.probe.${field}`),
  'a hook of the Pod itself; whither else it may go is told by its host': [
    ...['httpGet.httpHeaders.*', 'httpGet.path', 'httpGet.port', 'httpGet.protocol', 'httpGet.scheme'],
    'tcpSocket.port',
  ].map(field => `container.hook.${field}`),
  'names and counts, which reach nothing': [
    ...['container.name', 'container.targetContainerName', 'volumes.name', 'hostname', 'hostnameOverride'],
    ...[
      'setHostnameAsFQDN',
      'subdomain',
      'container.terminationMessagePath',
      'container.terminationMessagePolicy',
    ],
    ...['container.ports.containerPort', 'container.ports.name', 'container.ports.protocol'],
    'enableServiceLinks',
  ],
  'of no effect without a hostPort, which is a signal': ['container.ports.hostIP'],
  'when it is started, and when it ends': [
    ...['activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'restartPolicy', 'container.restartPolicy'],
    ...[
      'container.restartPolicyRules.*',
      'container.resizePolicy.*',
      'readinessGates.*',
      'evictionResponders.*',
    ],
  ],
  'where and when it is scheduled: no access, and `land` of the decision reads what chooses nodes': [
    ...[
      'affinity.podAffinity.*',
      'affinity.podAntiAffinity.*',
      `${PREFERRED}.*`,
      `${REQUIRED}.matchFields.*`,
    ],
    ...['nodeName', 'tolerations.*', 'topologySpreadConstraints.*', 'schedulerName'],
    ...['schedulingGates.*', 'schedulingGroup.*', 'preemptionPolicy', 'priority', 'priorityClassName'],
  ],
  'what the decision itself is about, or what comes of it': ['runtimeClassName', 'overhead'],
  'whose rights the Pod has in the API, which no sandbox changes': ['serviceAccount', 'serviceAccountName'],
  'which image is pulled how, by the kubelet': ['imagePullSecrets.*', 'container.imagePullPolicy'],
  'names that the Pod resolves for itself': ['dnsConfig.*', 'dnsPolicy', 'hostAliases.*'],
  'within the Pod, whose containers share a sandbox': ['shareProcessNamespace'],
  'claims are told of where the Pod makes them': ['container.resources.claims.*', 'resources.claims.*'],
  'groups of the process and of files of volumes: rights inside of the container': [
    ...['securityContext.fsGroup', 'securityContext.fsGroupChangePolicy', 'securityContext.runAsGroup'],
    ...['securityContext.supplementalGroups', 'securityContext.supplementalGroupsPolicy'],
    'container.securityContext.runAsGroup',
  ],
  'how the label of seLinuxOptions gets to files; without one, of no effect': [
    'securityContext.seLinuxChangePolicy',
  ],
  'takes rights away': [
    ...['container.securityContext.readOnlyRootFilesystem', 'container.volumeMounts.readOnly'],
    'container.volumeMounts.bindMountOptions',
  ],
  'where a volume is mounted; which, tells the volume': [
    'container.volumeMounts.mountPath',
    'container.volumeMounts.name',
  ],
  'an account of Windows; Windows Pods get no sandbox': [
    ...['gmsaCredentialSpec', 'gmsaCredentialSpecName', 'runAsUserName'].flatMap(field => [
      `securityContext.windowsOptions.${field}`,
      `container.securityContext.windowsOptions.${field}`,
    ]),
  ],
  'size and mode of a directory of its own': ['volumes.emptyDir.sizeLimit', 'volumes.emptyDir.mode'],
  'what is in files that the kubelet writes, and who owns them; that they are refreshed, tells liveProjectedVolume':
    [...['volumes.configMap.*', 'volumes.downwardAPI.*', 'volumes.projected.*', 'volumes.secret.*']],
};

/** `container.securityContext.privileged` for that of init, ephemeral and other containers alike. */
const normal = (path: string): string =>
  path
    .replace(/^spec\./, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replace(/^(initContainers|ephemeralContainers|containers)(?=\.|$)/, 'container')
    .replace(/^container\.(liveness|readiness|startup)Probe(?=\.|$)/, 'container.probe')
    .replace(/^container\.lifecycle\.(postStart|preStop)(?=\.|$)/, 'container.hook');

const FIELDS = new Set(
  SPEC_FIELDS.filter(({ fields }: Field) => fields.length === 0).map(({ path }) => normal(path)),
);
const matches = (pattern: string, field: string): boolean =>
  pattern.endsWith('.*') ? field.startsWith(pattern.slice(0, -1)) : pattern === field;
const patterns = [...Object.keys(READ), ...Object.values(UNREAD).flat()];

it('every field of a PodSpec has a signal that reads it, or a reason why none does', () => {
  const silent = [...FIELDS, ...NEWER].filter(field => !patterns.some(pattern => matches(pattern, field)));
  expect(silent).toEqual([]);
});

it('no field has both, or twice', () => {
  const twice = [...FIELDS, ...NEWER].filter(
    field => patterns.filter(pattern => matches(pattern, field)).length > 1,
  );
  expect(twice).toEqual([]);
});

it('nothing is said of fields that there are not', () => {
  const fields = [...FIELDS, ...NEWER];
  expect(patterns.filter(pattern => !fields.some(field => matches(pattern, field)))).toEqual([]);
});

it('what is newer than the models of the client is not in them', () => {
  expect(NEWER.filter(field => FIELDS.has(field))).toEqual([]);
});

/** Where each signal finds something, in the Pods that tests share. */
const PLACES = Map.groupBy(
  [...CASES, ...BASELINE_VIOLATIONS, ...RESTRICTED_VIOLATIONS].flatMap(({ pod }) =>
    inspect(viewPod(pod, 'default')),
  ),
  ({ signal }) => signal,
);

it.each(Object.entries(READ))('%s is read by %s', (pattern, id) => {
  const field = pattern.replace(/\.\*$/, '');
  const places = (PLACES.get(id) ?? []).map(({ path }) => normal(path));
  const isAbout = (place: string): boolean =>
    place === field || place.startsWith(`${field}.`) || field.startsWith(`${place}.`);
  expect(places.filter(isAbout)).not.toEqual([]);
});

it('no signal finds anything in a field of which is said that none reads it', () => {
  const places = [...PLACES].flatMap(([id, found]) => found.map(({ path }) => [id, normal(path)] as const));
  const unread = Object.values(UNREAD).flat();
  const read = places.filter(([, place]) => unread.some(pattern => matches(pattern, place)));
  expect(new Set(read.map(([id, place]) => `${place} is read by ${id}`))).toEqual(new Set());
});
