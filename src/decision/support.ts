import type { NodeFeature, Nodes } from '../cluster/view.ts';
import type { Unserved } from '../profiles/not-served.ts';
import type { Profile, Support } from '../profiles/profile.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { Objection } from './decision.ts';
import type { Found } from './found.ts';

interface Words {
  readonly objections: readonly Objection[];
  readonly degraded: readonly SignalId[];
  readonly notServed: readonly SignalId[];
}

/**
 * What the profile says of every signal that was found, once a signal.
 * @param findings what was found, which is looked into only where the profile says that some of it is not served
 */
export function supportOf(
  profile: Profile,
  found: readonly Found[],
  findings: readonly Finding[],
  handler: string,
  nodes: Nodes | undefined,
): Words {
  const objections: Objection[] = [];
  const degraded: SignalId[] = [];
  const notServed: SignalId[] = [];
  for (const { signal, waived } of found) {
    const word = profile.signals.get(signal);
    const support = reported(signal, profile, handler, nodes) ?? word?.support ?? 'exposed';
    if (support === 'degraded') degraded.push(signal);
    // A waiver accepts that the host is reachable; it cannot make a sandbox do what it does not do.
    if (support === 'unsupported' || (support === 'exposed' && !waived)) {
      objections.push({ code: support, signal });
    }
    if (!word?.notServed) continue;
    const missing = unservedAmong(findings, signal, word.notServed);
    if (missing.length > 0) notServed.push(signal);
    // Nor can it show the container what the host has, where the sandbox has its own.
    const waivedOnes = missing.filter(({ waivedBy }) => waivedBy !== undefined);
    if (waivedOnes.length > 0) objections.push({ code: 'not-served', signal, detail: pathsOf(waivedOnes) });
  }
  return { objections, degraded, notServed };
}

const unservedAmong = (
  findings: readonly Finding[],
  signal: SignalId,
  unserved: Unserved,
): readonly Finding[] =>
  findings.filter(finding => finding.signal === signal && unserved.has(String(finding.value)));

const pathsOf = (findings: readonly Finding[]): string =>
  [...new Set(findings.map(({ value, written }) => written ?? String(value)))].join(', ');

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
