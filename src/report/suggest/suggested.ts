import type { Decision } from '../../decision/decision.ts';
import type { Runs } from '../../decision/runs.ts';
import type { StartMode } from '../../decision/start-mode.ts';
import type { SuggestedExemption } from '../../decision/suggest.ts';
import type { Mode } from '../../pod/mode.ts';
import { signalById } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import type { Problem } from '../../source/document.ts';
import { clean, count } from '../../source/text.ts';
import type { ClusterPlace, Review } from '../result.ts';

/** Pods of one workload that are alike, and how many there are; 0 of a workload that has none now. */
export interface Workload extends Runs {
  readonly pods: number;
}

export interface StartingNamespace extends StartMode {
  readonly name: string;
  /** The mode of its label; undefined where it has none. */
  readonly current: Mode | undefined;
  readonly pods: number;
}

/** What would be rejected whatever is exempt. */
export interface Left {
  readonly workload: Workload;
  readonly decision: Decision;
}

/** Everything a report of a set to start with is made of. */
export interface Suggested {
  /** The version of this program. */
  readonly version: string;
  readonly cluster: ClusterPlace;
  /** Namespaces that the API server asks about, by name. */
  readonly namespaces: readonly StartingNamespace[];
  /** Those that could break out first. */
  readonly exemptions: readonly SuggestedExemption<Workload>[];
  readonly left: readonly Left[];
  readonly problems: readonly Problem[];
  /** What runs where with all that in force, drafts too; judged when it is asked for, as most formats do without. */
  readonly review: () => Review;
}

/** An exposure by its category, as gVisor contains it; an exempt Pod runs without gVisor. */
const AS_ROOT: SignalId = 'capabilityHostRoot';

/** Signals with which a container takes over its node, once they are waived. */
export const breakoutsOf = ({
  exemption,
}: Pick<SuggestedExemption<Runs>, 'exemption'>): readonly SignalId[] => [
  ...new Set(
    exemption.spec.waive
      .map(({ signal }) => signal)
      .filter(signal => signal === AS_ROOT || signalById.get(signal)?.category === 'breakout'),
  ),
];

/** Whether a container of what it exempts takes over its node. */
export const isRisky = (one: Pick<SuggestedExemption<Runs>, 'exemption'>): boolean =>
  breakoutsOf(one).length > 0;

/** `DaemonSet/relay` */
export const workloadName = ({ subject }: Runs): string => `${subject.kind}/${subject.name}`;

/** Workloads with their Pods, each once: those of one may differ. */
export function byName(runs: readonly Workload[]): ReadonlyMap<string, number> {
  const pods = new Map<string, number>();
  for (const one of runs) pods.set(workloadName(one), (pods.get(workloadName(one)) ?? 0) + one.pods);
  return pods;
}

/** `DaemonSet/relay (3 Pods)` */
export const namesWithPods = (runs: readonly Workload[]): readonly string[] =>
  Array.from(byName(runs), ([name, pods]) =>
    pods === 0 ? `${clean(name)} (no Pod now)` : `${clean(name)} (${count(pods, 'Pod')})`,
  );

/** Whether something of a namespace is to be labelled. */
export const isToLabel = ({ mode, current }: StartingNamespace): boolean => mode !== current;
