import type {
  Assessment,
  Decision,
  DecisionRequest,
  Outcome,
  PlacementStep,
  Verdict,
} from '../../../src/decision/decision.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import { type PodView, viewPod } from '../../../src/pod/view.ts';
import type { Excess } from '../../../src/signals/bounds.ts';
import type { Finding } from '../../../src/signals/signal.ts';
import { ofContent, ofWhole, placingPolicy, strictestFirst } from './assess.ts';
import { beyondBounds } from './bounds.ts';
import { judging } from './match.ts';
import { type Asked, held, isFit, placed } from './place.ts';
import { askedOf, askedWithout } from './schedule.ts';
import { inspected } from './waive.ts';
import { ofRules } from './weigh.ts';
import { highestOf, isNamespaced, isRisky, type RawPolicy, signalOf, strength, type World } from './world.ts';

/**
 * What `decide` must answer: docs/decision.md once more, from top to bottom, without indexes, caches or compiled objects. It is
 * slow, but plain enough to be compared with the page line by line.
 */
export function oracle(request: DecisionRequest, world: World, now: number): Decision {
  const { operation, oldPod, namespace } = request;
  const see = (pod: Pod): PodView => viewPod(pod, request.namespaceName, namespace?.labels);
  const isUpdate = operation === 'UPDATE';
  const before = isUpdate && oldPod ? see(oldPod) : undefined;
  const pod = see(before ? labelledAs(request.pod, before.pod) : request.pod);

  const passing = alwaysPassing(request);
  const excess = passing ? [] : beyondBounds(request.pod, before?.pod);
  if (excess.length > 0) return beyond(judging(world, pod, namespace), excess, isUpdate);
  // A Pod that was allowed to exceed the bounds is judged by exposures and breakouts alone.
  const isLarge = [request.pod, before?.pod].some(one => one && beyondBounds(one, undefined).length > 0);

  const { findings, exemptions } = inspected(pod, world.exemptions, now, isLarge);
  const stored = before && {
    pod: before,
    findings: inspected(before, world.exemptions, now, isLarge).findings,
    namespace,
  };
  const added = isUpdate ? addedTo(findings, stored?.findings ?? []) : undefined;

  const policies = judging(world, pod, namespace);
  const subject = { findings, pod, namespace };
  const assessments = policies
    .map((policy): Assessment => {
      const whole = ofWhole(policy, subject, world.rules);
      return stored && added ? ofUpdate(policy, whole, added, stored, world) : whole;
    })
    .toSorted(strictestFirst);
  const [governing, ...others] = assessments as [Assessment, ...Assessment[]];
  const { required } = governing;
  const judged = { findings, exemptions, governing, others, required, ...(added && { added }) };

  const policy = placingPolicy(policies, assessments);
  const scheduling = askedOf(pod.spec);
  const asked = { findings, required, scheduling, policy, others: policies.filter(one => one !== policy) };
  const answer = verdictOn(passing, pod, world, asked, added);
  return { ...answer, ...judged };
}

/** The verdict on a Pod beyond the bounds, of which nothing else is looked at. */
function beyond(policies: readonly RawPolicy[], excess: readonly Excess[], isUpdate: boolean): Decision {
  const assessments = policies.map(policy => ofContent(policy, [], [])).toSorted(strictestFirst);
  const [governing, ...others] = assessments as [Assessment, ...Assessment[]];
  return {
    ...answer('out-of-bounds', 'reject'),
    excess,
    ...{ findings: [], exemptions: [], governing, others, required: governing.required },
    ...(isUpdate && { added: [] }),
  };
}

/** The requests that are recorded but never refused. */
function alwaysPassing({ operation, pod, oldPod, userInfo }: DecisionRequest): Outcome | undefined {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return 'not-judged';
  if (operation === 'UPDATE' && oldPod?.metadata?.deletionTimestamp) return 'deleting';
  const isMirror = pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  return isMirror && userInfo.groups.includes('system:nodes') ? 'mirror' : undefined;
}

/** Labels that changed are drift, so the stored ones are judged. */
const labelledAs = (pod: Pod, { metadata }: Pod): Pod =>
  ({ ...pod, metadata: { ...pod.metadata, labels: metadata?.labels } }) as Pod;

/** The findings that the stored Pod does not have, or had waived and no longer has. */
const addedTo = (findings: readonly Finding[], stored: readonly Finding[]): readonly Finding[] =>
  findings.filter(
    finding =>
      !stored.some(
        one =>
          one.signal === finding.signal &&
          one.path === finding.path &&
          one.value === finding.value &&
          (one.waivedBy === undefined) === (finding.waivedBy === undefined),
      ),
  );

/** An addition is judged alone, and as part of the whole Pod where that asks for more than the stored content did. */
function ofUpdate(
  policy: RawPolicy,
  whole: Assessment,
  added: readonly Finding[],
  stored: {
    readonly pod: PodView;
    readonly findings: readonly Finding[];
    readonly namespace: DecisionRequest['namespace'];
  },
  world: World,
): Assessment {
  const alone = ofContent(policy, added, []);
  const matched = ofRules(policy, stored.pod, stored.namespace, world.rules);
  const content = ofContent(policy, stored.findings, matched);
  const newRule = whole.contributions.some(
    one => one.kind === 'rule' && !matched.some(rule => rule.id === one.id),
  );
  const addsAny = newRule || strength(alone.required) > 0;
  const asksMore = strength(whole.required) > strength(highestOf([content.required, alone.required]));
  return addsAny && asksMore ? whole : alone;
}

