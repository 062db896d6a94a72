import { describe, expect, it } from 'vitest';
import { knownTemplate } from '../../src/input/known.ts';
import { SAVED_KINDS } from '../../src/snapshot/kinds.ts';
import { savedObject } from '../../src/snapshot/write.ts';
import { filledKind, leavesOf } from './filled-kinds.ts';
import { KEPT, matches, normal } from './kept.ts';

/*
Of each kind of object that a snapshot holds, an object is made in which every field has a value, by Kubernetes' OpenAPI or the
definitions of this project. What is left of it is exactly what stands here, each with a reason why it may stay. `x.*` is all
that is below x, and `{}` whatever is in a map. What ends in `!` is in the place of what was there, and not it.
*/

const OWNED = {
  'which workload a Pod is of': [
    ...['metadata.namespace', 'metadata.name', 'metadata.ownerReferences.apiVersion'],
    ...[
      'metadata.ownerReferences.kind',
      'metadata.ownerReferences.name',
      'metadata.ownerReferences.controller',
    ],
  ],
};
const NAMED = { 'how it is called': ['metadata.namespace', 'metadata.name'] };
const GENERATION = {
  'whether what wrote its status had seen it as it is': ['metadata.generation', 'status.observedGeneration'],
};
const IN_FORCE = {
  'whether it was in force, and what was before': [
    ...['metadata.generation', 'status.lastGoodSpec', 'status.conditions.type', 'status.conditions.status'],
    'status.conditions.observedGeneration',
  ],
};
const WORDS_OF_THE_OPERATOR = { 'a policy, which who reads a snapshot judges by': ['spec.*'] };
const OWN = { ...NAMED, ...IN_FORCE, ...WORDS_OF_THE_OPERATOR };
const withoutLastGood = {
  ...OWN,
  ...{
    'whether it was in force, and what was before': IN_FORCE[
      'whether it was in force, and what was before'
    ].filter(path => path !== 'status.lastGoodSpec'),
  },
};
const webhook = {
  'how it is called': ['metadata.name', 'webhooks.name'],
  'whether it was changed': ['metadata.generation'],
  'where requests go: the Service, and the mode that is asked for': [
    ...['webhooks.clientConfig.service.namespace', 'webhooks.clientConfig.service.name'],
    ...['webhooks.clientConfig.service.path!', 'webhooks.clientConfig.url!'],
  ],
  'which requests are sent': [
    ...['webhooks.rules.*', 'webhooks.namespaceSelector.*', 'webhooks.objectSelector.*'],
  ],
};

/** Numbers and truth values of a Pod; test/snapshot/kept.ts has its texts. */
const PLAIN: readonly string[] = [
  ...['metadata.ownerReferences.controller', 'activeDeadlineSeconds', 'automountServiceAccountToken'],
  ...[
    'enableServiceLinks',
    'hostIPC',
    'hostNetwork',
    'hostPID',
    'hostUsers',
    'priority',
    'setHostnameAsFQDN',
  ],
  ...['shareProcessNamespace', 'terminationGracePeriodSeconds', 'container.stdin', 'container.stdinOnce'],
  ...['container.tty', 'container.env.valueFrom.configMapKeyRef.optional'],
  ...['container.env.valueFrom.secretKeyRef.optional', 'container.env.valueFrom.fileKeyRef.optional'],
  ...['container.envFrom.configMapRef.optional', 'container.envFrom.secretRef.optional'],
  ...['container.ports.containerPort', 'container.ports.hostPort', 'container.securityContext.privileged'],
  ...[
    'container.securityContext.allowPrivilegeEscalation',
    'container.securityContext.readOnlyRootFilesystem',
  ],
  ...['securityContext', 'container.securityContext'].flatMap(of => [
    ...[`${of}.runAsGroup`, `${of}.runAsNonRoot`, `${of}.runAsUser`, `${of}.windowsOptions.hostProcess`],
  ]),
  ...['securityContext.fsGroup', 'securityContext.supplementalGroups', 'container.volumeMounts.readOnly'],
  ...['failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold'].map(
    name => `container.probe.${name}`,
  ),
  ...['container.probe.terminationGracePeriodSeconds', 'container.probe.timeoutSeconds'],
  ...['container.probe.grpc.port', 'container.hook.sleep.seconds'],
  ...['volumes.persistentVolumeClaim.readOnly', 'volumes.csi.readOnly', 'volumes.configMap.optional'],
  ...['volumes.configMap.defaultMode', 'volumes.secret.optional', 'volumes.secret.defaultMode'],
  ...['volumes.downwardAPI.defaultMode', 'volumes.projected.defaultMode'],
  ...['configMap.optional', 'secret.optional'].map(name => `volumes.projected.sources.${name}`),
];
/** Fields that stay with another value in them. */
const OTHERWISE = ['metadata.annotations.{}!', 'container.command!', 'container.args!'];

