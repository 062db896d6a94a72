import type { Pod } from '../pod/kube.ts';
import { type PodView, viewPod } from '../pod/view.ts';
import type { CompiledPolicy, Snapshot } from '../policy/policy.ts';
import { type Isolation, rank, strongest } from '../profiles/isolation.ts';
import { isBeyondBounds } from '../signals/bounds.ts';
import { inspect, isRisk, RISKS, SIGNALS } from '../signals/index.ts';
import type { Finding, Signal } from '../signals/signal.ts';
import type { Assessment, DecisionRequest, PlacementStep } from './decision.ts';
import { type FoundSignal, signalsFound } from './found.ts';
import { assess, assessContent } from './require.ts';
import { scoreRules } from './score.ts';
import { waive } from './waive.ts';

/** The stored Pod, inspected and waived by today's exemptions. */
export interface Stored {
  readonly pod: PodView;
  readonly findings: readonly Finding[];
  readonly found: readonly FoundSignal[];
}

/** The Pod before an update; undefined where the request does not carry it, so that all of the new Pod is judged. */
export const oldPodOf = ({ operation, oldPod }: DecisionRequest): Pod | undefined =>
  operation === 'UPDATE' ? oldPod : undefined;

/**
 * The signals to look for: all of them, unless the stored Pod is beyond the bounds, as sending updates of that again and again
 * costs its author nothing. Hygiene and requirements, of which it has most, have no effect on an update, and no signal has one
 * on what always passes.
 *
 * @param oldPod the Pod before an update
 * @param isCounted whether nothing was found to be added beyond the bounds: then a new Pod is beyond none
 */
export function signalsFor(
  pod: Pod,
  oldPod: Pod | undefined,
  { isCounted }: { readonly isCounted: boolean },
): readonly Signal[] {
  if (isCounted && !oldPod) return SIGNALS;
  const isLarge = isBeyondBounds(pod) || (oldPod !== undefined && isBeyondBounds(oldPod));
  return isLarge ? RISKS : SIGNALS;
}

/** @param signals the signals to look for */
export function inspectStored(
  oldPod: Pod,
  signals: readonly Signal[],
  request: DecisionRequest,
  { exemptions }: Snapshot,
  now: number,
): Stored {
  const pod = viewPod(oldPod, request.namespaceName, request.namespace?.labels);
  const { findings } = waive(inspect(pod, signals), pod, exemptions, now);
  return { pod, findings, found: signalsFound(findings) };
}

/** The Pod as it is judged: a label that an update changes is drift, so the stored labels count, even for rules. */
export function judgedPod(request: DecisionRequest): Pod {
  const { pod } = request;
  const oldPod = oldPodOf(request);
  return oldPod ? ({ ...pod, metadata: { ...pod.metadata, labels: oldPod.metadata?.labels } } as Pod) : pod;
}

/**
 * The findings that an update adds. The stored Pod's findings are not judged again, so that no Pod is wedged by a policy that
 * came later. A finding that was waived and no longer is (an image no longer matches an exemption) counts as added. The
 * comparison is with what the stored Pod really has, never with a claim in it (CVE-2021-25735).
 */
export function addedFindings(findings: readonly Finding[], stored: Stored | undefined): readonly Finding[] {
  // Fails closed: an update without the stored Pod is judged as if all of it were new.
  if (!stored) return findings;
  // Findings are first grouped by path, as a value may be megabytes long, and there may be tens of thousands of findings.
  const before = Map.groupBy(stored.findings, ({ path }) => path);
  return findings.filter(finding => !before.get(finding.path)?.some(other => isSame(finding, other)));
}

const isSame = (a: Finding, b: Finding): boolean =>
  a.signal === b.signal && a.value === b.value && (a.waivedBy === undefined) === (b.waivedBy === undefined);

/**
 * The assessment of an update by one policy: of only what it adds, or of the whole Pod where the addition takes it above what
 * the stored Pod's content needed. So several small updates cannot reach what one Pod could not. Labels and standing floors
 * count for the whole, but not for what was there before; otherwise a Pod already lifted by a label could be given anything.
 */
export function assessUpdate(
  policy: CompiledPolicy,
  { found, added }: { readonly found: readonly FoundSignal[]; readonly added: readonly FoundSignal[] },
  pod: PodView,
  stored: Stored,
  namespace: DecisionRequest['namespace'],
): Assessment {
  const alone = assessContent(policy, added);
  const before = assessContent(policy, stored.found, scoreRules(policy, stored.pod, namespace));
  const after = assess(policy, found, pod, namespace);
  const adds = alone.required !== 'host-kernel' || matchesMore(after, before);
  const lifted = rank(after.required) > rank(strongest(before.required, alone.required));
  return adds && lifted ? after : alone;
}

const matchesMore = (after: Assessment, before: Assessment): boolean => {
  const rules = before.contributions.filter(({ kind }) => kind === 'rule').map(({ id }) => id);
  return after.contributions.some(({ kind, id }) => kind === 'rule' && !rules.includes(id));
};

/**
 * Whether a signal matters for an update. A running Pod cannot get out of its sandbox by something that the sandbox cannot do
 * (when a CNI marks it as captured, say).
 */
export const bears = ({ signal }: FoundSignal): boolean => isRisk(signal);

/** True when what is added is contained where the Pod runs; any other fault of its class is older. */
export function holds(here: PlacementStep | undefined, required: Isolation): boolean {
  // A class that no longer exists counts as the host kernel.
  if (!here || here.objections.some(({ code }) => code === 'missing')) return required === 'host-kernel';
  // The same goes for what an exemption waives and its sandbox does not serve: the Pod runs, and sees it no less than before.
  return here.objections.every(
    ({ code, signal }) => code !== 'too-weak' && (signal === undefined || code === 'not-served'),
  );
}
