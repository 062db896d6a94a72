import type { ClusterView } from '../cluster/view.ts';
import { INJECTED_ANNOTATION, MIRROR_ANNOTATION } from '../pod/annotations.ts';
import { type PodView, viewPod } from '../pod/view.ts';
import type { CompiledPolicy, Snapshot } from '../policy/policy.ts';
import type { Isolation } from '../profiles/isolation.ts';
import { inspect } from '../signals/index.ts';
import type { Assessment, Decision, DecisionRequest, Outcome, PlacementStep, Verdict } from './decision.ts';
import { type Found, signalsFound } from './found.ts';
import { consider, fits, type Placing, place } from './place.ts';
import { assess, byStrictness, policiesFor } from './require.ts';
import { schedulingOf, withoutClass } from './schedule.ts';
import { addedFindings, assessUpdate, judgedPod, storedPod } from './update.ts';
import { waive } from './waive.ts';

/** What every branch knows: the Pod inspected, waived, scored. */
type Judged = Pick<Decision, 'findings' | 'exemptions' | 'governing' | 'others' | 'required'>;

/**
 * Decides where a Pod may run: inspect, waive, score, require, place, verdict. Pure: no I/O, no clock, no globals,
 * and it does not throw on a Pod that `readPod` accepted.
 *
 * @param request the admission request, or a manifest dressed as one
 * @param snapshot policies, exemptions and profiles, compiled
 * @param view what is known of the cluster
 * @param now milliseconds since the epoch, for the expiry of exemptions
 */
export function decide(
  request: DecisionRequest,
  snapshot: Snapshot,
  view: ClusterView,
  now: number,
): Decision {
  const { namespace } = request;
  const stored = storedPod(request, snapshot, now);
  const pod = viewPod(judgedPod(request), request.namespaceName, namespace?.labels);
  const { findings, exemptions } = waive(inspect(pod), pod, snapshot.exemptions, now);
  const found = signalsFound(findings);
  const policies = policiesFor(snapshot, pod, namespace);
  const judge = (assessOne: (policy: CompiledPolicy) => Assessment): Judged => {
    const [governing, ...others] = policies.map(assessOne).sort(byStrictness) as [
      Assessment,
      ...Assessment[],
    ];
    return { findings, exemptions, governing, others, required: governing.required };
  };
  const placing = (judged: Judged): Placing => ({
    ...byRole(policies, judged),
    found,
    required: judged.required,
    scheduling: schedulingOf(pod.spec),
    profiles: snapshot.profiles,
    view,
  });

  if (request.operation === 'UPDATE') {
    const added = addedFindings(findings, stored);
    const addedFound = signalsFound(added);
    const judged = judge(policy =>
      stored
        ? assessUpdate(policy, { found, added: addedFound }, pod, stored, namespace)
        : assess(policy, found, pod, namespace),
    );
    const passes = alwaysPasses(request, pod);
    if (passes) return conclude(judged, passes, 'admit', whereItRuns(pod, placing(judged)), { added });
    return decideUpdate(judged, added, pod, { ...placing(judged), found: addedFound.filter(bears) });
  }
  const judged = judge(policy => assess(policy, found, pod, namespace));
  const passes = alwaysPasses(request, pod);
  if (passes) return conclude(judged, passes, 'admit', whereItRuns(pod, placing(judged)));
  if (pod.spec.runtimeClassName) return decideExplicit(judged, pod, placing(judged), policies);
  if (judged.required === 'host-kernel') return conclude(judged, 'nothing-required', 'admit');
  return decidePlacement(judged, placing(judged), policies, 'injected');
}

/** Requests that are recorded, never refused. */
function alwaysPasses(request: DecisionRequest, pod: PodView): Outcome | undefined {
  if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return 'not-judged';
  // The stored object's word, not the request's: a finalizer must be removable whatever policy came later.
  if (request.operation === 'UPDATE' && request.oldPod?.metadata?.deletionTimestamp) return 'deleting';
  // Anyone may set the annotation (kubernetes#53467); only a kubelet has a static Pod to mirror.
  const fromNode = request.userInfo.groups.includes('system:nodes');
  return fromNode && Object.hasOwn(pod.annotations, MIRROR_ANNOTATION) ? 'mirror' : undefined;
}

