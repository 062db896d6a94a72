import type { StringMap } from '../pod/kube.ts';
import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer, type Occurrence } from '../pod/visit.ts';
import { classify } from './capability-names.ts';
import type { Signal } from './signal.ts';

/*
How the traffic of a Pod gets into its service mesh. An init container programs iptables in the Pod, or a node agent
does it from the host; gVisor, whose network stack is its own, does not see the latter.

Fields: initContainers[*] (name, image, command, args, added NET_ADMIN), labels and annotations of the Pod, labels of
        the Namespace
*/
const INIT_NAMES: ReadonlySet<string> = new Set([
  'istio-init',
  'linkerd-init',
  'consul-connect-inject-init',
  'kuma-init',
  'osm-init',
]);
/** Containers of the CNI plugins of Istio and Linkerd: they check that rules from outside are in force. */
const CHECK_NAMES: ReadonlySet<string> = new Set([
  'istio-validation',
  'linkerd-network-validator',
  'kuma-validation',
]);
const IMAGE =
  /(^|\/)(proxyv2|proxy-init|consul-k8s-control-plane|consul-k8s|kuma-init|openservicemesh\/init)([:@]|$)/;
const PROGRAM = /(^|\/)(istio-iptables|proxy-init|linkerd2-proxy-init)$/;

export const iptablesInit: Signal = {
  id: 'iptablesInit',
  category: 'requirement',
  weight: 0,
  title: 'Mesh init container',
  reason: 'an init container programs iptables in the network of the Pod',
  fix: 'use the CNI plugin of the mesh, where the sandbox sees its rules',
  source: 'https://istio.io/latest/docs/ops/deployment/application-requirements/',
  inspect: pod => eachContainer(pod, programsIptables),
};

function programsIptables(container: ContainerView) {
  if (container.kind !== 'init' && container.kind !== 'sidecar') return undefined;
  if (!changesNetwork(container) || !isMeshInit(container)) return undefined;
  return { path: container.path, value: container.name };
}

const changesNetwork = ({ own, effective }: ContainerView): boolean =>
  effective.privileged || (own.capabilities?.add?.some(name => classify(name) === 'netAdmin') ?? false);

const isMeshInit = ({ name, image, spec }: ContainerView): boolean =>
  INIT_NAMES.has(name) ||
  IMAGE.test(image) ||
  (spec.command?.some(isProgram) ?? false) ||
  (spec.args?.some(isProgram) ?? false);

const isProgram = (word: string): boolean => programIn(word) !== '';

/** The program that a word of a command line runs, if it is one that gives away a mesh's init container; otherwise empty. */
export const programIn = (word: string): string => PROGRAM.exec(word)?.[2] ?? '';

const MODE_LABEL = 'istio.io/dataplane-mode';
/** Says that the node agent captures the traffic of the Pod. */
export const REDIRECTION = 'ambient.istio.io/redirection';

export const meshCapture: Signal = {
  id: 'meshCapture',
  category: 'requirement',
  weight: 0,
  title: 'Mesh capture from outside the Pod',
  phrase: 'mesh capture from outside the Pod',
  reason: 'the rules that capture traffic are set from the host, where gVisor does not see them',
  fix: 'set the label istio.io/dataplane-mode to none, or use the sidecar with its init container',
  source: 'https://istio.io/latest/docs/ambient/architecture/traffic-redirection/',
  inspect(pod) {
    const validators = eachContainer(pod, checksCapture);
    const marked = ambient(pod);
    return marked ? [marked, ...validators] : validators;
  },
};

const checksCapture = ({ name, path }: ContainerView) =>
  CHECK_NAMES.has(name) ? { path, value: name } : undefined;

/**
 * Whether the traffic is captured. The Pod's label takes precedence over the Namespace's; the annotation says that the node
 * agent has done it.
 */
function ambient(pod: PodView): Occurrence | undefined {
  if (pod.annotations[REDIRECTION] === 'enabled') {
    return { path: `metadata.annotations[${REDIRECTION}]`, value: 'enabled' };
  }
  const own = captureMode(pod.labels);
  if (own !== undefined) {
    return own === 'none' ? undefined : { path: `metadata.labels[${MODE_LABEL}]`, value: own };
  }
  const inherited = captureMode(pod.namespaceLabels);
  if (inherited === undefined || inherited === 'none') return undefined;
  return { path: `namespace.labels[${MODE_LABEL}]`, value: inherited };
}

const captureMode = (labels: StringMap): string | undefined => labels[MODE_LABEL] ?? undefined;
