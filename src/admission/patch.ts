import jsonpatch, { type Operation } from 'fast-json-patch';
import type { ClusterView } from '../cluster/view.ts';
import type { Decision } from '../decision/decision.ts';
import { sameToleration, schedulingOf, withoutClass } from '../decision/schedule.ts';
import {
  INJECTED_ANNOTATION,
  OWN_ANNOTATIONS,
  POLICY_ANNOTATION,
  REQUIRED_ANNOTATION,
  SCORE_ANNOTATION,
} from '../pod/annotations.ts';
import type { Pod, PodSpec, StringMap } from '../pod/kube.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The JSON Patch that carries out a decision on a Pod that is being created: it sets the class and this project's annotations,
 * and nothing else. The API server's RuntimeClass plugin fills in overhead and scheduling, except where a class is raised. It
 * is empty where the Pod is as it should be. Only what this project owns is looked at, so nothing else can be touched.
 */
export function patchFor(
  pod: Pod,
  decision: Decision,
  view: Pick<ClusterView, 'runtimeClass'>,
): readonly Operation[] {
  // This is the API's copy of a static Pod: the kubelet would not follow a change.
  if (decision.outcome === 'mirror') return [];
  return [...specPatch(pod, decision, view), ...annotationPatch(pod, wantedAnnotations(pod, decision))];
}

function specPatch(
  pod: Pod,
  decision: Decision,
  view: Pick<ClusterView, 'runtimeClass'>,
): readonly Operation[] {
  const { verdict, outcome, runtimeClass } = decision;
  if (verdict !== 'sandbox') return [];
  if (outcome !== 'raised') return [{ op: 'add', path: '/spec/runtimeClassName', value: runtimeClass }];
  const before = { spec: pick(pod.spec, OWNED_FIELDS) };
  return jsonpatch.compare(before, {
    spec: { ...raisedScheduling(pod, decision, view), runtimeClassName: runtimeClass },
  });
}

/** `add` also replaces (RFC 6902 section 4.1); what is there already is left alone, and what should not be is removed. */
function annotationPatch(pod: Pod, wanted: StringMap): readonly Operation[] {
  const given = pod.metadata?.annotations;
  if (!given) {
    if (Object.keys(wanted).length === 0) return [];
    const annotations = { op: 'add', path: '/metadata/annotations', value: wanted } as const;
    return pod.metadata ? [annotations] : [{ op: 'add', path: '/metadata', value: {} }, annotations];
  }
  return OWN_ANNOTATIONS.flatMap((key): Operation | [] => {
    const value = wanted[key];
    const path = `/metadata/annotations/${jsonpatch.escapePathComponent(key)}`;
    if (value === given[key]) return [];
    return value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
  });
}

/** Overhead and scheduling change only when a class is raised. */
const OWNED_FIELDS = ['runtimeClassName', 'overhead', 'nodeSelector', 'tolerations'] as const;

/**
 * What this project's annotations should say: nothing on a Pod without a class or with its author's own class, as there they
 * are forged and are removed. A claim that the Pod's class was injected is left as it is: believing it can only tighten.
 */
function wantedAnnotations(pod: Pod, decision: Decision): StringMap {
  const set = pod.spec?.runtimeClassName;
  const claimed = pod.metadata?.annotations?.[INJECTED_ANNOTATION] === set ? set : undefined;
  const injected = decision.verdict === 'sandbox' ? decision.runtimeClass : claimed;
  if (!injected) return {};
  return {
    [INJECTED_ANNOTATION]: injected,
    [REQUIRED_ANNOTATION]: decision.required,
    [SCORE_ANNOTATION]: String(decision.governing.score),
    [POLICY_ANNOTATION]: decision.governing.policy,
  };
}

/**
 * Takes out what the RuntimeClass plugin merged for a class that was injected in the first pass, and puts in what it would
 * merge for the stronger one, in the same patch. The plugin does not run after the second pass, and validates the overhead
 * (plugin/pkg/admission/runtimeclass `validateOverhead`).
 */
function raisedScheduling(pod: Pod, decision: Decision, view: Pick<ClusterView, 'runtimeClass'>): Fields {
  const spec: PodSpec = pod.spec ?? {};
  const from = view.runtimeClass(spec.runtimeClassName ?? '');
  const to = view.runtimeClass(decision.runtimeClass ?? '');
  const own = from ? withoutClass(schedulingOf(spec), from) : schedulingOf(spec);
  const nodeSelector = { ...own.nodeSelector, ...to?.nodeSelector };
  const added = (to?.tolerations ?? []).filter(t => !own.tolerations.some(other => sameToleration(t, other)));
  const tolerations = [...own.tolerations, ...added];
  return {
    ...(to?.overhead && { overhead: to.overhead }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
}

/** Own members that are not null. An `add` in place of null replaces it (RFC 6902 section 4.1). */
function pick(from: Fields | null | undefined, keys: readonly string[]): Fields {
  const picked: Record<string, unknown> = {};
  for (const key of keys) {
    const value = from && Object.hasOwn(from, key) ? from[key] : undefined;
    if (value !== undefined && value !== null) picked[key] = value;
  }
  return picked;
}
