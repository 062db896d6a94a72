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

/** The stored Pod, inspected and waived as today's exemptions have it. */
export interface Stored {
  readonly pod: PodView;
  readonly findings: readonly Finding[];
  readonly found: readonly FoundSignal[];
}

/** The Pod before an update; undefined where the request does not carry it: all of it is then judged as new. */
export const oldPodOf = ({ operation, oldPod }: DecisionRequest): Pod | undefined =>
  operation === 'UPDATE' ? oldPod : undefined;

/**
 * The signals that are asked: all, but of a Pod that was let have more than the bounds say. That costs its author nothing to
 * send again and again. Hygiene and requirements, of which it has most, have no say in an update, and nothing has one in
 * what always passes.
 *
 * @param oldPod before an update
 * @param isCounted whether nothing was found to be added beyond them: then a new Pod is not beyond any
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

/** @param signals that are asked of it */
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

/** The Pod as it is judged: a label that an update changes is drift, so the stored ones count, for rules too. */
export function judgedPod(request: DecisionRequest): Pod {
  const { pod } = request;
  const oldPod = oldPodOf(request);
  return oldPod ? ({ ...pod, metadata: { ...pod.metadata, labels: oldPod.metadata?.labels } } as Pod) : pod;
}

/**
 * The findings that an update brings. The stored Pod's are not judged again, so that no Pod is wedged by a policy that
 * came later; a finding that was waived and no longer is (an image that leaves an exemption) counts as brought.
 *
 * Only what the stored Pod really has is compared, never a claim in it (CVE-2021-25735).
 */
export function addedFindings(findings: readonly Finding[], stored: Stored | undefined): readonly Finding[] {
  // Fails closed: an update without the stored Pod is judged as if all of it were new.
  if (!stored) return findings;
  // Findings are grouped by path first: a value may be megabytes long, and there may be tens of thousands of them.
  const before = Map.groupBy(stored.findings, ({ path }) => path);
  return findings.filter(finding => !before.get(finding.path)?.some(other => isSame(finding, other)));
}

const isSame = (a: Finding, b: Finding): boolean =>
  a.signal === b.signal && a.value === b.value && (a.waivedBy === undefined) === (b.waivedBy === undefined);

/**
 * What one policy makes of an update: of what it adds alone, or of the whole Pod where what it adds takes that above
 * what the stored one's own content needed. So several small updates do not get where one Pod could not. Labels and
 * standing floors count for the whole and not for what was there before: else a Pod that a label has lifted already
 * could be given anything.
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

/** What a running Pod is given and its sandbox cannot do (a CNI marks it as captured, say) is no way out of it. */
export const bears = ({ signal }: FoundSignal): boolean => isRisk(signal);

/** True when what is added is contained where the Pod runs; what else may be wrong with its class is old. */
export function holds(here: PlacementStep | undefined, required: Isolation): boolean {
  // A class that is gone since is taken for the host kernel.
  if (!here || here.objections.some(({ code }) => code === 'missing')) return required === 'host-kernel';
  // This is so, too, of what an exemption is for and its sandbox does not show: the Pod runs, and sees it no less than before.
  return here.objections.every(
    ({ code, signal }) => code !== 'too-weak' && (signal === undefined || code === 'not-served'),
  );
}
