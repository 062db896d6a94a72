import type { Api } from '../bench/cluster/api.ts';
import { becomes } from '../bench/cluster/effect.ts';
import { live, type StoredPod } from '../bench/cluster/life.ts';
import { podOf } from '../bench/cluster/pods.ts';
import type { Step } from './steps.ts';
import { WrongAnswer } from './tally.ts';

/** @throws WrongAnswer where the Pod was stored with another class */
export const expectClass =
  (expected: string | undefined) =>
  ({ spec }: StoredPod): void => {
    if (spec.runtimeClassName !== expected)
      throw new WrongAnswer(
        `stored with ${spec.runtimeClassName ?? 'no class'} instead of ${expected ?? 'none'}`,
      );
  };

/** Through the API server: Pods are created, bound, brought up by status patches, labelled and deleted; some are refused. */
export const lives = (api: Api): readonly Step[] => [
  { name: 'lives of Pods in gVisor', run: () => live(api, podOf('high'), expectClass('gvisor')) },
  { name: 'lives of Pods on the host kernel', run: () => live(api, podOf('plain'), expectClass(undefined)) },
  {
    name: 'Pods that are refused',
    run: async () => {
      const became = await becomes(api, podOf('plain', { spec: { hostPID: true } }));
      if (became !== 'refused') throw new WrongAnswer(`admitted with ${became}`);
    },
  },
];
