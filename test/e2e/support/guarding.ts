import { ApiException, type V1Pod } from '@kubernetes/client-node';
import type { RuntimeClassFacts } from '../../../src/cluster/view.ts';
import { guardBindings } from '../../../src/guard/binding.ts';
import { fitGuard, type Guard } from '../../../src/guard/guard.ts';
import { GUARD } from '../../../src/guard/names.ts';
import type { AdmissionBinding, LabelRequirement } from '../../../src/guard/object.ts';
import { MODE_LABEL } from '../../../src/pod/labels.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';
import { core } from './client.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import { poll } from './poll.ts';
import { E2E_LABEL } from './settings.ts';

const labels = { [E2E_LABEL]: 'true' };

/** The guard as it is where the guard of labels stands beside it. */
export const wholeGuard = (
  snapshot: Snapshot,
  classes: readonly RuntimeClassFacts[],
  now: number,
): Pick<Guard, 'policy' | 'ofLabels'> => fitGuard(snapshot, classes, now, { besideLabels: true });

type Labels = Readonly<Record<string, string>>;

/** Both policies under a name other than `cofferdam-guard`, beginning with the one that stands beside the other. */
export const guardPolicyItems = (
  { policy, ofLabels }: Pick<Guard, 'policy' | 'ofLabels'>,
  name: string,
  own: Labels,
): readonly object[] =>
  [ofLabels, policy].map(one => ({
    ...one,
    metadata: { ...one.metadata, name: one.metadata.name.replace(GUARD, name), labels: own },
  }));

/** A binding of these policies under that name, to the namespaces that are given. */
export const renamedBinding = (
  { metadata, spec, ...binding }: AdmissionBinding,
  name: string,
  own: Labels,
  matchExpressions: readonly object[],
) => ({
  ...binding,
  metadata: { name: metadata.name.replace(GUARD, name), labels: own },
  spec: {
    ...spec,
    policyName: spec.policyName.replace(GUARD, name),
    matchResources: { namespaceSelector: { matchExpressions } },
  },
});

export const expressionsOf = ({ spec }: AdmissionBinding): readonly LabelRequirement[] =>
  spec.matchResources?.namespaceSelector.matchExpressions ?? [];

interface Bound {
  /** The name that replaces `cofferdam-guard`. */
  readonly name: string;
  readonly labels?: Labels;
  readonly namespaces: readonly string[];
  readonly action?: 'Warn' | 'Deny';
}

/** The bindings of a guard, as in the chart, but by the names of namespaces, so that no other test's Pods are judged. */
export const guardBindingItems = ({ name, labels: own = labels, namespaces, action = 'Warn' }: Bound) =>
  guardBindings({ defaultMode: 'enforce', excludedNamespaces: [] }).map(one => {
    const here = { key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces };
    const others = expressionsOf(one).filter(({ key }) => key !== MODE_LABEL);
    const { spec, ...binding } = renamedBinding(one, name, own, [here, ...others]);
    return { ...binding, spec: { ...spec, validationActions: [action] } };
  });

/** A guard under a name of its own that warns in a single namespace. */
export const guardItems = (
  guard: Pick<Guard, 'policy' | 'ofLabels'>,
  name: string,
  namespace: string,
  action: 'Warn' | 'Deny' = 'Warn',
): readonly object[] => [
  ...guardPolicyItems(guard, name, labels),
  ...guardBindingItems({ name, namespaces: [namespace], action }),
];

/** It applies server-side, as the record of client-side apply on an object may not be as large as a guard. */
export const applyAll = (items: readonly object[]): Promise<string> =>
  kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items,
  });

/** The API server's answer to a request: the Pod as it would be stored, with the warnings, or its refusal. */
export type Asked =
  | { readonly pod: V1Pod; readonly warnings: readonly string[] }
  | { readonly refused: string };

export async function ask(
  request: () => Promise<{ readonly headers: object; readonly data: V1Pod }>,
): Promise<Asked> {
  try {
    const { headers, data } = await request();
    return { pod: data, warnings: warningsOf(headers) };
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const body: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    return { refused: (body as { message: string }).message };
  }
}

/** Only the warnings of the guard, as the API server warns of other things, too. */
function warningsOf(headers: object): readonly string[] {
  const [, value = ''] = Object.entries(headers).find(([key]) => key.toLowerCase() === 'warning') ?? [];
  return [
    ...String(value).matchAll(
      /Validation failed for ValidatingAdmissionPolicy '[^']*' with binding '[^']*': (.*?)(?:"(?:,|$))/g,
    ),
  ].map(([, said = '']) => said.replaceAll('\\"', '"'));
}

export const askToCreate = (pod: V1Pod): Promise<Asked> =>
  ask(() =>
    core.createNamespacedPodWithHttpInfo({
      namespace: pod.metadata?.namespace ?? '',
      body: pod,
      dryRun: 'All',
    }),
  );

/** Waits until the guard is in force, which shows when it warns of a Pod that no class contains. */
export const inForce = (namespace: string): Promise<unknown> =>
  poll(`the guard of ${namespace} is in force`, async () => {
    const probe = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'a' }] },
    };
    const asked = await askToCreate(probe);
    return 'refused' in asked || asked.warnings.length > 0 ? asked : undefined;
  });

export const remove = (kind: string, ...names: string[]): Promise<unknown> =>
  kubectl(['delete', kind, '--ignore-not-found', '--wait=false', ...names]);
