import type { Decision, PlacementStep } from '../decision/decision.ts';
import { isPurpose } from '../decision/purpose.ts';
import { parsePath } from '../input/path.ts';
import type { PodSubject } from '../input/subjects.ts';
import { type PodView, viewPod } from '../pod/view.ts';
import { atLeast } from '../profiles/isolation.ts';
import { isRisk, signalById } from '../signals/index.ts';
import type { Edit, Mend } from '../signals/mend.ts';
import type { Finding } from '../signals/signal.ts';
import { inBrackets, valueAt } from '../source/path.ts';
import type { ManifestEdit } from './edit.ts';

/** One change, and its reason. */
export interface Change {
  readonly because: Because;
  readonly edits: readonly ManifestEdit[];
}

export type Because =
  | { readonly what: 'finding'; readonly finding: Finding }
  /** The class that the Pod names is not enough; without a name, one is chosen. A service has none before. */
  | { readonly what: 'class'; readonly runtimeClass?: string }
  /** The Pod's nodeSelector excludes the nodes of the class, which sets the label itself. */
  | { readonly what: 'label'; readonly label: string };

/** Changes that only help together: every finding of a signal counts as much as one. */
export type Group = readonly Change[];

/**
 * The changes that a program can make to a Pod to change its decision: first the class that it names, then signals as they are
 * found, the gravest first. A signal is left out if a person has to mend one of its findings.
 * @param decision the decision on the Pod as it is
 * @param freely whether the class that the author chose may be given up
 */
export function groupsFor(subject: PodSubject, decision: Decision, freely: boolean): readonly Group[] {
  const pod = viewPod(subject.pod, subject.namespace);
  const found = Map.groupBy(
    decision.findings.filter(({ waivedBy }) => waivedBy === undefined),
    ({ signal }) => signal,
  );
  const ofSignals = [...found].map(([signal, findings]) =>
    bears(signal) && !isPurpose(signal, decision) ? findings.map(one => changeFor(one, pod, subject)) : [],
  );
  const groups = [classChange(subject, decision, freely), ...labelChanges(subject, decision), ...ofSignals];
  return groups.filter((group): group is Change[] => group.length > 0 && !group.includes(undefined));
}

/** Hygiene changes no verdict. */
const bears = (signal: string): boolean =>
  isRisk(signal) || signalById.get(signal)?.category === 'requirement';

function changeFor(finding: Finding, pod: PodView, subject: PodSubject): Change | undefined {
  const edits = inManifest(mendOf(finding)?.(finding, pod), subject);
  return edits && { because: { what: 'finding', finding }, edits };
}

/** A finding with a fix of its own also has its own way to mend it, or none. */
function mendOf({ signal, value }: Finding): Mend | undefined {
  const { mend, fixes = [] } = signalById.get(signal) ?? {};
  const special = fixes.find(({ of }) => of.test(String(value)));
  return special ? special.mend : mend;
}

/** The edits of the manifest that make these edits of the Pod; undefined where one of them has no place in it. */
function inManifest(
  edits: readonly Edit[] | undefined,
  { document, pathOf, composed }: PodSubject,
): readonly ManifestEdit[] | undefined {
  // In a Pod, a replacement value may be what Docker does by default: from a service, the value is then removed.
  if (composed && edits)
    return composed.madeBy(edits.map(({ path }) => path))?.map(keys => ({ op: 'remove', keys }));
  const all = edits?.map(({ path, ...edit }) => ({ ...edit, keys: parsePath(pathOf(path)) }));
  return all?.every(({ keys }) => valueAt(document.value, keys) !== undefined) ? all : undefined;
}

const CLASS = 'spec.runtimeClassName';

/** The class that would do instead of the named one; or none, where leaving it out gives up nothing. */
function classChange(subject: PodSubject, decision: Decision, freely: boolean): (Change | undefined)[] {
  const named = subject.pod.spec?.runtimeClassName ?? undefined;
  const { isService } = subject;
  // A service that names no runtime is judged by the daemon's default, and may name a better one.
  if (named === undefined && (!isService || decision.outcome !== 'explicit-not-enough')) return [];
  const leaves = named !== undefined && (freely || named === '' || isNeedless(decision));
  const runtimeClass = leaves ? undefined : (decision.suggestion ?? strongerOf(decision)?.runtimeClass);
  if (!leaves && runtimeClass === undefined) return [];
  if (isService && runtimeClass !== undefined) return [runtimeChange(subject, runtimeClass)];
  const edit: Edit =
    runtimeClass === undefined
      ? { op: 'remove', path: CLASS }
      : { op: 'replace', path: CLASS, value: runtimeClass };
  const edits = inManifest([edit], subject);
  return [
    edits && { because: { what: 'class', ...(runtimeClass !== undefined && { runtimeClass }) }, edits },
  ];
}

/** Makes a service of a Compose file name this runtime. */
export function runtimeChange({ document, pathOf }: PodSubject, runtimeClass: string): Change {
  const keys = [...parsePath(pathOf('spec')), 'runtime'];
  const op = valueAt(document.value, keys) === undefined ? 'add' : 'replace';
  return { because: { what: 'class', runtimeClass }, edits: [{ op, keys, value: runtimeClass }] };
}

/** Whether the class is no sandbox, and nothing requires one. */
const isNeedless = ({ outcome, required, placement: [here] }: Decision): boolean =>
  outcome === 'explicit-not-enough' &&
  required === 'host-kernel' &&
  here?.isolation === 'host-kernel' &&
  here.objections.every(({ code }) => code !== 'missing');

/** The class that isolates enough and has the least against it. */
function strongerOf({ outcome, unnamed = [], placement: [here] }: Decision): PlacementStep | undefined {
  if (outcome !== 'explicit-not-enough' || !here) return undefined;
  const [least] = unnamed
    .filter(({ isolation, objections }) => atLeast(isolation, here.isolation) && objections.every(isOfPod))
    .toSorted((a, b) => a.objections.length - b.objections.length);
  return least;
}

/** Whether an objection is one that a change of the Pod may remove. */
const isOfPod = ({ code }: PlacementStep['objections'][number]): boolean =>
  code === 'exposed' || code === 'unsupported' || code === 'no-node';

function labelChanges(subject: PodSubject, { placement }: Decision): (Change | undefined)[][] {
  const labels = placement.flatMap(({ objections }) =>
    objections.flatMap(({ code, signal, detail }) =>
      code === 'unsupported' && signal === undefined && detail !== undefined ? [detail] : [],
    ),
  );
  return [...new Set(labels)].map(label => {
    const edits = inManifest([{ op: 'remove', path: `spec.nodeSelector${inBrackets(label)}` }], subject);
    return [edits && { because: { what: 'label', label }, edits }];
  });
}
