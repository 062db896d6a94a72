import { MINIMUM_ISOLATION_LABEL, RISK_LABEL } from '../pod/labels.ts';
import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts } from '../signals/guards.ts';
import { countedWithin } from './bounds.ts';
import { listOf } from './findings.ts';
import { nothingFound } from './nothing-found.ts';
import type { Variable } from './object.ts';
import { standingOf } from './policies.ts';
import { IS_JUDGED, OWN_LABELS } from './request.ts';

/*
Most Pods that are created have nothing that a guard looks for, and no label that a policy reads. No policy need look at them,
and a condition says so at a third of what the policy costs. A condition does not see the labels of the namespace
(k8s.io/apiserver, pkg/admission/plugin/policy/validating/validator.go: namespaceObject is null there). So the guard of labels
stands beside the guard, without this condition, bound to the namespaces that have one of these labels.
*/

/** Labels of a Namespace that require something of a Pod in which nothing is found. */
export const ASKING_LABELS = [RISK_LABEL, MINIMUM_ISOLATION_LABEL] as const;

const NAME = 'may-have-to-be-judged';

/** Whether a guard has the condition in front, so that it needs the guard of labels beside it. */
export const hasFront = (
  conditions: readonly { readonly name?: string | null }[] | null | undefined,
): boolean => (conditions ?? []).some(({ name }) => name === NAME);

/**
 * How many namespaces with policies of their own the condition names; with more, it is left out. It is evaluated for every Pod,
 * and tests these names first; with this many, its text is three times as long.
 */
const MOST_NAMESPACES = 200;

/**
 * True of a request that the guard has to look at; undefined where that may be any request:
 * - a cluster policy asks something of Pods without findings and labels,
 * - or reads another label of Namespaces than those that the guard of labels is bound by,
 * - or has rules, which may ask it of any Pod.
 */
export function frontCel({ policies, fallback }: Snapshot): Variable | undefined {
  const ofCluster = [...policies.filter(isOfCluster), fallback];
  const namespaces = [...new Set(policies.flatMap(({ namespace }) => namespace ?? []))].sort();
  if (!ofCluster.every(asksOnlyByLabels) || namespaces.length > MOST_NAMESPACES) return undefined;
  const keys = [...new Set(ofCluster.flatMap(({ labels }) => labels.map(({ key }) => key)))].sort();
  const asked: readonly Cel[] = [
    "request.operation != 'CREATE'",
    `!(${IS_JUDGED})`,
    // The policies of these namespaces are in the guard, or it fails closed there.
    ...(namespaces.length > 0 ? [`request.namespace in ${texts(namespaces)}`] : []),
    ...keys.map(key => `${text(key)} in ${OWN_LABELS}`),
    `[${listOf('object')}].exists(cs, !(${countedWithin({ pod: 'object', containers: 'cs' })}) || !(${nothingFound('cs')}))`,
  ];
  return { name: NAME, expression: asked.join(' || ') };
}

const asksOnlyByLabels = (policy: CompiledPolicy): boolean =>
  standingOf(policy) === 0 &&
  policy.rules.length === 0 &&
  policy.labels.every(({ key }) => (ASKING_LABELS as readonly string[]).includes(key));