/** An update is admitted or rejected by what it adds, against the class the Pod already has. */
function decideUpdate(judged: Judged, added: Decision['findings'], pod: PodView, placing: Placing): Decision {
  const here = whereItRuns(pod, placing);
  if (!holds(here, judged.required))
    return conclude(judged, 'added-not-contained', 'reject', here, { added });
  const some = added.some(finding => finding.waivedBy === undefined);
  return conclude(judged, some ? 'added-contained' : 'nothing-added', 'admit', here, { added });
}

/** What a running Pod is given and its sandbox cannot do (a CNI marks it as captured, say) is no way out of it. */
const bears = ({ category }: Found): boolean => category === 'exposure' || category === 'breakout';

/** True when what is added is contained where the Pod runs; what else may be wrong with its class is old. */
function holds(here: PlacementStep | undefined, required: Isolation): boolean {
  // A class that is gone since is taken for the host kernel.
  if (!here || here.objections.some(({ code }) => code === 'missing')) return required === 'host-kernel';
  return here.objections.every(({ code, signal }) => code !== 'too-weak' && signal === undefined);
}

/** An author's class is never changed; one that was injected before may be raised. */
function decideExplicit(
  judged: Judged,
  pod: PodView,
  placing: Placing,
  policies: readonly CompiledPolicy[],
): Decision {
  const here = whereItRuns(pod, placing) as PlacementStep;
  if (fits(here)) return conclude(judged, 'explicit-enough', 'admit', here);

  // The API server has merged the scheduling of the class into the Pod: with another class it would not be there.
  const facts = placing.view.runtimeClass(here.runtimeClass);
  const scheduling = facts ? withoutClass(placing.scheduling, facts) : placing.scheduling;
  const otherwise = { ...placing, scheduling };
  const injected = pod.annotations[INJECTED_ANNOTATION] === here.runtimeClass;
  if (injected && facts) return decidePlacement(judged, otherwise, policies, 'raised');
  const suggestion = place(otherwise).find(step => step.chosen)?.runtimeClass;
  return conclude(
    judged,
    'explicit-not-enough',
    'reject',
    here,
    suggestion === undefined ? {} : { suggestion },
  );
}

function decidePlacement(
  judged: Judged,
  placing: Placing,
  policies: readonly CompiledPolicy[],
  outcome: 'injected' | 'raised',
): Decision {
  const placement = place(placing);
  const chosen = placement.find(step => step.chosen);
  if (!chosen) return { ...conclude(judged, 'nothing-contains', 'reject'), placement };
  if (!chosen.available && policies.some(policy => policy.whenUnavailable === 'Reject')) {
    return { ...conclude(judged, 'unavailable', 'reject'), placement };
  }
  return { ...conclude(judged, outcome, 'sandbox', chosen), placement };
}

/** The class that the Pod names, considered; undefined on the host kernel. */
function whereItRuns(pod: PodView, placing: Placing): PlacementStep | undefined {
  const name = pod.spec.runtimeClassName;
  if (!name) return undefined;
  const step = consider({ name, facts: placing.view.runtimeClass(name) }, { ...placing, others: [] });
  return { ...step, chosen: fits(step) };
}

/** The governing cluster policy places; the lists of the others only filter. */
function byRole(policies: readonly CompiledPolicy[], judged: Judged): Pick<Placing, 'policy' | 'others'> {
  const [only, ...rest] = policies;
  if (only && rest.length === 0) return { policy: only, others: rest };
  const order = [judged.governing, ...judged.others].map(assessment => assessment.policy);
  const cluster = policies.filter(policy => policy.namespace === undefined);
  const [policy] = cluster.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) as [
    CompiledPolicy,
  ];
  return { policy, others: policies.filter(other => other !== policy) };
}

function conclude(
  judged: Judged,
  outcome: Outcome,
  verdict: Verdict,
  at?: PlacementStep,
  more: Pick<Decision, 'added' | 'suggestion'> = {},
): Decision {
  const where =
    verdict === 'reject'
      ? {}
      : ({
          isolation: at?.isolation ?? 'host-kernel',
          ...(at && { runtimeClass: at.runtimeClass }),
        } as const);
  return { verdict, outcome, ...where, ...judged, ...more, placement: at ? [at] : [] };
}
