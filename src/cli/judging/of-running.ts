import type { RunningPod } from '../../input/cluster.ts';
import type { Reviewed } from '../../report/result.ts';

/** What a result says besides where it is of a cluster. */
export const ofRunning = ({ owner, isNext }: RunningPod): Pick<Reviewed, 'owner' | 'isNext'> => ({
  owner,
  ...(isNext && { isNext }),
});
