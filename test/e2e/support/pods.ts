import type { V1Container, V1ObjectMeta, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { E2E_LABEL, ENFORCED, IMAGE } from './settings.ts';

/** A container that sleeps and asks for nothing. */
export const container = (tweak: Partial<V1Container> = {}): V1Container => ({
  name: 'main',
  image: IMAGE,
  command: ['sleep', '3600'],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
  ...tweak,
});

export interface PodTweak extends Pick<V1ObjectMeta, 'annotations' | 'finalizers' | 'ownerReferences'> {
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly spec?: Partial<V1PodSpec>;
}

/** A Pod that may share the host kernel, tweaked. */
export function pod(name: string, tweak: PodTweak = {}): V1Pod {
  const { namespace = ENFORCED, labels, spec, ...metadata } = tweak;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { [E2E_LABEL]: 'true', ...labels }, ...metadata },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [container()],
      ...spec,
    },
  };
}

export const PRIVILEGED = container({ securityContext: { privileged: true } });

/** Labels of a Pod that needs gVisor only because of them. */
export const HIGH_RISK = { 'cofferdam.dev/risk': 'high' };

/** A spec that no sandbox contains. */
export const UNCONTAINABLE: Partial<V1PodSpec> = { hostPID: true, containers: [PRIVILEGED] };

/** A Deployment of one such Pod. */
export const deployment = (name: string, template: V1Pod, namespace = ENFORCED) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { ...template.metadata?.labels, app: name } },
      // Deployments accept only the default policy.
      spec: { ...template.spec, restartPolicy: 'Always' },
    },
  },
});
