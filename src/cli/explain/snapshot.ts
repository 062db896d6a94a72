import type { Ground } from '../../decision/ground.ts';
import type { ApiRights } from '../../input/api-rights.ts';
import { groupsOf, ownerKey, type RunningPod } from '../../input/cluster.ts';
import type { Problem } from '../../source/document.ts';
import { clean } from '../../source/text.ts';
import { asFailure } from '../cluster/connection.ts';
import { clusterGround, deciding, type PolicyOptions, requireNamespace } from '../cluster/ground.ts';
import { openSource } from '../cluster/open.ts';
import { readRunning } from '../cluster/running.ts';
import { scopeIn } from '../cluster/scope.ts';
import { unseenByRules } from '../cluster/unseen.ts';
import type { CliIo } from '../console/io.ts';
import { tell } from '../console/tell.ts';
import type { Scope } from '../judging/scope.ts';
import { asStrict } from '../judging/strict.ts';
import { pickRunning } from './pick.ts';

/** What an object is judged by besides policies and the cluster. */
export interface Judging {
  readonly scope: Scope;
  readonly rights?: ApiRights;
  /** The groups of whoever creates it. */
  readonly groups?: readonly string[];
}

interface Options extends PolicyOptions {
  readonly snapshot?: string;
  readonly name?: string;
  readonly excludeNamespace?: readonly string[];
  readonly strict?: boolean;
}

/** The object of a snapshot to explain, and what it is judged by. */
interface OfSnapshot {
  readonly subject: RunningPod;
  readonly ground: Ground;
  readonly judging: Judging;
  readonly problems: readonly Problem[];
}

/**
 * Reports what is wrong on standard error.
 * @throws Failure when the file is no snapshot, or there is no such object
 */
export async function ofSnapshot(
  namespace: string | undefined,
  { snapshot, name, excludeNamespace, strict, ...policies }: Options,
  io: CliIo,
): Promise<OfSnapshot> {
  const source = await openSource({ ...(snapshot !== undefined && { snapshot }) });
  const running = await readRunning(source, io, namespace, strict).catch(error =>
    Promise.reject(asFailure(error, 'pods')),
  );
  const ground = await clusterGround(await deciding(source, io, strict), policies, io);
  requireNamespace(namespace, ground.view, source);
  const scope = await scopeIn(source, excludeNamespace, io, strict);
  // Whoever asks for a workload asks for what its controller makes next, which stands first.
  const subject = pickRunning([...running.next, ...running.pods, ...running.idle], name);
  const unseen = unseenByRules(source, [ground.snapshot]);
  const problems = strict ? asStrict(unseen) : unseen;
  tell([...running.problems, ...problems], io);
  if (subject.isNext) io.err(`note: ${podsSentence(subject, running.pods)}\n`);
  return { subject, ground, judging: { scope, groups: groupsOf(subject) }, problems };
}

/** That its Pods are of another template, and how to have one of them explained. */
function podsSentence(workload: RunningPod, pods: readonly RunningPod[]): string {
  const { kind, owner } = workload;
  const one = pods.find(pod => ownerKey(pod) === ownerKey(workload));
  const asked = one ? `: --name ${clean(`${one.kind}/${one.name}`)} explains one of these` : '';
  return `this is the template of ${clean(`${kind}/${owner.name}`)}, not yet that of its Pods${asked}`;
}
