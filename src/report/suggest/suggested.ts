import type { Decision } from '../../decision/decision.ts';
import type { Runs } from '../../decision/runs.ts';
import type { StartMode } from '../../decision/start-mode.ts';
import type { SuggestedExemption } from '../../decision/suggest.ts';
import type { Mode } from '../../pod/mode.ts';
import { signalById } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import type { Problem } from '../../source/document.ts';
import { clean, count, list } from '../../source/text.ts';
import type { ClusterPlace, Review } from '../result.ts';

/** Similar Pods of one workload, and how many there are; 0 for a workload that has none now. */
export interface Workload extends Runs {
  readonly pods: number;
  /** Judged by its template, of which none of its Pods was made. */
  readonly isNext: boolean;
}

export interface StartingNamespace extends StartMode {
  readonly name: string;
  /** The mode of its label; undefined where it has no label. */
  readonly current: Mode | undefined;
  readonly pods: number;
}

/** What would be rejected whatever is exempt. */
export interface Left {
  readonly workload: Workload;
  readonly decision: Decision;
}

/** Everything that a report of a first set is made from. */
export interface Suggested {
  /** The version of this program. */
  readonly version: string;
  readonly cluster: ClusterPlace;
  /** The namespaces that the API server asks about, by name. */
  readonly namespaces: readonly StartingNamespace[];
  /** The exemptions; those of what could break out come first. */
  readonly exemptions: readonly SuggestedExemption<Workload>[];
  readonly left: readonly Left[];
  readonly problems: readonly Problem[];
  /** What runs where with all of that in force, drafts included; computed on demand, as most formats do without it. */
  readonly review: () => Review;
}

/** By its category this is an exposure, as gVisor contains it; but an exempt Pod runs without gVisor. */
const AS_ROOT: SignalId = 'capabilityHostRoot';

/** The signals among those that it waives with which a container takes over its node. */
export const breakoutsOf = ({
  exemption,
}: Pick<SuggestedExemption<Runs>, 'exemption'>): readonly SignalId[] => [
  ...new Set(
    exemption.spec.waive
      .map(({ signal }) => signal)
      .filter(signal => signal === AS_ROOT || signalById.get(signal)?.category === 'breakout'),
  ),
];

/** Whether a container that it exempts can take over its node. */
export const isRisky = (one: Pick<SuggestedExemption<Runs>, 'exemption'>): boolean =>
  breakoutsOf(one).length > 0;

/** `DaemonSet/relay` */
export const workloadName = ({ subject }: Runs): string => `${subject.kind}/${subject.name}`;

/** Workloads with their Pods, each once, as the Pods of one may differ. */
export function byName(runs: readonly Workload[]): ReadonlyMap<string, number> {
  const pods = new Map<string, number>();
  for (const one of runs) pods.set(workloadName(one), (pods.get(workloadName(one)) ?? 0) + one.pods);
  return pods;
}

/** `DaemonSet/relay (3 Pods)` */
export const namesWithPods = (runs: readonly Workload[]): readonly string[] => {
  const next = nextAmong(runs);
  return Array.from(byName(runs), ([name, pods]) => {
    const which = [...(pods > 0 ? [count(pods, 'Pod')] : []), ...(next.has(name) ? ['its next Pods'] : [])];
    return `${clean(name)} (${which.length === 0 ? 'no Pod now' : list(which)})`;
  });
};

/** The names of those whose template is ahead of their Pods. */
export const nextAmong = (runs: readonly Workload[]): ReadonlySet<string> =>
  new Set(runs.filter(({ isNext }) => isNext).map(workloadName));

/** Whether a namespace has to be labelled. */
export const isToLabel = ({ mode, current }: StartingNamespace): boolean => mode !== current;
