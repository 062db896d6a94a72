import type {
  V1Container,
  V1EnvVar,
  V1HTTPGetAction,
  V1PodSpec,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node';

/* The defaults that an API server fills in when it decodes a Pod: pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. */

/** Fills in everything that is left open in the spec, in place. */
export function fillInDefaults(spec: V1PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  spec.enableServiceLinks ??= true;
  for (const volume of spec.volumes ?? []) fillInVolume(volume);
  for (const container of spec.initContainers ?? []) fillInContainer(container, spec);
  for (const container of spec.containers) fillInContainer(container, spec);
}

function fillInContainer(container: V1Container, { hostNetwork }: V1PodSpec): void {
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= pullPolicyOf(container.image);
  container.resources ??= {};
  fillInRequests(container.resources);
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const variable of container.env ?? []) fillInVariable(variable);
  fillInProbe(container.livenessProbe);
  fillInProbe(container.readinessProbe);
  fillInProbe(container.startupProbe);
  fillInHttp(container.lifecycle?.postStart?.httpGet);
  fillInHttp(container.lifecycle?.preStop?.httpGet);
}

/** The pull policy. A missing tag means `latest`, and a digest needs no tag. */
function pullPolicyOf(image = ''): string {
  if (image.includes('@')) return 'IfNotPresent';
  const [, tag = 'latest'] = image.slice(image.lastIndexOf('/') + 1).split(':');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** A resource without a request is requested up to its limit. */
function fillInRequests(resources: NonNullable<V1Container['resources']>): void {
  const { limits } = resources;
  if (limits) resources.requests = { ...limits, ...resources.requests };
}

function fillInVariable({ valueFrom }: V1EnvVar): void {
  if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= 'v1';
}

function fillInProbe(probe: V1Probe | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  fillInHttp(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function fillInHttp(action: V1HTTPGetAction | undefined): void {
  if (!action) return;
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}

/** `rw-r--r--` */
const MODE = 0o644;

function fillInVolume(volume: V1Volume): void {
  const { hostPath, ephemeral, image } = volume;
  if (Object.keys(volume).every(key => key === 'name')) volume.emptyDir = {};
  if (hostPath) hostPath.type ??= '';
  if (image) image.pullPolicy ??= pullPolicyOf(image.reference);
  const claim: { spec?: { volumeMode?: string } } | undefined = ephemeral?.volumeClaimTemplate;
  // Validation requires a spec, but comes after webhooks; a claim that somebody wrote has one.
  if (claim) claim.spec = { ...claim.spec, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' };
  fillInFiles(volume);
  fillInNetwork(volume);
}

/** The settings of storage that is reached over a network protocol. */
function fillInNetwork({ iscsi, rbd, azureDisk, scaleIO }: V1Volume): void {
  if (iscsi) iscsi.iscsiInterface ??= 'default';
  if (rbd) Object.assign(rbd, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring', ...rbd });
  if (azureDisk) Object.assign(azureDisk, { ...AZURE_DISK, ...azureDisk });
  if (scaleIO) Object.assign(scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs', ...scaleIO });
}

const AZURE_DISK = { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false };

/** The modes of volumes whose files the API server provides. */
function fillInFiles({ secret, configMap, downwardAPI, projected }: V1Volume): void {
  for (const source of [secret, configMap, downwardAPI, projected]) {
    if (source) source.defaultMode ??= MODE;
  }
  const sources = projected?.sources ?? [];
  for (const { serviceAccountToken } of sources) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= 3600;
  }
  for (const { items = [] } of [downwardAPI ?? {}, ...sources.map(source => source.downwardAPI ?? {})]) {
    for (const { fieldRef } of items) if (fieldRef) fieldRef.apiVersion ??= 'v1';
  }
}
