import type { NodeBits } from '../cluster/node-set.ts';
import type { ClusterView, NodeFeature } from '../cluster/view.ts';
import type { PodView } from '../pod/view.ts';
import { type CompiledPolicy, isOfCluster } from '../policy/policy.ts';
import { atLeast, type Isolation } from '../profiles/isolation.ts';
import type { Profile, ProfileTable } from '../profiles/profile.ts';
import type { Finding } from '../signals/signal.ts';
import { type Candidate, candidatesOf, lists } from './candidates.ts';
import type { Decision, Objection, PlacementStep } from './decision.ts';
import type { FoundSignal } from './found.ts';
import { anyCanTake, nodesAskedFor } from './land.ts';
import { contradiction, type Scheduling } from './schedule.ts';
import { featureOf, supportOf } from './support.ts';

/** The input of placement, which is the same for every candidate. */
export interface Placing {
  readonly found: readonly FoundSignal[];
  /** The findings that count for placement. */
  readonly findings: readonly Finding[];
  readonly required: Isolation;
  readonly scheduling: Scheduling;
  /** The governing cluster policy: its list gives the order, and it accepts degradations. */
  readonly policy: CompiledPolicy;
  /** The policies whose lists filter: all that match, as whatever the governing one lists passes its own list. */
  readonly filters: readonly CompiledPolicy[];
  readonly profiles: ProfileTable;
  readonly view: ClusterView;
}

/** The strictest cluster policy, which places; a namespaced one only filters. */
export function placingPolicy(
  policies: readonly CompiledPolicy[],
  { governing, others }: Pick<Decision, 'governing' | 'others'>,
): CompiledPolicy {
  const order = [governing, ...others].map(assessment => assessment.policy);
  const cluster = policies.filter(isOfCluster);
  const [policy] = cluster.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) as [CompiledPolicy];
  return policy;
}

/** Every candidate with its objections, in order; the chosen one, if any fits, is marked. */
export function place(placing: Placing): readonly PlacementStep[] {
  const asked = askedFor(placing);
  const steps = candidatesOf(placing.policy, placing.view, placing.profiles).map(candidate =>
    withOs(consider(candidate, placing, asked), placing),
  );
  const fitting = steps.filter(fits);
  // Availability affects the order and rejects nothing: a class that no node can run now is still better than runc.
  const chosen = fitting.find(step => step.available) ?? fitting[0];
  return steps.map(step => (step === chosen ? { ...step, chosen: true } : step));
}

/** The class that the Pod has; undefined on the host kernel. */
export const whereItRuns = ({ spec }: PodView, placing: Placing): PlacementStep | undefined =>
  spec.runtimeClassName ? under(spec.runtimeClassName, placing) : undefined;

/** A class that a Pod names, considered by what the Pod needs, whatever the policies list. */
export function under(name: string, placing: Placing): PlacementStep {
  const step = consider({ name, facts: placing.view.runtimeClass(name) }, { ...placing, filters: [] });
  return { ...step, chosen: fits(step) };
}

/**
 * A Pod that says nothing of Windows is a Linux one, and would not start under a handler for Windows. (That a Windows Pod
 * does not start elsewhere is a signal of its own.) Not asked of a class that the Pod itself names: by its scheduling, that
 * is how Windows Pods are told.
 * https://kubernetes.io/docs/concepts/windows/user-guide/#simplifying-with-runtimeclass
 */
function withOs(step: PlacementStep, { found, profiles }: Placing): PlacementStep {
  if (profiles.forHandler(step.handler).os === 'linux') return step;
  if (found.some(({ signal }) => signal === 'windowsPod')) return step;
  return { ...step, objections: [...step.objections, { code: 'other-os' }] };
}

/** True where nothing stands against it except that no node can run it now. */
export const fits = (step: PlacementStep): boolean =>
  step.objections.every(objection => objection.code === 'no-node');

/** The nodes that the Pod asks for, which are the same for every class; undefined where nothing is known of nodes. */
function askedFor({ view, scheduling }: Placing): NodeBits | undefined {
  const nodes = view.nodes();
  return nodes && nodesAskedFor(nodes, scheduling);
}

/** One class, chosen or not. */
function consider(
  candidate: Candidate,
  placing: Placing,
  asked: NodeBits | undefined = askedFor(placing),
): PlacementStep {
  const { name, facts } = candidate;
  const profile = placing.profiles.forHandler(facts?.handler ?? '');
  if (!facts) return missing(name, profile);
  const nodes = placing.view.nodes();
  const words = supportOf(profile, placing.found, placing.findings, facts.handler, nodes);
  const available =
    nodes === undefined || anyCanTake(nodes, placing.scheduling, facts, featuresOf(placing.found), asked);
  const clash = contradiction(placing.scheduling, facts);
  const objections: Objection[] = [
    ...(atLeast(profile.isolation, placing.required) ? [] : [{ code: 'too-weak' } as const]),
    ...words.objections,
    ...(clash === undefined ? [] : [{ code: 'unsupported', detail: clash } as const]),
    ...(placing.filters.every(policy => lists(policy, facts, placing.view, placing.profiles))
      ? []
      : [{ code: 'not-listed' } as const]),
    ...(available ? [] : [{ code: 'no-node' } as const]),
  ];
  const degraded = words.degraded.filter(signal => !placing.policy.acceptDegraded.has(signal));
  // The object is written out, as there is one for each class of each Pod: spreading a shared part into it took V8 a third of
  // the whole decision.
  return {
    runtimeClass: name,
    handler: facts.handler,
    profile: profile.id,
    isolation: profile.isolation,
    objections,
    degraded,
    notServed: words.notServed,
    available,
    chosen: false,
  };
}

/** What the kubelet of a node has to support for what was found. */
const featuresOf = (found: readonly FoundSignal[]): readonly NodeFeature[] =>
  found.flatMap(({ signal }) => featureOf(signal) ?? []);

const missing = (runtimeClass: string, { id, isolation }: Profile): PlacementStep => ({
  runtimeClass,
  handler: '',
  profile: id,
  isolation,
  objections: [{ code: 'missing' }],
  degraded: [],
  notServed: [],
  available: false,
  chosen: false,
});
