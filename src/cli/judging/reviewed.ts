import { isEmpty } from '../../cluster/node-set.ts';
import { type OnNodes, onEachNode, onNodes } from '../../decision/daemon-set.ts';
import type { Decision } from '../../decision/decision.ts';
import { degradations } from '../../decision/degraded.ts';
import { isImageToFillIn } from '../../decision/draft-exemption.ts';
import { decideCreation, type Ground } from '../../decision/ground.ts';
import { nodesTaking } from '../../decision/land.ts';
import { schedulingOf } from '../../decision/schedule.ts';
import { asService } from '../../decision/service.ts';
import { asUnnamed } from '../../decision/to-waive.ts';
import type { ApiRights } from '../../input/api-rights.ts';
import type { Judged } from '../../input/assumed.ts';
import { injectedBy } from '../../input/injection.ts';
import { groupKindOf } from '../../input/known.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { Pod } from '../../pod/kube.ts';
import type { Mode } from '../../pod/mode.ts';
import type { Reviewed } from '../../report/result.ts';
import { locate } from './locate.ts';
import type { ReviewMode, Scope } from './scope.ts';

/** The mode for which verdicts are given, and the scope where nobody asks for one. */
export interface Asked {
  readonly mode: ReviewMode;
  readonly scope: Scope;
}

/** What is said about a subject, and what that rests on. */
export interface ReviewedSubject {
  readonly result: Reviewed;
  readonly judged: Judged;
}

/**
 * Judges one subject, and keeps the connection to its manifest.
 * @param options the groups of whoever creates it, and what ServiceAccounts may do
 */
export function reviewed(
  subject: PodSubject,
  ground: Ground,
  { mode, scope }: Asked,
  now: number,
  { groups = [], rights }: { readonly groups?: readonly string[]; readonly rights?: ApiRights } = {},
): ReviewedSubject {
  const { apiVersion, kind, name, namespace, source, pod, isFragment } = subject;
  // There is no API server here that could leave a namespace out.
  const inScope = subject.isService
    ? modeOfServices(mode)
    : scope(ground.view.namespace(namespace) ?? { name: namespace, labels: {} }, mode);
  const serviceAccount = pod.spec?.serviceAccountName;
  const daemons = daemonsOf(subject, ground);
  // A DaemonSet's Pod goes to nodes of its own.
  const placed = daemons ? { ...subject, pod: daemons.pod } : inDefaultRuntime(subject, ground);
  const decided = decideCreation(placed, ground, now, groups);
  const decision = subject.isService ? asService(decided) : decided;
  const beside = rights?.notesFor(subject) ?? [];
  const result: Reviewed = {
    apiVersion,
    kind,
    name,
    namespace,
    source,
    ...(serviceAccount && { serviceAccount }),
    ...(isFragment && { isFragment }),
    ...(isImageOpen(subject, decision) && { isImageOpen: true }),
    ...(beside.length > 0 && { beside }),
    mode: inScope ?? 'off',
    ...(inScope === undefined && { outOfScope: true }),
    decision,
    ...degradedOf(decision, ground),
    ...(!daemons && nodelessOf(placed, decision, ground)),
    ...(!subject.isService && injectionOf(placed, decision, ground, now)),
    ...(daemons && {
      nodes: { goesTo: daemons.nodes.length, ...onEachNode(decision, daemons, ground.view) },
    }),
    locate: field => locate(subject, field),
  };
  return { result, judged: { subject: placed, decision } };
}

/** A Pod that was created has its image, and a service is not exempt by it. */
const isImageOpen = ({ isWritten, isService, pod }: PodSubject, decision: Decision): boolean =>
  isWritten &&
  !isService &&
  decision.verdict === 'reject' &&
  isImageToFillIn(asUnnamed(decision) ?? decision, pod);

/** A service that names no runtime has the daemon's default, as if it were written there. */
function inDefaultRuntime(subject: PodSubject, { view }: Ground): PodSubject {
  const runtime = view.docker?.defaultRuntime;
  if (runtime === undefined || subject.pod.spec?.runtimeClassName != null) return subject;
  return {
    ...subject,
    pod: { ...subject.pod, spec: { ...subject.pod.spec, runtimeClassName: runtime } } as Pod,
  };
}

/** A namespace without a label for its mode counts as one that enforces. */
const modeOfServices = (asked: ReviewMode): Mode => (asked === 'namespace' ? 'enforce' : asked);

/**
 * Whether no node can take what a manifest asks of the scheduler, if it stays on the host kernel; for a class, its placement
 * says so. A running Pod has a node, whatever has become of the node since.
 */
function nodelessOf(
  { pod, isWritten, isService }: Pick<PodSubject, 'pod' | 'isWritten' | 'isService'>,
  { verdict, runtimeClass }: Decision,
  { view }: Ground,
): Pick<Reviewed, 'nodeless'> {
  const nodes = view.nodes();
  const isAsked = isWritten && !isService && verdict === 'admit' && runtimeClass === undefined;
  if (!nodes || !isAsked || !isEmpty(nodesTaking(nodes, schedulingOf(pod.spec ?? {})))) return {};
  return { nodeless: true };
}

/** What works differently where it will run. */
function degradedOf({ placement, findings }: Decision, { snapshot }: Ground): Pick<Reviewed, 'degraded'> {
  const chosen = placement.find(step => step.chosen);
  if (!chosen || chosen.degraded.length === 0) return {};
  return { degraded: degradations(chosen, snapshot.profiles.forHandler(chosen.handler), findings) };
}

/** What a sidecar would change: the webhook sees the Pod with it, but the manifest lacks it. */
function injectionOf(
  { pod, namespace, isWritten }: Pick<PodSubject, 'pod' | 'namespace' | 'isWritten'>,
  { verdict, runtimeClass }: Decision,
  ground: Ground,
  now: number,
): Pick<Reviewed, 'injected'> {
  const facts = ground.view.namespace(namespace);
  const injection = facts && injectedBy(pod, facts);
  if (!injection) return {};
  const decision = decideCreation({ pod: injection.pod, namespace, isWritten }, ground, now);
  const same = decision.verdict === verdict && decision.runtimeClass === runtimeClass;
  return same ? {} : { injected: { mesh: injection.mesh, decision } };
}

/** A DaemonSet is judged for the nodes that its Pods go to, if nodes are known. */
function daemonsOf(subject: PodSubject, { view }: Ground): OnNodes | undefined {
  const nodes = view.nodes();
  return nodes && groupKindOf(subject) === 'apps/DaemonSet' ? onNodes(subject.pod, nodes) : undefined;
}
