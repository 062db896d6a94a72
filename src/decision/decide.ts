import type { ClusterView, RuntimeClassFacts } from '../cluster/view.ts';
import { INJECTED_ANNOTATION, MIRROR_ANNOTATION } from '../pod/annotations.ts';
import type { Pod } from '../pod/kube.ts';
import { asSent } from '../pod/sent/index.ts';
import { type PodView, viewPod } from '../pod/view.ts';
import type { CompiledPolicy, Snapshot } from '../policy/policy.ts';
import { atLeast, strongest } from '../profiles/isolation.ts';
import { type Excess, excessOf } from '../signals/bounds.ts';
import { inspect } from '../signals/index.ts';
import type { Finding } from '../signals/signal.ts';
import { mayList } from './candidates.ts';
import type { Decision, DecisionRequest, Outcome, PlacementStep, Verdict } from './decision.ts';
import { type FoundSignal, signalsFound } from './found.ts';
import { fits, type Placing, place, placingPolicy, under, whereItRuns } from './place.ts';
import { assess, assessContent, govern, policiesFor } from './require.ts';
import { schedulingOf, withoutClass } from './schedule.ts';
import { unvouchedAmong } from './unvouched.ts';
import {
  addedFindings,
  assessUpdate,
  bears,
  holds,
  inspectStored,
  judgedPod,
  oldPodOf,
  signalsFor,
} from './update.ts';
import { waive } from './waive.ts';

/** What every verdict rests on: the Pod inspected, waived and scored, and what that requires. */
type Judged = Omit<
  Decision,
  'verdict' | 'outcome' | 'runtimeClass' | 'suggestion' | 'unnamed' | 'isolation' | 'placement' | 'unvouched'
>;

/**
 * Decides where a Pod may run: inspect, waive, score, require, place, verdict. It is pure (no I/O, no clock, no globals), and
 * does not throw on a Pod that `readPod` accepted.
 *
 * @param asked the admission request, or a manifest dressed as one
 * @param snapshot policies, exemptions and profiles, compiled
 * @param view what is known of the cluster
 * @param now milliseconds since the epoch, for the expiry of exemptions
 */
export function decide(asked: DecisionRequest, snapshot: Snapshot, view: ClusterView, now: number): Decision {
  const request = withoutUnread(asked);
  const passes = alwaysPasses(request);
  const oldPod = oldPodOf(request);
  const excess = passes ? [] : excessOf(request.pod, oldPod);
  if (excess.length > 0) return decideExcess(request, snapshot, excess);

  const signals = signalsFor(request.pod, oldPod, { isCounted: !passes });
  const stored = oldPod && inspectStored(oldPod, signals, request, snapshot, now);
  const pod = viewPod(
    judgedPod(request),
    request.namespaceName,
    request.namespace?.labels,
    sentLater(request, view),
  );

  const { findings, exemptions } = waive(inspect(pod, signals), pod, snapshot.exemptions, now);
  const found = signalsFound(findings);
  const added = request.operation === 'UPDATE' ? addedFindings(findings, stored) : undefined;
  const foundAdded = added && signalsFound(added);

  const policies = policiesFor(snapshot, pod, request.namespace);
  const assessments = policies.map(policy =>
    stored && foundAdded
      ? assessUpdate(policy, { found, added: foundAdded }, pod, stored, request.namespace)
      : assess(policy, found, pod, request.namespace),
  );
  const { governing, others, required } = govern(assessments);
  const whole = { findings, exemptions, governing, others, required };
  const judged: Judged = added ? { ...whole, added } : whole;

  // Most Pods need no sandbox, so nothing is placed before a verdict needs it.
  const placing = (considered: readonly FoundSignal[], of = findings): Placing => ({
    policy: placingPolicy(policies, judged),
    filters: policies,
    found: considered,
    findings: of,
    required,
    scheduling: schedulingOf(pod.spec),
    profiles: snapshot.profiles,
    view,
  });
  if (passes) return conclude(judged, passes, 'admit', whereItRuns(pod, placing(found)));
  if (added && foundAdded) {
    return decideUpdate(judged, added, whereItRuns(pod, placing(foundAdded.filter(bears), added)));
  }
  const named = pod.spec.runtimeClassName ?? undefined;
  if (named !== undefined) return decideExplicit(judged, pod, named, placing(found));
  if (required === 'host-kernel') return conclude(judged, 'nothing-required', 'admit');
  return decidePlacement(judged, placing(found), 'injected');
}

/** The Pod of a manifest as rules read it. */
function sentLater({ pod, isWritten }: DecisionRequest, view: ClusterView): (() => Pod) | undefined {
  return isWritten ? () => asSent(pod, view.runtimeClass(pod.spec?.runtimeClassName ?? '')) : undefined;
}

/** Fails closed: a namespace with more labels than are read may ask for anything. */
const withoutUnread = (request: DecisionRequest): DecisionRequest =>
  request.namespace?.beyond === undefined ? request : { ...request, namespace: undefined };

