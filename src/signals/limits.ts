import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
A container without a limit. Kata sizes its VM by the limits, and falls back to its default size; gVisor's sandbox is
bounded only where every container has one.

Fields: resources.limits.{cpu,memory} of every container, or of the Pod (KEP-2837).
Ephemeral containers cannot set any, so they are left out.
*/
export const unsetLimits: Signal = {
  id: 'unsetLimits',
  category: 'requirement',
  weight: 0,
  title: 'No cpu or memory limit',
  phrase: 'a container without a cpu or memory limit',
  reason: 'the sandbox is sized by the limits of the containers',
  fix: 'set resources.limits.cpu and resources.limits.memory',
  source:
    'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/how-to-size-sandbox-overhead-runtime-rs.md',
  inspect: pod => eachContainer(pod, unlimited),
};

function unlimited({ kind, spec, path }: ContainerView, pod: PodView) {
  if (kind === 'ephemeral') return undefined;
  const own = spec.resources?.limits;
  const whole = pod.spec.resources?.limits;
  const cpu = own?.cpu ?? whole?.cpu;
  const memory = own?.memory ?? whole?.memory;
  if (cpu != null && memory != null) return undefined;
  const value = memory != null ? 'cpu' : cpu != null ? 'memory' : 'cpu, memory';
  return { path: `${path}.resources.limits`, value };
}
