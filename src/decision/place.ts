import type { NodeBits } from '../cluster/node-set.ts';
import type { ClusterView, NodeFeature, Nodes } from '../cluster/view.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import { atLeast, type Isolation } from '../profiles/isolation.ts';
import type { Profile, ProfileTable, Support } from '../profiles/profile.ts';
import type { SignalId } from '../signals/signal.ts';
import { type Candidate, candidatesOf, lists } from './candidates.ts';
import type { Objection, PlacementStep } from './decision.ts';
import type { Found } from './found.ts';
import { anyCanTake, nodesAskedFor } from './land.ts';
import { contradiction, type Scheduling } from './schedule.ts';

/** What placement looks at: the same for every candidate. */
export interface Placing {
  readonly found: readonly Found[];
  readonly required: Isolation;
  readonly scheduling: Scheduling;
  /** The governing cluster policy: its list orders, it accepts degradations. */
  readonly policy: CompiledPolicy;
  /** The other matching policies: their lists only filter. */
  readonly others: readonly CompiledPolicy[];
  readonly profiles: ProfileTable;
  readonly view: ClusterView;
}

/** Every candidate with its objections, in order; the chosen one, if any fits, is marked. */
export function place(placing: Placing): readonly PlacementStep[] {
  const asked = askedFor(placing);
  const steps = candidatesOf(placing.policy, placing.view, placing.profiles).map(candidate =>
    consider(candidate, placing, asked),
  );
  const fitting = steps.filter(fits);
  // Availability orders, it does not reject: a class that no node can run now is still better than runc.
  const chosen = fitting.find(step => step.available) ?? fitting[0];
  return steps.map(step => (step === chosen ? { ...step, chosen: true } : step));
}

/** No objection but that no node can run it now. */
export const fits = (step: PlacementStep): boolean =>
  step.objections.every(objection => objection.code === 'no-node');

/** The same for every class; undefined where nothing is known of nodes. */
function askedFor({ view, scheduling }: Placing): NodeBits | undefined {
  const nodes = view.nodes();
  return nodes && nodesAskedFor(nodes, scheduling);
}

/** One class, chosen or not. */
export function consider(
  candidate: Candidate,
  placing: Placing,
  asked: NodeBits | undefined = askedFor(placing),
): PlacementStep {
  const { name, facts } = candidate;
  const profile = placing.profiles.forHandler(facts?.handler ?? '');
  if (!facts) {
    const missing: Objection = { code: 'missing' };
    return step(name, '', profile, [missing], [], false);
  }
  const nodes = placing.view.nodes();
  const words = supportOf(profile, placing.found, facts.handler, nodes);
  const features = placing.found.flatMap(({ signal }) => featureOf(signal) ?? []);
  const available = nodes === undefined || anyCanTake(nodes, placing.scheduling, facts, features, asked);
  const clash = contradiction(placing.scheduling, facts);
  const objections: Objection[] = [
    ...(atLeast(profile.isolation, placing.required) ? [] : [{ code: 'too-weak' } as const]),
    ...words.objections,
    ...(clash === undefined ? [] : [{ code: 'unsupported', detail: clash } as const]),
    ...(placing.others.every(policy => lists(policy, candidate, placing.profiles))
      ? []
      : [{ code: 'not-listed' } as const]),
    ...(available ? [] : [{ code: 'no-node' } as const]),
  ];
  const degraded = words.degraded.filter(signal => !placing.policy.acceptDegraded.has(signal));
  return step(name, facts.handler, profile, objections, degraded, available);
}

function step(
  runtimeClass: string,
  handler: string,
  profile: Profile,
  objections: readonly Objection[],
  degraded: readonly SignalId[],
  available: boolean,
): PlacementStep {
  const { id, isolation } = profile;
  return { runtimeClass, handler, profile: id, isolation, objections, degraded, available, chosen: false };
}

interface Words {
  readonly objections: readonly Objection[];
  readonly degraded: readonly SignalId[];
}

/** What the profile says of every signal that was found, once a signal. */
export function supportOf(
  profile: Profile,
  found: readonly Found[],
  handler: string,
  nodes: Nodes | undefined,
): Words {
  const objections: Objection[] = [];
  const degraded: SignalId[] = [];
  for (const { signal, waived } of found) {
    const support =
      reported(signal, profile, handler, nodes) ?? profile.signals.get(signal)?.support ?? 'exposed';
    if (support === 'degraded') degraded.push(signal);
    // A waiver accepts that the host is reachable; it cannot make a sandbox do what it does not do.
    if (support === 'unsupported' || (support === 'exposed' && !waived)) {
      objections.push({ code: support, signal });
    }
  }
  return { objections, degraded };
}

/** Signals that a node says it can serve, by handler: the kubelet refuses the Pod otherwise. */
const NODE_FEATURES = {
  hostUsers: 'userNamespaces',
  recursiveReadOnly: 'recursiveReadOnlyMounts',
} as const satisfies Record<string, NodeFeature>;

const featureOf = (signal: SignalId): NodeFeature | undefined =>
  Object.hasOwn(NODE_FEATURES, signal) ? NODE_FEATURES[signal as keyof typeof NODE_FEATURES] : undefined;

/** What the nodes that have the handler say of a signal; undefined where they say nothing. */
function reported(
  signal: SignalId,
  profile: Profile,
  handler: string,
  nodes: Nodes | undefined,
): Support | undefined {
  const feature = featureOf(signal);
  if (feature === undefined || !nodes) return undefined;
  const having = nodes.none();
  nodes.handler(handler)?.all.addTo(having);
  const alike = profile.handlers.flatMap(name => nodes.handler(name) ?? []);
  if (!alike.some(({ listed }) => listed.meets(having))) return undefined;
  return alike.some(({ offering }) => offering[feature].meets(having)) ? 'contained' : 'unsupported';
}
