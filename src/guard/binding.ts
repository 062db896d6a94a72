import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import { MODES, type Mode } from '../pod/mode.ts';
import { GUARD } from './names.ts';
import type { AdmissionBinding } from './object.ts';

export interface BindingOptions {
  /** Mode of namespaces without a label. Default: `warn`. */
  readonly defaultMode?: Mode;
  /** Namespaces that are out of scope, by name. */
  readonly excludedNamespaces?: readonly string[];
}

/** Modes in which nothing is refused. Any other word counts as `enforce`. */
const LENIENT = MODES.filter(mode => mode !== 'enforce').sort();

/** Binds the guard to the namespaces that are enforced. Pure. */
export function guardBinding({
  defaultMode = 'warn',
  excludedNamespaces = SYSTEM_NAMESPACES,
}: BindingOptions = {}): AdmissionBinding {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: GUARD },
    spec: {
      policyName: GUARD,
      validationActions: ['Deny'],
      matchResources: {
        namespaceSelector: {
          matchExpressions: [
            { key: MODE_LABEL, operator: 'NotIn', values: LENIENT },
            ...(defaultMode === 'enforce' ? [] : [{ key: MODE_LABEL, operator: 'Exists' as const }]),
            ...(excludedNamespaces.length === 0
              ? []
              : [
                  {
                    key: 'kubernetes.io/metadata.name',
                    operator: 'NotIn' as const,
                    values: [...excludedNamespaces],
                  },
                ]),
          ],
        },
      },
    },
  };
}
