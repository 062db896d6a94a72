import fc from 'fast-check';
import { MIRROR_ANNOTATION } from '../../../../src/pod/annotations.ts';
import type { Pod } from '../../../../src/pod/kube.ts';
import { storable, storablePod } from '../../../arbitraries/guard.ts';
import { arbitraryPod } from '../../../arbitraries/pods.ts';
import { type LoosePod, richPod, withoutHost } from '../../../arbitraries/rich-pods.ts';
import { OWN } from './names.ts';

export const KINDS = [
  'CronJob',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
] as const;
export type Kind = (typeof KINDS)[number];

/** A Pod, and the kind of workload that should create it. */
export interface Plan {
  readonly kind: Kind;
  readonly pod: Pod;
  /** One of three variants that the kind can ask of its controller, and Pods cannot. */
  readonly variant: 0 | 1 | 2;
}

/** Every second one asks for nothing that no sandbox contains, and every second of these names no class but a risk. */
const anyPod = fc.oneof(
  storablePod,
  richPod,
  richPod.map(withoutHost),
  fc.tuple(arbitraryPod.map(withoutHost), fc.constantFrom('low', 'medium', 'high', 'critical')).map(withRisk),
);
export const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pod: anyPod.map(pod => takeable(storable(pod as Pod))),
  variant: fc.constantFrom(0, 1, 2),
});

function withRisk([{ metadata, spec }, risk]: readonly [LoosePod, string]): LoosePod {
  const { runtimeClassName: _, ...rest } = spec as LoosePod['spec'] & { readonly runtimeClassName?: string };
  return {
    metadata: { ...metadata, labels: { 'cofferdam.dev/risk': risk } } as LoosePod['metadata'],
    spec: rest,
  };
}

export interface Workload {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}

/**
 * A Pod without what the API server accepts in no template: a mirror of a static Pod that is on no node, a probe of a container
 * that ends, a profile without its file.
 */
function takeable(pod: Pod): Pod {
  const { metadata, spec } = JSON.parse(
    JSON.stringify(pod).replaceAll('"type":"Localhost"', '"type":"Localhost","localhostProfile":"p.json"'),
  );
  if (!spec.nodeName) delete metadata?.annotations?.[MIRROR_ANNOTATION];
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy !== 'Always') delete container.livenessProbe;
  }
  return { metadata, spec };
}

/** The object whose controller creates the Pod, which no scheduler looks at. */
export function workloadOf({ kind, pod, variant }: Plan, name: string, namespace: string): Workload {
  const { labels, annotations } = (pod.metadata ?? {}) as { labels?: object; annotations?: object };
  const runsOnce = kind === 'Job' || kind === 'CronJob';
  const template = {
    metadata: { labels: { ...labels, [OWN]: name }, ...(annotations && { annotations }) },
    spec: {
      ...pod.spec,
      schedulerName: 'nobody',
      terminationGracePeriodSeconds: 0,
      ...(kind !== 'Pod' && { restartPolicy: runsOnce ? 'Never' : 'Always' }),
    },
  };
  const metadata = { name, namespace };
  return { ...MAKERS[kind](template, name, variant), metadata: { ...template.metadata, ...metadata } };
}

type Maker = (template: Template, name: string, variant: Plan['variant']) => Omit<Workload, 'metadata'>;

const selector = (name: string) => ({ matchLabels: { [OWN]: name } });

const claim = (name: string) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

/** Lets the workload go to nodes for sandboxes, too. */
const everywhere = (template: Template) => {
  const { tolerations = [] } = template.spec as { readonly tolerations?: readonly object[] };
  return {
    ...template,
    spec: { ...template.spec, tolerations: [...tolerations, { key: 'sandbox', operator: 'Exists' }] },
  };
};

const jobSpec = (template: Template, name: string, variant: Plan['variant']) => ({
  template,
  ...(variant === 1 && { completionMode: 'Indexed', completions: 2 }),
  ...(variant === 2 && { manualSelector: true, selector: selector(name) }),
});

const MAKERS: Readonly<Record<Kind, Maker>> = {
  Deployment: (template, name) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { selector: selector(name), template },
  }),
  ReplicaSet: (template, name) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    spec: { selector: selector(name), template },
  }),
  StatefulSet: (template, name, variant) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    spec: {
      selector: selector(name),
      serviceName: name,
      template,
      // One claim is new, and one replaces a volume of the template.
      ...(variant > 0 && { volumeClaimTemplates: [claim(variant === 1 ? 'own' : 'a')] }),
    },
  }),
  DaemonSet: (template, name, variant) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    spec: { selector: selector(name), template: variant === 0 ? template : everywhere(template) },
  }),
  Job: (template, name, variant) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: jobSpec(template, name, variant),
  }),
  // Its next run is within a minute, and is the only one, as it does not end.
  CronJob: (template, name, variant) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: jobSpec(template, name, variant === 2 ? 0 : variant) },
    },
  }),
  ReplicationController: (template, name) => ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    spec: { selector: { [OWN]: name }, template },
  }),
  Pod: ({ spec }) => ({ apiVersion: 'v1', kind: 'Pod', spec }),
};
