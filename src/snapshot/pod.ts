import { programIn } from '../signals/mesh.ts';
import { keptAnnotations } from './annotations.ts';
import { as, fields, list, MAP, PRESENT, type Shape, WORDS, withOthers } from './shape.ts';

/*
What is kept of a Pod: what the decision and its signals read, and what rules of policies are likely to read. Nothing is kept
that holds free text: values of environment variables, commands and arguments, paths and headers of probes, settings of volumes
by drivers, annotations. test/snapshot/fields.test.ts has a reason for each text that is kept.
*/

/** The words of a command line keep their number, and are empty, except for programs that a signal looks for. */
const words = as(value =>
  Array.isArray(value) ? value.map(word => (typeof word === 'string' ? programIn(word) : '')) : undefined,
);

const profile = fields('type localhostProfile');
const security = {
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: fields('user role type level'),
  windowsOptions: fields('hostProcess runAsUserName'),
};

const handler = {
  exec: PRESENT,
  httpGet: fields('host port scheme'),
  tcpSocket: fields('host port'),
  grpc: fields('port'),
  sleep: fields('seconds'),
};
const probe = fields(
  'failureThreshold initialDelaySeconds periodSeconds successThreshold terminationGracePeriodSeconds timeoutSeconds',
  handler,
);
const hook = fields('', handler);

const resources = { limits: MAP, requests: MAP, claims: list(fields('name request')) };
const reference = fields('name optional');
const key = fields('name key optional');

const container = fields(
  'name image imagePullPolicy restartPolicy stdin stdinOnce terminationMessagePolicy tty targetContainerName',
  {
    command: words,
    args: words,
    env: list(
      fields('name', {
        valueFrom: fields('', {
          configMapKeyRef: key,
          secretKeyRef: key,
          fieldRef: fields('apiVersion fieldPath'),
          resourceFieldRef: fields('containerName resource divisor'),
          fileKeyRef: fields('volumeName optional'),
        }),
      }),
    ),
    envFrom: list(fields('prefix', { configMapRef: reference, secretRef: reference })),
    ports: list(fields('name containerPort hostPort hostIP protocol')),
    resources: fields('', resources),
    securityContext: fields(
      'privileged allowPrivilegeEscalation procMount readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser',
      {
        ...security,
        capabilities: fields('', { add: WORDS, drop: WORDS }),
        cgroupOptions: fields('mountMode'),
      },
    ),
    volumeMounts: list(
      fields('name mountPath subPath subPathExpr readOnly recursiveReadOnly mountPropagation'),
    ),
    volumeDevices: list(fields('name devicePath')),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: fields('stopSignal', { postStart: hook, preStop: hook }),
  },
);

const projection = fields('name optional');
/** For storage that a driver mounts, only its presence and kind are kept. */
const volume = withOthers(
  fields('name', {
    hostPath: fields('path type'),
    emptyDir: fields('medium sizeLimit'),
    persistentVolumeClaim: fields('claimName readOnly'),
    image: fields('reference pullPolicy'),
    csi: fields('driver readOnly'),
    configMap: fields('name optional defaultMode'),
    secret: fields('secretName optional defaultMode'),
    downwardAPI: fields('defaultMode'),
    ephemeral: fields('', {
      volumeClaimTemplate: fields('', {
        spec: fields('storageClassName volumeMode', { accessModes: WORDS }),
      }),
    }),
    projected: fields('defaultMode', {
      sources: list(
        withOthers(
          fields('', {
            serviceAccountToken: fields('audience expirationSeconds path'),
            configMap: projection,
            secret: projection,
          }),
          PRESENT,
        ),
      ),
    }),
  }),
  PRESENT,
);

const terms = list(fields('key operator', { values: WORDS }));
const nodeTerm = fields('', { matchExpressions: terms, matchFields: terms });

const SPEC_SCALARS = [
  'activeDeadlineSeconds automountServiceAccountToken dnsPolicy enableServiceLinks hostIPC hostNetwork hostPID hostUsers',
  'preemptionPolicy priority priorityClassName restartPolicy runtimeClassName schedulerName serviceAccount',
  'serviceAccountName setHostnameAsFQDN shareProcessNamespace terminationGracePeriodSeconds',
].join(' ');

const SPEC_FIELDS = {
  initContainers: list(container),
  containers: list(container),
  ephemeralContainers: list(container),
  volumes: list(volume),
  securityContext: fields(
    'fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy supplementalGroupsPolicy',
    { ...security, supplementalGroups: WORDS, sysctls: list(fields('name')) },
  ),
  os: fields('name'),
  nodeSelector: MAP,
  overhead: MAP,
  resources: fields('', resources),
  resourceClaims: list(fields('name resourceClaimName resourceClaimTemplateName')),
  imagePullSecrets: list(fields('name')),
  schedulingGates: list(fields('name')),
  tolerations: list(fields('key operator value effect tolerationSeconds')),
  affinity: fields('', {
    nodeAffinity: fields('', {
      requiredDuringSchedulingIgnoredDuringExecution: fields('', { nodeSelectorTerms: list(nodeTerm) }),
    }),
  }),
};

const labelled = { labels: MAP, annotations: as(keptAnnotations) };

/**
 * A Pod that runs. Its name and its owners say which workload it belongs to; everything else that the cluster has recorded is
 * removed.
 */
export const POD: Shape = fields('', {
  metadata: fields('namespace name generateName', {
    ...labelled,
    ownerReferences: list(fields('apiVersion kind name controller')),
  }),
  // The node that the scheduler chose is removed, as the next Pod like it may go elsewhere.
  spec: fields(SPEC_SCALARS, SPEC_FIELDS),
});

/** The Pod of a workload, as its controller makes it. */
export const TEMPLATE: Shape = fields('', {
  metadata: fields('name', { ...labelled, finalizers: WORDS }),
  spec: fields(`${SPEC_SCALARS} nodeName`, SPEC_FIELDS),
});
