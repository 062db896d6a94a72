import type { Container } from '../pod/kube.ts';
import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import { anyContainer, guarded, unwaived } from './guards.ts';
import { itemOccurrences } from './items.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

type Port = NonNullable<Container['ports']>[number];

/*
A port of the host.

Fields:  spec.{containers,initContainers,ephemeralContainers}[*].ports[*].hostPort
Allowed: undefined, 0
Level:   Baseline

On a hostNetwork Pod the API server copies each containerPort into hostPort (SetDefaults_PodSpec in
pkg/apis/core/v1/defaults.go): there the finding is hostNetwork, and this one would only repeat it.
*/
export const hostPort: Signal = {
  id: 'hostPort',
  category: 'exposure',
  weight: 30,
  title: 'Host port',
  reason: 'the container listens on an address of the host, bypassing NetworkPolicies and Services',
  fix: 'remove hostPort, and publish the port with a Service',
  mend: removing,
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  ...guarded(lens => {
    const found = unwaived(lens, 'p.?hostPort.orValue(0) != 0', 'string(p.hostPort)', 'c');
    return `!${lens.pod}.spec.?hostNetwork.orValue(false) && ${anyContainer(lens, `c.?ports.orValue([]).exists(p, ${found})`)}`;
  }),
  inspect: pod => eachContainer(pod, hostPorts),
};

const hostPorts = (container: ContainerView, pod: PodView) =>
  pod.spec.hostNetwork === true
    ? undefined
    : itemOccurrences(container.spec.ports, ofHost, container.path, '.ports', '.hostPort');

const ofHost = (port: Port) => port.hostPort || undefined;
