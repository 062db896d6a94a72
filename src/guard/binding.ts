import { isDeepStrictEqual } from 'node:util';
import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import { MODES, type Mode } from '../pod/mode.ts';
import { ASKING_LABELS } from './front.ts';
import { GUARD, GUARD_OF_LABELS } from './names.ts';
import type { AdmissionBinding, LabelRequirement } from './object.ts';

export interface BindingOptions {
  /** The mode of namespaces without a label. Default: `warn`. */
  readonly defaultMode?: Mode;
  /** Namespaces that are out of scope, by name. */
  readonly excludedNamespaces?: readonly string[];
}

/** Modes in which nothing is refused. Any other value counts as `enforce`. */
const LENIENT = MODES.filter(mode => mode !== 'enforce').sort();

/**
 * Binds the guard to the namespaces that are enforced, and the guard of labels to those of them that have such a label. It
 * takes a binding for each label, as a selector has no "or". Pure.
 */
export function guardBindings({
  defaultMode = 'warn',
  excludedNamespaces = SYSTEM_NAMESPACES,
}: BindingOptions = {}): readonly AdmissionBinding[] {
  const enforced: readonly LabelRequirement[] = [
    { key: MODE_LABEL, operator: 'NotIn', values: LENIENT },
    ...(defaultMode === 'enforce' ? [] : [{ key: MODE_LABEL, operator: 'Exists' as const }]),
    ...(excludedNamespaces.length === 0
      ? []
      : [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: [...excludedNamespaces] },
        ]),
  ];
  return [
    ...ASKING_LABELS.map(key =>
      bindingOf(`${GUARD_OF_LABELS}-${key.replace(/.*[/]/, '')}`, GUARD_OF_LABELS, [
        ...enforced,
        { key, operator: 'Exists' },
      ]),
    ),
    bindingOf(GUARD, GUARD, enforced),
  ];
}

const bindingOf = (
  name: string,
  policyName: string,
  matchExpressions: readonly LabelRequirement[],
): AdmissionBinding => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: {
    policyName,
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchExpressions } },
  },
});

/**
 * Whether the guard of labels is bound to every namespace of the guard that has such a label, given the bindings that the API
 * server has. One that is bound more widely in another way does not count.
 */
export function bindingsCoverLabels(bindings: readonly AdmissionBinding[]): boolean {
  const denying = (name: string) =>
    bindings.filter(({ spec }) => spec?.policyName === name && spec.validationActions?.includes('Deny'));
  const ofLabels = denying(GUARD_OF_LABELS).filter(({ spec }) => !('paramRef' in spec));
  return denying(GUARD).every(({ spec }) =>
    ASKING_LABELS.every(key =>
      ofLabels.some(one => isDeepStrictEqual(one.spec.matchResources, withLabel(spec.matchResources, key))),
    ),
  );
}

type Matched = AdmissionBinding['spec']['matchResources'];

function withLabel(resources: Matched, key: string): Matched {
  const { namespaceSelector } = resources ?? {};
  const matchExpressions = [
    ...(namespaceSelector?.matchExpressions ?? []),
    { key, operator: 'Exists' } as const,
  ];
  return { ...resources, namespaceSelector: { ...namespaceSelector, matchExpressions } };
}
