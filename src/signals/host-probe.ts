import type { Container } from '../pod/kube.ts';
import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer, type Occurrence } from '../pod/visit.ts';
import type { Cel } from './cel.ts';
import { anyContainer, guarded, unwaived } from './guards.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

type Handler = NonNullable<Container['livenessProbe']> | NonNullable<Container['lifecycle']>['postStart'];

/*
A probe or hook that names a host: the kubelet makes the request, from the node's own network (CVE-2020-8555 and kin).

Fields:  {livenessProbe,readinessProbe,startupProbe}.{httpGet,tcpSocket}.host of every container
         lifecycle.{postStart,preStop}.{httpGet,tcpSocket}.host of every container
Allowed: undefined, ''
Level:   Baseline, since 1.34

On a hostNetwork Pod a probe goes to the node by itself, as its own processes may: there the finding is hostNetwork.
*/
export const hostProbe: Signal = {
  id: 'hostProbe',
  category: 'exposure',
  weight: 30,
  title: 'Host in a probe or hook',
  reason: "the kubelet makes the request from the node's network, to wherever the author says",
  fix: 'remove host: a probe goes to the IP address of the Pod by itself',
  mend: removing,
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  ...guarded(lens => {
    const ofHandler = (handler: Cel): Cel =>
      ['httpGet', 'tcpSocket']
        .map(kind => `${handler}.?${kind}.?host.orValue('')`)
        .map(host => unwaived(lens, `${host} != ''`, host, 'c'))
        .join(' || ');
    // Most containers have few of these fields, and absent ones are not evaluated.
    const ofField = (field: string, handlers: readonly Cel[]): Cel =>
      `has(c.${field}) && (${handlers.map(ofHandler).join(' || ')})`;
    const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
    const found = anyContainer(
      lens,
      ...probes.map(probe => ofField(probe, [`c.${probe}`])),
      ofField('lifecycle', ['c.lifecycle.?postStart', 'c.lifecycle.?preStop']),
    );
    return `!${lens.pod}.spec.?hostNetwork.orValue(false) && ${found}`;
  }),
  inspect: pod => eachContainer(pod, hosts),
};

function hosts({ spec, path }: ContainerView, pod: PodView): readonly Occurrence[] | undefined {
  if (pod.spec.hostNetwork === true) return undefined;
  if (!(spec.livenessProbe || spec.readinessProbe || spec.startupProbe || spec.lifecycle)) return undefined;
  let hits = handlerHosts(undefined, spec.livenessProbe, path, 'livenessProbe');
  hits = handlerHosts(hits, spec.readinessProbe, path, 'readinessProbe');
  hits = handlerHosts(hits, spec.startupProbe, path, 'startupProbe');
  hits = handlerHosts(hits, spec.lifecycle?.postStart, path, 'lifecycle.postStart');
  return handlerHosts(hits, spec.lifecycle?.preStop, path, 'lifecycle.preStop');
}

function handlerHosts(
  hits: Occurrence[] | undefined,
  handler: Handler | null | undefined,
  path: string,
  field: string,
): Occurrence[] | undefined {
  const http = handler?.httpGet?.host;
  const tcp = handler?.tcpSocket?.host;
  if (!http && !tcp) return hits;
  const into = hits ?? [];
  if (http) into.push({ path: `${path}.${field}.httpGet.host`, value: http });
  if (tcp) into.push({ path: `${path}.${field}.tcpSocket.host`, value: tcp });
  return into;
}
