import type { Mapping } from '../source/mapping.ts';
import { groupOf } from './known.ts';

/**
 * Groups whose objects contain what looks like a Pod, but make none: schemas of Pods, and policies that allow, forbid or change
 * them. Each is listed according to its documentation.
 */
const ABOUT_PODS = [
  // Kubernetes and Crossplane: schemas, with defaults and examples.
  'apiextensions.k8s.io',
  // Kubernetes: webhooks and CEL.
  'admissionregistration.k8s.io',
  // Kubernetes before 1.25: PodSecurityPolicy grants hostNetwork. OpenShift's SecurityContextConstraints do the same.
  'policy',
  'security.openshift.io',
  // This project's own.
  'cofferdam.dev',
  // Kyverno, Gatekeeper, Kubewarden: patterns, parameters and patches.
  'kyverno.io',
  'gatekeeper.sh',
  'kubewarden.io',
];

/** Groups of Kubernetes itself: the kinds that make Pods are known, and no others do. */
const BUILT_IN = [
  ...['apps', 'batch', 'autoscaling', 'policy', 'events.k8s.io', 'networking.k8s.io', 'discovery.k8s.io'],
  ...[
    'rbac.authorization.k8s.io',
    'storage.k8s.io',
    'scheduling.k8s.io',
    'coordination.k8s.io',
    'node.k8s.io',
  ],
  ...['resource.k8s.io', 'apiregistration.k8s.io', 'certificates.k8s.io', 'flowcontrol.apiserver.k8s.io'],
];

/** Kinds of the core group that make none. OpenShift had its own kinds there before it had groups: Template, DeploymentConfig. */
const CORE = [
  ...['Binding', 'ComponentStatus', 'ConfigMap', 'Endpoints', 'Event', 'LimitRange', 'Namespace', 'Node'],
  ...['PersistentVolume', 'PersistentVolumeClaim', 'ResourceQuota', 'Secret', 'Service', 'ServiceAccount'],
];

/** Whether objects of this kind may contain Pods in a form that is not known. */
export function mayHoldPods(object: Mapping): boolean {
  const group = groupOf(object);
  if (group === '') return !CORE.includes(String(object.kind));
  if (BUILT_IN.includes(group)) return false;
  return !ABOUT_PODS.some(about => group === about || group.endsWith(`.${about}`));
}

/** Whether a key is that of a schema, with its examples. */
export const isSchema = (key: string | number): boolean =>
  /^(openAPIV3Schema|schema|examples?|defaults?)$/.test(String(key));

/** Whether nothing below a key is made as it is: schemas, and values of a chart, which it may use or not. */
export const isAside = (key: string | number): boolean =>
  isSchema(key) || key === 'values' || key === 'valuesObject';
