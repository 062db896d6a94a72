import type { Container, Pod, StringMap } from '../pod/kube.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';

/** The Pod as the webhook of a mesh changes it, before this project's webhook sees it. */
export interface Injection {
  readonly mesh: string;
  readonly pod: Pod;
}

/** The labels and annotations that decide whether a sidecar is injected. */
interface Asked {
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly namespace: NamespaceFacts;
}

interface Mesh {
  readonly name: string;
  readonly injects: (asked: Asked) => boolean;
  /** The init container that captures the traffic, which is the only addition that bears on a decision. */
  readonly init: Container;
  /** The names of the additions; a Pod that has one has already been injected. */
  readonly adds: readonly string[];
}

/** A sidecar and its init container set limits, and drop what they do not need. */
const initContainer = (name: string, image: string, add: readonly string[]): Container => ({
  name,
  image,
  resources: { limits: { cpu: '1', memory: '128Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    privileged: false,
    capabilities: { add, drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
});

const IPTABLES = ['NET_ADMIN', 'NET_RAW'];
const INJECT = 'sidecar.istio.io/inject';
const REVISION = 'istio.io/rev';
const LINKERD = 'linkerd.io/inject';
const KUMA = 'kuma.io/sidecar-injection';
const CONSUL = 'consul.hashicorp.com/connect-inject';

const MESHES: readonly Mesh[] = [
  {
    // https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
    name: 'Istio',
    injects({ labels, annotations, namespace }) {
      const whole = namespace.labels['istio-injection'];
      if (whole === 'disabled') return false;
      const own = labels[INJECT] ?? annotations[INJECT];
      if (own !== undefined) return own === 'true';
      if (whole !== undefined) return whole === 'enabled';
      return namespace.labels[REVISION] !== undefined || labels[REVISION] !== undefined;
    },
    init: initContainer('istio-init', 'docker.io/istio/proxyv2:1.29.0', IPTABLES),
    adds: ['istio-init', 'istio-validation', 'istio-proxy'],
  },
  {
    // https://linkerd.io/2/features/proxy-injection/
    name: 'Linkerd',
    injects({ annotations, namespace }) {
      const wanted = annotations[LINKERD] ?? namespace.linkerdInject;
      return wanted === 'enabled' || wanted === 'ingress';
    },
    init: initContainer('linkerd-init', 'cr.l5d.io/linkerd/proxy-init:v2.4.3', IPTABLES),
    adds: ['linkerd-init', 'linkerd-network-validator', 'linkerd-proxy'],
  },
  {
    // https://kuma.io/docs/latest/production/dp-config/dpp-on-kubernetes/
    name: 'Kuma',
    injects({ labels, namespace }) {
      const wanted = labels[KUMA] ?? namespace.labels[KUMA];
      return wanted === 'enabled' || wanted === 'true';
    },
    init: initContainer('kuma-init', 'docker.io/kumahq/kuma-init:2.12.0', IPTABLES),
    adds: ['kuma-init', 'kuma-validation', 'kuma-sidecar'],
  },
  {
    // https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels
    name: 'Consul',
    injects: ({ annotations }) => annotations[CONSUL] === 'true',
    init: initContainer('consul-connect-inject-init', 'hashicorp/consul-k8s-control-plane:1.9.0', [
      'NET_ADMIN',
    ]),
    adds: ['consul-connect-inject-init', 'consul-dataplane'],
  },
];

/**
 * The mesh's change of a Pod; undefined where none injects. A Pod in the host's network gets no sidecar, as none of them
 * captures traffic that is not the Pod's own.
 */
export function injectedBy(pod: Pod, namespace: NamespaceFacts): Injection | undefined {
  const { spec, metadata } = pod;
  if (!spec || spec.hostNetwork) return undefined;
  const labels = (metadata?.labels ?? {}) as StringMap;
  const annotations = (metadata?.annotations ?? {}) as StringMap;
  const mesh = MESHES.find(({ injects }) => injects({ labels, annotations, namespace }));
  if (!mesh) return undefined;
  const names = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ name }) => name ?? '');
  if (mesh.adds.some(name => names.includes(name))) return undefined;
  const initContainers = [mesh.init, ...(spec.initContainers ?? [])] as NonNullable<
    typeof spec.initContainers
  >;
  return { mesh: mesh.name, pod: { ...pod, spec: { ...spec, initContainers } } };
}
