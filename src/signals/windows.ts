import type { PodSpec, SecurityContext } from '../pod/kube.ts';
import { eachSecurityContext, NOTHING, type Occurrence } from '../pod/visit.ts';
import { anySecurityContext, guarded } from './guards.ts';
import { type Requirement, requiredTerms } from './node-terms.ts';
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
  phrase: 'a Windows HostProcess container',
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
A Pod that can land only on Windows nodes. No sandbox here runs one: runsc and Kata are for Linux.

Fields: spec.os.name; spec.nodeSelector and every term of the required node affinity, of these labels:
        kubernetes.io/os, beta.kubernetes.io/os (which kubelets set, too) and node.kubernetes.io/windows-build
*/
export const windowsPod: Signal = {
  id: 'windowsPod',
  category: 'requirement',
  weight: 0,
  title: 'Windows container',
  reason: 'the Pod runs on Windows nodes',
  fix: 'ask for Linux nodes (spec.os, nodeSelector, affinity) if the image is a Linux one',
  source: 'https://kubernetes.io/docs/concepts/windows/user-guide/',
  inspect: ({ spec, windows }) => {
    if (windows) return [{ path: 'spec.os.name', value: 'windows' }];
    return selected(spec.nodeSelector ?? {}) ?? required(spec) ?? NOTHING;
  },
};

const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
/** The label that only Windows nodes have (pkg/kubelet/kubelet_node_status_windows.go), for images that fit one build. */
const BUILD_LABEL = 'node.kubernetes.io/windows-build';
const LABELS = [...OS_LABELS, BUILD_LABEL];
const LINUX = 'linux';
const WINDOWS = 'windows';

function selected(nodeSelector: NonNullable<PodSpec['nodeSelector']>): readonly Occurrence[] | undefined {
  const key = LABELS.find(
    label => Object.hasOwn(nodeSelector, label) && (label === BUILD_LABEL || nodeSelector[label] === WINDOWS),
  );
  return key === undefined
    ? undefined
    : [{ path: `spec.nodeSelector[${key}]`, value: nodeSelector[key] ?? '' }];
}

/** What requires Windows; all of the terms have to. */
function required(spec: PodSpec): readonly Occurrence[] | undefined {
  const hits: Occurrence[] = [];
  for (const { path, expressions } of requiredTerms(spec)) {
    const at = expressions.findIndex(isForWindows);
    if (at < 0) return undefined;
    hits.push({ path: `${path}[${at}]`, value: WINDOWS });
  }
  return hits.length > 0 ? hits : undefined;
}

function isForWindows({ key, operator, values }: Requirement): boolean {
  const some = values ?? [];
  if (key === BUILD_LABEL) return operator === 'In' || operator === 'Exists';
  if (!OS_LABELS.includes(key ?? '')) return false;
  // A kubelet runs on only two operating systems.
  return operator === 'In'
    ? some.length > 0 && some.every(value => value === WINDOWS)
    : operator === 'NotIn' && some.includes(LINUX);
}
