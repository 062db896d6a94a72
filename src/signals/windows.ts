import type { SecurityContext } from '../pod/kube.ts';
import { eachSecurityContext, NOTHING } from '../pod/visit.ts';
import { anySecurityContext, guarded } from './guards.ts';
import type { Signal } from './signal.ts';

/*
A HostProcess container runs as a process of the Windows host, without any container boundary (KEP-1981).

Fields:  spec.securityContext.windowsOptions.hostProcess, and the same of every container
Allowed: undefined, false
Level:   Baseline
*/
export const hostProcess: Signal = {
  id: 'hostProcess',
  category: 'breakout',
  weight: 100,
  title: 'Windows HostProcess',
  reason: 'a HostProcess container is a process of the host itself',
  fix: 'remove windowsOptions.hostProcess',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-windows/1981-windows-privileged-container-support',
  ...guarded(lens =>
    anySecurityContext(
      lens,
      s => `${s}.?windowsOptions.?hostProcess.orValue(false)`,
      () => "'true'",
    ),
  ),
  inspect: pod => eachSecurityContext(pod, isHostProcess),
};

const isHostProcess = (context: SecurityContext, path: string) =>
  context.windowsOptions?.hostProcess === true
    ? { path: `${path}.securityContext.windowsOptions.hostProcess`, value: true }
    : undefined;

/*
A Pod for Windows nodes. No sandbox here runs one: runsc and Kata are for Linux.

Fields: spec.os.name, spec.nodeSelector['kubernetes.io/os']
*/
export const windowsPod: Signal = {
  id: 'windowsPod',
  category: 'requirement',
  weight: 0,
  title: 'Windows Pod',
  reason: 'the Pod runs on Windows nodes',
  fix: 'set spec.os.name to linux if the image is a Linux one',
  source: 'https://kubernetes.io/docs/concepts/windows/user-guide/',
  inspect(pod) {
    if (pod.windows) return [{ path: 'spec.os.name', value: 'windows' }];
    if (pod.spec.nodeSelector?.[OS_LABEL] !== 'windows') return NOTHING;
    return [{ path: `spec.nodeSelector[${OS_LABEL}]`, value: 'windows' }];
  },
};

const OS_LABEL = 'kubernetes.io/os';
