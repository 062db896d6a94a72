import type { Ground } from '../../decision/ground.ts';
import { startMode } from '../../decision/start-mode.ts';
import { type Suggestion, suggestExemptions } from '../../decision/suggest.ts';
import { attempt } from '../../input/attempt.ts';
import { groupsOf, type RunningPod } from '../../input/cluster.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { modeOf } from '../../pod/mode.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import {
  isRisky,
  type StartingNamespace,
  type Suggested,
  type Workload,
} from '../../report/suggest/suggested.ts';
import type { Problem } from '../../source/document.ts';
import { isMap } from '../../source/mapping.ts';
import { asFailure } from '../cluster/connection.ts';
import { clusterGround, deciding, type PolicyOptions, requireNamespace } from '../cluster/ground.ts';
import { openSource, placeOf } from '../cluster/open.ts';
import { readRunning } from '../cluster/running.ts';
import { scopeIn } from '../cluster/scope.ts';
import type { SourceOptions } from '../cluster/source.ts';
import { unseenByRules } from '../cluster/unseen.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { version } from '../console/version.ts';
import { reviewed } from '../judging/reviewed.ts';
import type { Scope } from '../judging/scope.ts';
import { asStrict } from '../judging/strict.ts';
import { alikeAmong } from './alike.ts';
import { reviewWith } from './review.ts';

export interface SuggestOptions extends SourceOptions, PolicyOptions {
  readonly namespace?: string;
  readonly excludeNamespace?: readonly string[];
  readonly strict?: boolean;
  /** The days until the exemptions expire. */
  readonly expiresIn: number;
}

/**
 * Reads a cluster, or a snapshot, and writes nothing.
 * @throws Failure when it cannot be read
 */
export async function suggestFor(options: SuggestOptions, io: CliIo): Promise<Suggested> {
  const source = await openSource(options);
  const { namespace, excludeNamespace, strict, expiresIn: days } = options;
  const running = await readRunning(source, io, namespace, strict).catch(error =>
    Promise.reject(asFailure(error, 'pods')),
  );
  const objects = await deciding(source, io, strict);
  const ground = await clusterGround(objects, options, io);
  requireNamespace(namespace, ground.view, source);
  const scope = await scopeIn(source, excludeNamespace, io, strict);
  const names = namespace === undefined ? objects.namespaces.flatMap(nameOf) : [namespace];
  const namespaces = names
    .flatMap(name => ground.view.namespace(name) ?? [])
    .filter(facts => isAsked(facts, scope))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { workloads, problems } = workloadsOf(
    [...running.pods, ...running.idle, ...running.next],
    namespaces,
    ground,
    io,
  );
  const taken = objects.own.filter(({ kind }) => kind === 'SandboxExemption').flatMap(nameOf);
  const { exemptions, decisions } = suggested(workloads, ground, { days, taken }, io);
  const told = [...running.problems, ...problems, ...unseenByRules(source, [ground.snapshot])];
  const set = {
    namespaces: startingNamespaces(namespaces, workloads, { exemptions, decisions }),
    exemptions: exemptions.toSorted((a, b) => Number(isRisky(b)) - Number(isRisky(a))),
  };
  return {
    ...set,
    version: version(),
    cluster: placeOf(source),
    left: workloads.flatMap((workload, i) => {
      const decision = decisions[i];
      return decision?.verdict === 'reject' ? [{ workload, decision }] : [];
    }),
    problems: strict ? asStrict(told) : told,
    review: () => reviewWith(set, { source, running, ground, scope }, io),
  };
}

/** The number of decisions is only known afterwards. */
function suggested(
  workloads: readonly Workload[],
  ground: Ground,
  options: { readonly days: number; readonly taken: readonly string[] },
  io: CliIo,
): Suggestion<Workload> {
  const progress = progressOn(io, 'decided', undefined);
  let done = 0;
  const decided = (): void => progress.tick(++done);
  const suggestion = suggestExemptions(workloads, ground, { ...options, now: Date.now(), decided });
  progress.end();
  return suggestion;
}

const nameOf = ({ metadata }: { readonly metadata?: unknown }): readonly string[] =>
  isMap(metadata) && typeof metadata.name === 'string' ? [metadata.name] : [];

/** Whether anybody is asked: nobody is about a namespace that is off. */
const isAsked = (facts: NamespaceFacts, scope: Scope): boolean =>
  facts.labels[MODE_LABEL] !== 'off' && scope(facts, 'enforce') !== undefined;

/** The workloads; similar Pods of one are judged once. */
function workloadsOf(
  pods: readonly RunningPod[],
  namespaces: readonly NamespaceFacts[],
  ground: Ground,
  io: CliIo,
): { readonly workloads: readonly Workload[]; readonly problems: readonly Problem[] } {
  const asked = new Set(namespaces.map(({ name }) => name));
  const alike = alikeAmong(
    pods.filter(({ namespace }) => asked.has(namespace)),
    ground,
    Date.now(),
  );
  const problems: Problem[] = [];
  const workloads: Workload[] = [];
  const progress = progressOn(io, 'judged', alike.length);
  for (const some of alike) {
    progress.tick(workloads.length);
    const [first] = some;
    if (!first) continue;
    const attempted = attempt(first.source, () => workloadOf(first, some, ground));
    if ('done' in attempted) workloads.push(attempted.done);
    else problems.push(attempted.problem);
  }
  progress.end();
  return { workloads, problems };
}

/** A workload. A DaemonSet's Pod goes to nodes of its own, as in a review. */
function workloadOf(first: RunningPod, some: readonly RunningPod[], ground: Ground): Workload {
  const scope: Scope = () => 'enforce';
  const { judged } = reviewed(first, ground, { mode: 'enforce', scope }, Date.now(), {
    groups: groupsOf(first),
  });
  const { namespace, owner } = first;
  const serviceAccount = first.pod.spec?.serviceAccountName;
  return {
    pod: judged.subject.pod,
    namespace,
    isWritten: first.isWritten,
    groups: groupsOf(first),
    subject: { ...owner, namespace, ...(serviceAccount && { serviceAccount }) },
    pods: some.filter(({ kind }) => kind === 'Pod').length,
    isNext: some.every(({ isNext }) => isNext === true),
  };
}

function startingNamespaces(
  namespaces: readonly NamespaceFacts[],
  workloads: readonly Workload[],
  { exemptions, decisions }: Suggestion<Workload>,
): readonly StartingNamespace[] {
  const decided = new Map(workloads.map((one, i) => [one, decisions[i]]));
  const exempt = new Set(exemptions.flatMap(({ runs }) => runs.map(one => decided.get(one))));
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  return namespaces.map(({ name, labels }) => {
    const own = byNamespace.get(name) ?? [];
    const label = labels[MODE_LABEL];
    const current = label === undefined ? undefined : modeOf(label);
    return {
      name,
      current,
      pods: own.reduce((sum, { pods }) => sum + pods, 0),
      ...startMode(
        own.flatMap(one => decided.get(one) ?? []),
        decision => exempt.has(decision),
        current,
      ),
    };
  });
}
