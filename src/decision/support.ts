import type { NodeFeature, Nodes } from '../cluster/view.ts';
import type { Unserved } from '../profiles/not-served.ts';
import type { Profile, Support } from '../profiles/profile.ts';
import { wordsFor } from '../profiles/words.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { Objection } from './decision.ts';
import { type FoundSignal, resourcesIn } from './found.ts';

interface Words {
  readonly objections: readonly Objection[];
  readonly degraded: readonly SignalId[];
  readonly notServed: readonly SignalId[];
}

/**
 * What the profile says about every signal that was found, once for each signal, and once for each resource that it knows by
 * name.
 * @param findings what was found, which is looked into only where the profile has a word about it
 */
export function supportOf(
  profile: Profile,
  found: readonly FoundSignal[],
  findings: readonly Finding[],
  handler: string,
  nodes: Nodes | undefined,
): Words {
  const objections: Objection[] = [];
  const degraded = new Set<SignalId>();
  const notServed: SignalId[] = [];
  for (const { signal, waived } of found) {
    for (const { word, resource } of wordsFor(profile, signal, resourcesIn(findings, signal))) {
      const support = reported(signal, profile, handler, nodes) ?? word?.support ?? 'exposed';
      if (support === 'degraded') degraded.add(signal);
      // A waiver accepts that the host can be reached; it cannot make a sandbox do what it does not do.
      const objects = support === 'unsupported' || (support === 'exposed' && !waived);
      if (objects)
        objections.push({ code: support, signal, ...(resource !== undefined && { detail: resource }) });
    }
    const missing = unservedAmong(findings, signal, profile.signals.get(signal)?.notServed);
    if (missing.length === 0) continue;
    notServed.push(signal);
    objections.push(...inVain(signal, missing));
  }
  return { objections, degraded: [...degraded], notServed };
}

/** A waiver also cannot show the container what the host has, where the sandbox has its own. */
function inVain(signal: SignalId, missing: readonly Finding[]): readonly Objection[] {
  const waived = missing.filter(({ waivedBy }) => waivedBy !== undefined);
  return waived.length > 0 ? [{ code: 'not-served', signal, detail: pathsOf(waived) }] : [];
}

const unservedAmong = (
  findings: readonly Finding[],
  signal: SignalId,
  unserved: Unserved | undefined,
): readonly Finding[] =>
  unserved
    ? findings.filter(finding => finding.signal === signal && unserved.has(String(finding.value)))
    : [];

const pathsOf = (findings: readonly Finding[]): string =>
  [...new Set(findings.map(({ value, written }) => written ?? String(value)))].join(', ');

/** Signals that a node reports its handlers to support; otherwise the kubelet refuses the Pod. */
const NODE_FEATURES = {
  hostUsers: 'userNamespaces',
  recursiveReadOnly: 'recursiveReadOnlyMounts',
} as const satisfies Record<string, NodeFeature>;

export const featureOf = (signal: SignalId): NodeFeature | undefined =>
  Object.hasOwn(NODE_FEATURES, signal) ? NODE_FEATURES[signal as keyof typeof NODE_FEATURES] : undefined;

/** What the nodes with the handler report about a signal; undefined where they report nothing. */
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
