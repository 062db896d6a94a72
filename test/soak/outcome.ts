import { judge, type Verdict } from './judge.ts';
import type { Sample } from './sample.ts';
import type { Tally } from './tally.ts';

/** The outcome of a run. */
export interface Outcome {
  readonly samples: readonly Sample[];
  readonly tally: Tally;
  /** How often each kind must have been done at least; with less, the run has tested only the machine. */
  readonly least: ReadonlyMap<string, number>;
}

/** The most failures that are listed; of further ones, only their number is. */
const MOST_TOLD = 10;

/** @param warmUp seconds of each life that do not count */
export function judgeAll({ samples, tally, least }: Outcome, warmUp: number): Verdict {
  const { judged, failures, untold } = judge(samples, warmUp);
  return {
    judged,
    untold,
    failures: [
      ...(judged.length === 0 ? ['no replica lived long enough to be judged'] : failures),
      ...told('wrong', tally.wrong),
      ...told('lost', tally.lost),
      ...[...least]
        .filter(([what, times]) => tally.timesDone(what) < times)
        .map(([what, times]) => `${what}: ${tally.timesDone(what)} (at least ${times})`),
    ],
  };
}

const told = (how: string, failed: readonly string[]): readonly string[] => [
  ...failed.slice(0, MOST_TOLD).map(one => `${how}: ${one}`),
  ...(failed.length > MOST_TOLD ? [`${how}: ${failed.length} in all`] : []),
];