const STAYS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Pod: { ...KEPT, 'numbers and truth values': PLAIN, 'that there is one, and of which program': OTHERWISE },
  ReplicaSet: OWNED,
  Job: OWNED,
  Deployment: {
    ...NAMED,
    ...GENERATION,
    'how many Pods it has, and whether any is of its template': ['spec.replicas', 'status.updatedReplicas!'],
  },
  StatefulSet: {
    ...NAMED,
    ...GENERATION,
    'how many Pods it has, and whether any is of its template': ['spec.replicas', 'status.updatedReplicas!'],
    'what its controller adds to its Pods': [
      ...['spec.serviceName', 'spec.ordinals.start', 'spec.volumeClaimTemplates.metadata.name'],
    ],
  },
  DaemonSet: {
    ...NAMED,
    ...GENERATION,
    'whether any Pod is of its template': ['status.updatedNumberScheduled!'],
  },
  CronJob: {
    ...NAMED,
    'whether it was changed': ['metadata.generation'],
    'whether it runs, and what its controller adds to its Pods': [
      ...['spec.suspend', 'spec.jobTemplate.spec.completionMode', 'spec.jobTemplate.spec.manualSelector'],
    ],
  },
  ClusterSandboxPolicy: OWN,
  SandboxPolicy: OWN,
  SandboxExemption: withoutLastGood,
  SandboxProfile: withoutLastGood,
  RuntimeClass: {
    'how it is called': ['metadata.name'],
    'what it starts, where, and what that costs': ['handler', 'overhead.podFixed.{}', 'scheduling.*'],
  },
  Node: {
    'how it is called, and what Pods select it by': ['metadata.name', 'metadata.labels.{}'],
    'whether Pods may go there': [
      'spec.unschedulable',
      'spec.taints.*',
      'status.conditions.type',
      'status.conditions.status',
    ],
    'which sandboxes it has': ['status.runtimeHandlers.*'],
  },
  // The one annotation that stays is not among those of any name.
  Namespace: { 'how it is called, and what policies select it by': ['metadata.name', 'metadata.labels.{}'] },
  MutatingWebhookConfiguration: webhook,
  ValidatingWebhookConfiguration: webhook,
  ValidatingAdmissionPolicy: {
    'how it is called': ['metadata.name'],
    ...GENERATION,
    'what becomes of a request that it cannot judge': ['spec.failurePolicy'],
  },
  ValidatingAdmissionPolicyBinding: {
    'how it is called, and what it binds': ['metadata.name', 'metadata.generation', 'spec.policyName'],
    'which requests it is for': [
      ...[
        'spec.validationActions',
        'spec.matchResources.namespaceSelector.*',
        'spec.matchResources.objectSelector.*',
      ],
    ],
  },
};

