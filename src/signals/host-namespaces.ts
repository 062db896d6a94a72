import { NOTHING } from '../pod/visit.ts';
import { guarded, ofPod } from './guards.ts';
import { type Mend, removing } from './mend.ts';
import type { Signal } from './signal.ts';

/*
Sharing the host's PID, network or IPC namespace.

Fields:  spec.hostPID, spec.hostNetwork, spec.hostIPC
Allowed: undefined, false
Level:   Baseline

A sandbox does not honour them: it either refuses, or hands out an empty namespace of its own.
*/
const SOURCE = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline';

const shared = (field: 'hostPID' | 'hostNetwork' | 'hostIPC') =>
  guarded(lens => ofPod(lens, `${lens.pod}.spec.?${field}.orValue(false)`, "'true'"));

/** The API server refuses a HostProcess container without hostNetwork (`validateWindowsHostProcessPod`). */
const withoutHostNetwork: Mend = (hit, pod) => {
  const isOfHost = [pod.spec, ...pod.containers.map(({ spec }) => spec)].some(
    ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true,
  );
  return isOfHost ? undefined : removing(hit, pod);
};

export const hostPID: Signal = {
  id: 'hostPID',
  category: 'breakout',
  weight: 80,
  title: 'Host PID namespace',
  phrase: "the host's PID namespace",
  reason: 'every process of the host can be seen, traced and killed, and its files reached through /proc',
  fix: 'remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each other',
  mend: removing,
  source: SOURCE,
  ...shared('hostPID'),
  inspect: pod => (pod.spec.hostPID === true ? [{ path: 'spec.hostPID', value: true }] : NOTHING),
};

export const hostNetwork: Signal = {
  id: 'hostNetwork',
  category: 'exposure',
  weight: 50,
  title: 'Host network namespace',
  phrase: "the host's network namespace",
  reason: 'the interfaces, the loopback services and the traffic of the host are within reach',
  fix: 'remove hostNetwork, and publish the port with a Service',
  mend: withoutHostNetwork,
  source: SOURCE,
  ...shared('hostNetwork'),
  inspect: pod => (pod.spec.hostNetwork === true ? [{ path: 'spec.hostNetwork', value: true }] : NOTHING),
};

export const hostIPC: Signal = {
  id: 'hostIPC',
  category: 'exposure',
  weight: 50,
  title: 'Host IPC namespace',
  phrase: "the host's IPC namespace",
  reason: 'shared memory and message queues of the processes of the host are within reach',
  fix: 'remove hostIPC: the containers of a Pod share an IPC namespace anyway',
  mend: removing,
  source: SOURCE,
  ...shared('hostIPC'),
  inspect: pod => (pod.spec.hostIPC === true ? [{ path: 'spec.hostIPC', value: true }] : NOTHING),
};
