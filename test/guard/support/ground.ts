import type { BindingOptions } from '../../../src/guard/binding.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import type { AdmissionRequest, Verdict } from './admission-objects.ts';
import { evaluatePolicies } from './admission-policies.ts';
import { guardObjects } from './guard-objects.ts';
import { NOW, SHOP, viewOf } from './guarded-world.ts';

/** The classes of the examples: one of each isolation, and one whose name promises more than its handler does. */
const CLASSES = [
  ['gvisor', 'runsc'],
  ['liar', 'runc'],
  ['vm', 'kata-qemu'],
] as const;

export const object = (kind: string, name: string, spec: object, namespace?: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});
export const clusterPolicy = (spec: object) => object('ClusterSandboxPolicy', 'p', spec);
export const exemption = (match: object, ...waive: object[]) =>
  object('SandboxExemption', 'e', {
    match: { namespaces: [SHOP], ...match },
    waive,
    ...{ owner: 'team', reason: 'a test', expires: '2026-12-31T00:00:00Z' },
  });

export interface GroundOptions extends BindingOptions {
  readonly balanced?: boolean;
  readonly classes?: readonly (readonly [name: string, handler: string])[];
  /** The labels of the namespace, which is in mode enforce unless they say otherwise. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly now?: number;
}

export interface Tweak {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly spec?: object;
}

const podOf = ({ spec, ...metadata }: Tweak) => ({
  metadata: { name: 'pod', namespace: SHOP, ...metadata },
  spec: { containers: [{ name: 'a', image: 'nginx' }], ...spec },
});
type More = Partial<AdmissionRequest>;

/** A guard of these objects, and requests to it. */
export function ground(objects: readonly object[] = [], options: GroundOptions = {}) {
  const { balanced = true, classes = CLASSES, labels, now = NOW, ...binding } = options;
  const guard = guardObjects(
    snapshotOf(objects, { balanced }),
    viewOf(classes).runtimeClasses(),
    now,
    binding,
  );
  const namespaceLabels = { 'cofferdam.dev/mode': 'enforce', ...labels };
  const base = { resource: 'pods', name: 'pod', namespace: SHOP, namespaceLabels } as const;
  const ask = (request: AdmissionRequest): Verdict => evaluatePolicies(guard, request);
  const said = ({ denials }: Verdict): string[] => denials.map(({ message }) => message);
  const creation = (tweak: Tweak, more: More = {}): Verdict =>
    ask({ ...base, operation: 'CREATE', object: podOf(tweak), oldObject: null, ...more });
  const change = (before: Tweak, after: Tweak, more: More = {}): Verdict =>
    ask({ ...base, operation: 'UPDATE', object: podOf(after), oldObject: podOf(before), ...more });
  return {
    creation,
    change,
    /** The messages for a creation; empty where it is admitted. */
    create: (tweak: Tweak, more?: More): string[] => said(creation(tweak, more)),
    /** The messages for an update; empty where it is admitted. */
    update: (before: Tweak, after: Tweak, more?: More): string[] => said(change(before, after, more)),
  };
}

/** A container with these fields. */
export const container = (more: object = {}, name = 'a') => ({ name, image: 'nginx', ...more });
export const privileged = (name = 'a') => container({ securityContext: { privileged: true } }, name);
export const adding = (...capabilities: string[]) => ({
  securityContext: { capabilities: { add: capabilities } },
});

/** The isolation that a denied request needs, and the reason, both as its first message gives them. */
export const requiredBy = (said: readonly string[]): string | undefined =>
  /^the Pod needs isolation (\S+) because of (.*), and has /
    .exec(said[0] ?? '')
    ?.slice(1)
    .join(': ');
/** The words that a message uses where no finding asks for the isolation. */
export const LABELLED = 'its labels, its namespace or a policy';

/** An ephemeral container with these fields. */
export const debug = (more: object = {}, name = 'debug') => ({
  ephemeralContainers: [container(more, name)],
});