/** The paths of what is left of a filled object, each once; with `!` where another value stands there. */
function staysOf(kind: (typeof SAVED_KINDS)[number]): readonly string[] {
  const { object, values } = filledKind(kind);
  const saved = savedObject(object, { ...kind, wanted: () => true });
  const { apiVersion: _, kind: __, ...rest } = saved ?? {};
  return [
    ...new Set(leavesOf(rest).map(([path, value]) => (values.get(path) === value ? path : `${path}!`))),
  ];
}
const pod = SAVED_KINDS.find(({ kind }) => kind === 'Pod') as (typeof SAVED_KINDS)[number];

/** Each path that has no pattern, and each pattern that has no path. */
function differences(paths: readonly string[], patterns: readonly string[]) {
  const isOf = (path: string) => (pattern: string) => matches(pattern, path);
  return {
    unexpected: paths.filter(path => !patterns.some(isOf(path))),
    missing: patterns.filter(pattern => !paths.some(path => matches(pattern, path))),
  };
}
const NONE = { unexpected: [], missing: [] };

/** A Pod's are those of all its containers together. */
const patternsOf = (name: string): readonly string[] => Object.values(STAYS[name] ?? {}).flat();

it('every kind is on the list', () => {
  expect(Object.keys(STAYS)).toEqual(SAVED_KINDS.map(({ kind }) => kind));
});

describe.each(SAVED_KINDS.map(kind => [kind.kind, kind] as const))(
  'of a %s in which every field is filled',
  (name, kind) => {
    const template = knownTemplate(kind)?.join('.');
    const isOfTemplate = (path: string): boolean =>
      name !== 'Pod' && template !== undefined && path.startsWith(`${template}.`);
    const all = staysOf(kind);
    const stays = name === 'Pod' ? [...new Set(all.map(path => normal(path).replace(/\.\{\}$/, '')))] : all;

    it('exactly what is on the list stays', () => {
      expect(
        differences(
          stays.filter(path => !isOfTemplate(path)),
          patternsOf(name),
        ),
      ).toEqual(NONE);
    });

    it('most is gone', () => {
      const { values } = filledKind(kind);
      expect(values.size).toBeGreaterThan(30);
      expect(stays.length).toBeLessThan(values.size * 0.6);
    });

    it('a template keeps what a Pod of it keeps', () => {
      const of = stays.filter(isOfTemplate).map(path => path.slice((template ?? '').length + 1));
      const has = !['Pod', 'ReplicaSet', 'Job'].includes(name) && template !== undefined;
      expect(of.length > 0).toBe(has);
      if (!has) return;
      const ofPod = staysOf(pod);
      expect(of.filter(path => !ofPod.includes(path))).toEqual(['metadata.finalizers', 'spec.nodeName']);
      expect(
        ofPod.filter(path => !of.includes(path) && !path.startsWith('metadata.ownerReferences.')),
      ).toEqual(['metadata.namespace', 'metadata.generateName']);
    });

    it('is the same once it has been read again', () => {
      const saved = savedObject(filledKind(kind).object, { ...kind, wanted: () => true });
      expect(savedObject(saved ?? {}, { ...kind, wanted: () => true })).toEqual(saved);
    });
  },
);

it.each([
  [
    'a Service',
    { service: { namespace: 'a', name: 'b', path: '/token-hunter2/enforce' } },
    { service: { namespace: 'a', name: 'b', path: '/enforce' } },
  ],
  [
    'an address',
    { url: 'https://user:hunter2@example.com/hunter2/audit?key=hunter2' },
    { url: 'https://webhook.invalid/audit' },
  ],
  ['an address of another', { url: 'https://example.com/hunter2' }, { url: 'https://webhook.invalid/' }],
])('of %s that requests are sent to, the mode stays', (_, clientConfig, kept) => {
  const kind = SAVED_KINDS.find(one => one.kind === 'MutatingWebhookConfiguration');
  const object = { metadata: { name: 'a' }, webhooks: [{ name: 'pods.cofferdam.dev', clientConfig }] };
  expect(kind && savedObject(object, kind)).toMatchObject({ webhooks: [{ clientConfig: kept }] });
});
