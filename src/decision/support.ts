import type { NodeFeature, Nodes } from '../cluster/view.ts';
import type { Profile, Support } from '../profiles/profile.ts';
import { wordsFor } from '../profiles/words.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Objection } from './decision.ts';
import type { Found } from './found.ts';

interface Words {
  readonly objections: readonly Objection[];
  readonly degraded: readonly SignalId[];
}

/** What the profile says of every signal that was found, once a signal, and of resources that it knows by name once a name. */
export function supportOf(
  profile: Profile,
  found: readonly Found[],
  handler: string,
  nodes: Nodes | undefined,
): Words {
  const objections: Objection[] = [];
  const degraded = new Set<SignalId>();
  for (const { signal, waived, resources } of found) {
    for (const { word, resource } of wordsFor(profile, signal, resources)) {
      const support = reported(signal, profile, handler, nodes) ?? word?.support ?? 'exposed';
      if (support === 'degraded') degraded.add(signal);
      // A waiver accepts that the host is reachable; it cannot make a sandbox do what it does not do.
      if (support === 'unsupported' || (support === 'exposed' && !waived)) {
        objections.push({ code: support, signal, ...(resource !== undefined && { detail: resource }) });
      }
    }
  }
  return { objections, degraded: [...degraded] };
}

/** Signals that a node says it can serve, by handler: the kubelet refuses the Pod otherwise. */
const NODE_FEATURES = {
  hostUsers: 'userNamespaces',
  recursiveReadOnly: 'recursiveReadOnlyMounts',
} as const satisfies Record<string, NodeFeature>;

export const featureOf = (signal: SignalId): NodeFeature | undefined =>
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