/** Such a Pod is rejected whatever else it is. The rest is not looked at, as its author may have sent it to cause that cost. */
function decideExcess(request: DecisionRequest, snapshot: Snapshot, excess: readonly Excess[]): Decision {
  // A policy matches only by labels.
  const { metadata } = judgedPod(request);
  const pod = viewPod({ metadata } as Pod, request.namespaceName, request.namespace?.labels);
  const policies = policiesFor(snapshot, pod, request.namespace);
  const nothing = {
    ...govern(policies.map(policy => assessContent(policy, []))),
    findings: [],
    exemptions: [],
  };
  const judged: Judged = request.operation === 'UPDATE' ? { ...nothing, added: [] } : nothing;
  return { ...conclude(judged, 'out-of-bounds', 'reject'), excess };
}

/** The outcome of requests that are recorded, but never refused. */
function alwaysPasses(request: DecisionRequest): Outcome | undefined {
  if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return 'not-judged';
  // The stored object decides, not the request: a finalizer must be removable whatever policy came later.
  if (request.operation === 'UPDATE' && request.oldPod?.metadata?.deletionTimestamp) return 'deleting';
  // Anyone may set the annotation (kubernetes#53467), but only a kubelet has a static Pod to mirror.
  const fromNode = request.userInfo.groups.includes('system:nodes');
  const annotations = request.pod.metadata?.annotations ?? {};
  return fromNode && Object.hasOwn(annotations, MIRROR_ANNOTATION) ? 'mirror' : undefined;
}

/** An update is admitted or rejected by what it adds, against the class the Pod already has. */
function decideUpdate(judged: Judged, added: readonly Finding[], here: PlacementStep | undefined): Decision {
  if (!holds(here, judged.required)) return conclude(judged, 'added-not-contained', 'reject', here);
  const some = added.some(finding => finding.waivedBy === undefined);
  return conclude(judged, some ? 'added-contained' : 'nothing-added', 'admit', here);
}

/**
 * A class that the author has chosen is never changed; one that was injected before may be raised. An empty name is a name,
 * too, which no class has: the API server looks for it, and refuses the Pod (plugin/pkg/admission/runtimeclass, then
 * ValidateRuntimeClassName).
 */
function decideExplicit(judged: Judged, pod: PodView, name: string, placing: Placing): Decision {
  const here = under(name, placing);
  if (fits(here)) return conclude(judged, 'explicit-enough', 'admit', here);

  // The API server has merged the scheduling of the class into the Pod; with another class, it would not be there.
  const facts = placing.view.runtimeClass(here.runtimeClass);
  const scheduling = facts ? withoutClass(placing.scheduling, facts) : placing.scheduling;
  const otherwise = { ...placing, scheduling };
  const injected = pod.annotations[INJECTED_ANNOTATION] === here.runtimeClass;
  if (injected && facts) return decidePlacement(judged, otherwise, 'raised');
  const isWeak = here.objections.some(({ code }) => code === 'too-weak');
  const rejected = {
    ...conclude(judged, 'explicit-not-enough', 'reject', here),
    ...(isWeak && facts && unvouched([facts], placing)),
  };
  // Nobody is told to give up the isolation that they have chosen. For a class that does not exist, only its name is known, and
  // most classes are named for their handlers.
  const meant = facts ? here.isolation : placing.profiles.forHandler(here.runtimeClass).isolation;
  const asIsolated = { ...otherwise, required: strongest(placing.required, meant) };
  const suggestion = place(asIsolated).find(step => step.chosen)?.runtimeClass;
  return suggestion === undefined ? { ...rejected, unnamed: place(otherwise) } : { ...rejected, suggestion };
}

function decidePlacement(judged: Judged, placing: Placing, outcome: 'injected' | 'raised'): Decision {
  const placement = place(placing);
  const chosen = placement.find(step => step.chosen);
  if (!chosen) {
    const isEnough = placement.some(step => atLeast(step.isolation, placing.required) && isInQuestion(step));
    const listed = ({ name }: RuntimeClassFacts) => placing.filters.every(policy => mayList(policy, name));
    const why = isEnough ? {} : unvouched(placing.view.runtimeClasses().filter(listed), placing);
    return { ...conclude(judged, 'nothing-contains', 'reject'), placement, ...why };
  }
  if (!chosen.available && placing.filters.some(insists))
    return { ...conclude(judged, 'unavailable', 'reject'), placement };
  return { ...conclude(judged, outcome, 'sandbox', chosen), placement };
}

/** Whether a class comes into question at all, whatever the Pod needs of it. */
const isInQuestion = ({ objections }: PlacementStep): boolean =>
  objections.every(({ code }) => code !== 'other-os' && code !== 'not-listed');

const unvouched = (
  classes: readonly RuntimeClassFacts[],
  { profiles }: Placing,
): Pick<Decision, 'unvouched'> => {
  const some = unvouchedAmong(classes, profiles);
  return some.length > 0 ? { unvouched: some } : {};
};

/** Whether the policy prefers no Pod to one that waits for a node. */
const insists = ({ whenUnavailable }: CompiledPolicy): boolean => whenUnavailable === 'Reject';

function conclude(judged: Judged, outcome: Outcome, verdict: Verdict, at?: PlacementStep): Decision {
  const placement = at ? [at] : [];
  if (verdict === 'reject') return { verdict, outcome, ...judged, placement };
  const isolation = at?.isolation ?? 'host-kernel';
  const where = at ? { isolation, runtimeClass: at.runtimeClass } : { isolation };
  return { verdict, outcome, ...where, ...judged, placement };
}