type Answer = Pick<
  Decision,
  'verdict' | 'outcome' | 'runtimeClass' | 'suggestion' | 'unnamed' | 'isolation' | 'placement' | 'unvouched'
>;

function verdictOn(
  passing: Outcome | undefined,
  pod: PodView,
  world: World,
  asked: Asked,
  added: readonly Finding[] | undefined,
): Answer {
  // Of a new Pod an empty name counts, too: the API server looks for a class without a name.
  const isNew = !passing && !added;
  const own = (isNew ? pod.spec.runtimeClassName : pod.spec.runtimeClassName || undefined) ?? undefined;
  // A class that the author names is compared with what it needs, not with lists.
  const at = (findings: readonly Finding[]): PlacementStep | undefined => {
    const step = own === undefined ? undefined : held(world, { ...asked, findings, others: [] }, own);
    return step && { ...step, chosen: isFit(step) };
  };
  if (passing) return answer(passing, 'admit', at(asked.findings));
  if (added) return ofAdded(added, asked, at(added.filter(one => isRisky(signalOf(one.signal).category))));
  const here = at(asked.findings);
  if (here) return explicit(pod, world, asked, here);
  if (asked.required === 'host-kernel') return answer('nothing-required', 'admit');
  return chosen('injected', world, asked);
}

function ofAdded(added: readonly Finding[], { required }: Asked, here: PlacementStep | undefined): Answer {
  const runsOnHost = !here || here.objections.some(({ code }) => code === 'missing');
  const contained = runsOnHost
    ? required === 'host-kernel'
    : here.objections.every(
        ({ code, signal }) => code === 'not-served' || (code !== 'too-weak' && signal === undefined),
      );
  if (!contained) return answer('added-not-contained', 'reject', here);
  const counts = added.some(({ waivedBy }) => waivedBy === undefined);
  return answer(counts ? 'added-contained' : 'nothing-added', 'admit', here);
}

/**
 * The class is enough; or it is raised where this project injected it; or the Pod is rejected with the name of one that would
 * do.
 */
function explicit(pod: PodView, world: World, asked: Asked, here: PlacementStep): Answer {
  if (isFit(here)) return answer('explicit-enough', 'admit', here);
  const facts = world.classes.find(({ name }) => name === here.runtimeClass);
  const otherwise = facts ? { ...asked, scheduling: askedWithout(asked.scheduling, facts) } : asked;
  const injected = pod.annotations['cofferdam.dev/injected-runtime-class'] === here.runtimeClass;
  if (injected && facts) return chosen('raised', world, otherwise);
  // The class has to isolate at least as well as the one that the author chose, as far as its name tells where there is no such
  // class.
  const meant = world.profiles.forHandler(facts?.handler ?? here.runtimeClass).isolation;
  const required = highestOf([asked.required, meant]);
  const suggestion = placed(world, { ...otherwise, required }).find(step => step.chosen)?.runtimeClass;
  return {
    ...answer('explicit-not-enough', 'reject', here),
    ...(here.objections.some(({ code }) => code === 'too-weak') && facts && unvouched(world, [facts])),
    ...(suggestion === undefined ? { unnamed: placed(world, otherwise) } : { suggestion }),
  };
}

/** Classes on the host kernel that nobody vouches for, that are doubtful, or that are named like a sandbox. */
function unvouched({ profiles }: World, classes: World['classes']): Pick<Decision, 'unvouched'> {
  const some = classes
    .map(({ name, handler }) => ({ name, handler, profile: profiles.forHandler(handler) }))
    .filter(({ profile }) => profile.isolation === 'host-kernel')
    .map(({ name, handler, profile }) => ({
      ...{ runtimeClass: name, handler },
      isUnknown: !profile.handlers.includes(handler) && !/-debug$|-devkit$/.test(handler),
      ...(['krun', 'urunc'].includes(handler) &&
        profile.isolationReason !== undefined && { reason: profile.isolationReason }),
    }))
    .filter(one => one.isUnknown || 'reason' in one || /gvisor|kata|vm/.test(one.runtimeClass));
  return some.length > 0 ? { unvouched: some } : {};
}

function chosen(outcome: 'injected' | 'raised', world: World, asked: Asked): Answer {
  const placement = placed(world, asked);
  const step = placement.find(one => one.chosen);
  if (!step) {
    const isEnough = placement.some(
      one =>
        strength(one.isolation) >= strength(asked.required) &&
        !one.objections.some(({ code }) => code === 'other-os' || code === 'not-listed'),
    );
    // A list that names classes by isolation may mean any that nobody vouches for.
    const onEveryList = world.classes.filter(({ name }) =>
      [asked.policy, ...asked.others].every(
        ({ spec }) =>
          spec.sandboxes?.some(({ runtimeClass }) => runtimeClass === undefined || runtimeClass === name) ??
          true,
      ),
    );
    const why = isEnough ? {} : unvouched(world, onEveryList);
    return { ...answer('nothing-contains', 'reject'), placement, ...why };
  }
  const insists = [asked.policy, ...asked.others].some(
    policy => !isNamespaced(policy) && policy.spec.whenUnavailable === 'Reject',
  );
  if (!step.available && insists) return { ...answer('unavailable', 'reject'), placement };
  return { ...answer(outcome, 'sandbox', step), placement };
}

function answer(outcome: Outcome, verdict: Verdict, at?: PlacementStep): Answer {
  const placement = at ? [at] : [];
  if (verdict === 'reject') return { verdict, outcome, placement };
  if (!at) return { verdict, outcome, placement, isolation: 'host-kernel' };
  return { verdict, outcome, placement, isolation: at.isolation, runtimeClass: at.runtimeClass };
}
