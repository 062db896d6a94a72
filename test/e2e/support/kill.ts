import type { V1Pod } from '@kubernetes/client-node';
import { running } from './client.ts';
import { kubectlOk } from './kubectl.ts';
import { container, pod } from './pods.ts';
import { HOME } from './release.ts';

const KILLER = 'killer';

/** A Pod that sees and may end every process of the node: the first process of a container cannot be killed from inside. */
export async function startKiller(nodeName: string): Promise<void> {
  await running(
    pod(KILLER, {
      namespace: HOME,
      spec: { nodeName, hostPID: true, containers: [container({ securityContext: { privileged: true } })] },
    }),
  );
}

/** Sends a signal to the program in a Pod on that node, which then ends at once, or hangs. Resolves when it was sent. */
export async function kill(victim: V1Pod, signal: 'KILL' | 'STOP' = 'KILL'): Promise<void> {
  const name = victim.metadata?.name ?? '';
  const script = `for process in /proc/[0-9]*; do
    busybox grep -qa HOSTNAME=${name} $process/environ && busybox grep -qa cofferdam $process/cmdline && kill -${signal} \${process#/proc/}
  done 2>/dev/null; true`;
  await kubectlOk(['exec', KILLER, '-n', HOME, '--', 'sh', '-c', script]);
}
