import type { Contribution, Decision, Floor } from '../../decision/decision.ts';
import { isHygiene } from '../../decision/score.ts';
import { type Isolation, meantIsolation } from '../../profiles/isolation.ts';
import { signalById } from '../../signals/index.ts';
import type { Finding, SignalId } from '../../signals/signal.ts';
import { clean, count, quote, someOf } from '../../source/text.ts';

const ISOLATION_WORDS: Readonly<Record<Isolation, string>> = {
  'host-kernel': 'the host kernel',
  'app-kernel': 'an application kernel (app-kernel)',
  vm: 'a VM (vm)',
  'confidential-vm': 'a confidential VM (confidential-vm)',
};

/** `a VM (vm)`, for readers who do not know the four words yet. */
export const isolationWords = (isolation: Isolation): string => ISOLATION_WORDS[isolation];

/** `privileged container`: the signal's title as in a list, without an article. */
export function titleOf(signal: SignalId): string {
  const title = signalById.get(signal)?.title ?? signal;
  // Acronyms, words of the API (HostToContainer) and names keep their capitals.
  return /^(?!Windows|Kata)[A-Z][a-z]*([ -]|$)/.test(title)
    ? title.charAt(0).toLowerCase() + title.slice(1)
    : title;
}

/** `a privileged container`: the signal as in a sentence. */
export function phraseOf(id: SignalId): string {
  const signal = signalById.get(id);
  if (!signal) return id;
  const title = titleOf(id);
  return signal.phrase ?? `${/^[aeiou]/i.test(title) ? 'an' : 'a'} ${title}`;
}

/** `Deployment/web` */
export const objectName = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${clean(kind)}/${clean(name) || '(unnamed)'}`;

/** `spec.hostPID = true` */
export function placeOf({ path, value, written }: Pick<Finding, 'path' | 'value' | 'written'>): string {
  const shown = written ?? value;
  return shown === undefined ? clean(path) : `${clean(path)} = ${clean(String(shown), 80)}`;
}

/** `the host's PID namespace (spec.hostPID = true)`, with the first place and the number of others. */
function signalWithPlace(signal: SignalId, findings: readonly Finding[]): string {
  const places = findings.filter(finding => finding.signal === signal && finding.waivedBy === undefined);
  const [first] = places;
  if (!first) return phraseOf(signal);
  const more = places.length > 1 ? ` and ${count(places.length - 1, 'more place')}` : '';
  return `${phraseOf(signal)} (${placeOf(first)}${more})`;
}

/** How a sentence names a signal: with its place, or without it where the places are listed anyway. */
export type Namer = (signal: SignalId, findings: readonly Finding[]) => string;
export const withPlace: Namer = signalWithPlace;
export const withoutPlace: Namer = phraseOf;

/** `label cofferdam.dev/risk=high on the Pod`, `rule internet-facing`, `host port`. */
export function contributionWords({ kind, id, value, on, note, meant }: Contribution): string {
  if (kind === 'signal') return titleOf(id);
  if (kind === 'rule') {
    const why = note === 'rule-error' ? ' (could not be evaluated, so it counts)' : '';
    return `rule ${quote(id)}${why}`;
  }
  if (note === 'unknown-namespace')
    return `label ${clean(id)} (the namespace is not known: its highest value)`;
  const where = { namespace: 'the namespace', service: 'the service', pod: 'the Pod' }[on ?? 'pod'];
  const hint = meant === undefined ? '' : `; did you mean ${clean(meant)}?`;
  const unknown = note === 'unknown-value' ? ` (not a listed value: counts as the highest${hint})` : '';
  return `label ${clean(id)}=${clean(value ?? '')} on ${where}${unknown}`;
}

/** What the required isolation comes from, the most telling cause first; empty on the host kernel. */
export function causes({ governing, findings, required }: Decision, name: Namer = withPlace): string[] {
  const floors = governing.floors.filter(floor => floor.isolation === required);
  const signals = floors.filter(floor => floor.because === 'signal');
  const tiers = floors.filter(floor => floor.because === 'tier').map(({ id }) => Number(id));
  return [
    ...signals.map(floor => name(floor.id, findings)),
    ...(tiers.length > 0 ? tierCauses(governing, Math.min(...tiers), signals.length > 0) : []),
    ...floors.filter(floor => floor.because === 'policy' || floor.because === 'namespace').map(floorWords),
  ];
}

/**
 * Labels and rules that reach the tier by themselves, one of them or all together; or else the sum, and its parts. Where
 * signals explain the isolation anyway, the sum is no news.
 */
function tierCauses(
  { contributions, tierScore }: Decision['governing'],
  tier: number,
  explained: boolean,
): string[] {
  const heaviest = contributions
    .filter(one => one.weight > 0 && !isHygiene(one))
    .toSorted((a, b) => b.weight - a.weight);
  const others = heaviest.filter(({ kind }) => kind !== 'signal');
  const alone = others.filter(({ weight }) => weight >= tier);
  if (alone.length > 0) return alone.map(one => `the ${contributionWords(one)}`);
  if (explained) return [];
  const parts = heaviest.map(one => contributionWords(one) + (heaviest.length > 1 ? ` ${one.weight}` : ''));
  return [`a score of ${tierScore} (${someOf(parts)})`];
}

function isolationHint(word: string): string {
  const meant = meantIsolation(word);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

export function floorWords({ because, id, isolation }: Floor): string {
  switch (because) {
    case 'signal':
      return phraseOf(id);
    case 'tier':
      return `a score of ${id} or more`;
    case 'policy':
      return `the policy ${quote(id)}`;
    case 'namespace':
      if (id === 'unknown') return 'its namespace, which is not known';
      return `the namespace's label cofferdam.dev/minimum-isolation=${clean(id)}${id === isolation ? '' : ` (not one of the four words: counts as the strongest${isolationHint(id)})`}`;
  }
}
