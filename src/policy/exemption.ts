import { perPod } from '../pod/per-pod.ts';
import type { PodView } from '../pod/view.ts';
import { asFound } from '../signals/as-found.ts';
import type { Finding } from '../signals/signal.ts';
import type { Flaw } from '../source/flaw.ts';
import { DAY_MS } from '../source/time.ts';
import { addWaived, type Waivers } from './formerly.ts';
import { compileImage } from './image.ts';
import type { CompiledExemption } from './policy.ts';
import { unknownSignal } from './scoring.ts';
import { compileSelector, selectorFlaws } from './selector.ts';
import type { SandboxExemption } from './types.gen.ts';

/** The time against which an exemption's expiry is judged. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly maxExemptionDays: number;
}

/** @param document an exemption that fits its schema */
export function compileExemption(document: SandboxExemption): CompiledExemption {
  const { match, waive, owner, reason, expires } = document.spec;
  // Namespaces are compared exactly, and with that of the request: the Pod's own may be empty or forged (CVE-2024-48921).
  const namespaces = new Set(match.namespaces);
  const accounts = match.serviceAccounts && new Set(match.serviceAccounts);
  const matchesLabels = compileSelector(match.podSelector);
  const matchesImages = imageTest(match.images);
  const values: Waivers = new Map();
  for (const { signal, values: some } of waive) {
    addWaived(values, signal, some?.map(value => asFound(signal, String(value))) ?? 'all');
  }
  return Object.freeze({
    name: document.metadata.name,
    owner,
    reason,
    expires: Date.parse(expires),
    scope: {
      namespaces: match.namespaces,
      ...(match.podSelector && { podSelector: match.podSelector }),
      ...(match.serviceAccounts && { serviceAccounts: match.serviceAccounts }),
      ...(match.images && { images: match.images }),
      values,
    },
    covers: (pod: PodView) =>
      namespaces.has(pod.namespace) &&
      (!accounts || accounts.has(pod.serviceAccount)) &&
      matchesLabels(pod.labels),
    waives: (finding: Finding, pod: PodView) =>
      hasValue(values.get(finding.signal), finding) && matchesImages(finding, pod),
  });
}

function hasValue(allowed: ReadonlySet<string> | 'all' | undefined, { value }: Finding): boolean {
  if (allowed === undefined || allowed === 'all') return allowed === 'all';
  return value !== undefined && allowed.has(String(value));
}

/**
 * Tests the images of a finding: a container's finding counts where its image matches, a finding of the whole Pod where every
 * image does.
 */
function imageTest(patterns: readonly string[] | undefined): (finding: Finding, pod: PodView) => boolean {
  if (!patterns) return () => true;
  const tests = patterns.map(compileImage).filter(test => test !== undefined);
  const matches = (image: string): boolean => tests.some(test => test(image));
  // The map is by path, as two containers may have the same name until the API server has validated the Pod.
  const matching = perPod(
    ({ containers }) => new Set(containers.filter(({ image }) => matches(image)).map(({ path }) => path)),
  );
  return (finding, pod) => {
    const paths = matching(pod);
    if (finding.container !== undefined) return paths.has(containerPath(finding));
    return paths.size > 0 && paths.size === pod.containers.length;
  };
}

/** `spec.containers[0]` of a path below it. */
const containerPath = ({ path }: Finding): string => path.slice(0, path.indexOf(']') + 1);

/** Flaws of an exemption that its schema cannot express. */
export function exemptionFlaws({ spec }: SandboxExemption, clock: Clock): readonly Flaw[] {
  return [
    ...selectorFlaws(spec.match.podSelector, ['spec', 'match', 'podSelector']),
    ...spec.waive.flatMap(({ signal }, i) => unknownSignal(signal, ['spec', 'waive', i, 'signal'])),
    ...(spec.match.images ?? []).flatMap((image, i): readonly Flaw[] => {
      if (compileImage(image)) return [];
      const fix = 'Write a repository, with a tag or digest, or end it in /*.';
      return [{ path: ['spec', 'match', 'images', i], message: `${JSON.stringify(image)} is no image`, fix }];
    }),
    ...expiryFlaws(spec.expires, clock),
    ...(Date.parse(spec.expires) > clock.now ? draftFlaws(spec) : []),
  ];
}

/** The word with which `explain` begins what a person has to fill in. */
export const TO_DO = 'TODO';

/** Whether a text is still as it was drafted. */
export const isToDo = (text: string): boolean => /^TODO(?![\w-])/.test(text);

/** A warning for what a draft leaves open: applying it asks nobody to fill it in, and whoever reads it later asks in vain. */
const draftFlaws = ({ owner, reason }: SandboxExemption['spec']): readonly Flaw[] =>
  Object.entries({ owner, reason })
    .filter(([, text]) => isToDo(text))
    .map(
      ([key]): Flaw => ({
        path: ['spec', key],
        message: `still begins with ${TO_DO}, as it was drafted: it is in force all the same`,
        fix: key === 'owner' ? 'Name who answers for it.' : 'Say why it has to be so.',
        severity: 'warning',
      }),
    );

function expiryFlaws(expires: string, { now, maxExemptionDays }: Clock): readonly Flaw[] {
  const path = ['spec', 'expires'];
  const end = Date.parse(expires);
  if (Number.isNaN(end)) return [{ path, message: `${expires} is no date`, fix: 'Correct the date.' }];
  if (end <= now) {
    const fix = 'Renew it after a review, or delete it.';
    return [
      { path, message: `expired on ${expires.slice(0, 10)}, so nothing is waived`, fix, severity: 'warning' },
    ];
  }
  if (end - now <= maxExemptionDays * DAY_MS) return [];
  const latest = new Date(now + maxExemptionDays * DAY_MS).toISOString().slice(0, 10);
  return [{ path, message: `more than ${maxExemptionDays} days away`, fix: `Choose a day up to ${latest}.` }];
}
