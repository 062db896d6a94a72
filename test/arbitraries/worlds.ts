import fc from 'fast-check';
import { exemptions, namespaceLabels, policies } from './guard.ts';

/** The generators' classes by their handlers; `nonsense` is no handler. */
export const CLASSES = {
  gvisor: 'runsc',
  'kata-qemu': 'kata-qemu',
  kata: 'kata',
  runc: 'runc',
  'fake-gvisor': 'runc',
  'kata-qemu-snp': 'kata-qemu-snp',
} as const;

/** The objects from which a guard is made, and the labels of the namespace `shop` that it guards. */
export const world = fc.record({
  policies,
  exemptions,
  labels: namespaceLabels,
  classes: fc.subarray(Object.entries(CLASSES), { minLength: 3 }),
  balanced: fc.boolean(),
});
export type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** The policy as the guard has it for an update: without rules. */
export const withoutRules = (object: object): object => {
  const { spec } = object as { readonly spec: { readonly scoring?: object } };
  return spec.scoring ? { ...object, spec: { ...spec, scoring: { ...spec.scoring, rules: [] } } } : object;
};

/** The policy as the guard has it for a creation: with rules only where it is a cluster policy. */
export const withClusterRules = (object: object): object =>
  (object as { readonly kind?: string }).kind === 'SandboxPolicy' ? withoutRules(object) : object;
