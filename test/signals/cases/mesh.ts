import { addContainer, adding, annotated, type DraftPod, secure } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const MODE = 'istio.io/dataplane-mode';

const init = (name: string, change: (it: ReturnType<typeof addContainer>) => void) => (pod: DraftPod) => {
  const it = addContainer(pod, 'init');
  it.name = name;
  change(it);
};
const netAdmin = adding('NET_ADMIN', 'NET_RAW');

export const MESH = [
  ...cases(
    'iptablesInit',
    ['Istio', init('istio-init', netAdmin), 'spec.initContainers[0] = istio-init'],
    [
      'Linkerd, by its image',
      init('setup', it => {
        it.image = 'cr.l5d.io/linkerd/proxy-init:v2.4.1';
        netAdmin(it);
      }),
      'spec.initContainers[0] = setup',
    ],
    [
      'Istio, by its program',
      init('setup', it => {
        it.args = ['istio-iptables', '-p', '15001'];
        netAdmin(it);
      }),
      'spec.initContainers[0] = setup',
    ],
    ['privileged', init('istio-init', secure({ privileged: true })), 'spec.initContainers[0] = istio-init'],
    ['without NET_ADMIN', init('istio-init', adding('NET_RAW'))],
    ['another init container with NET_ADMIN', init('sysctl', netAdmin)],
    [
      'no init container',
      pod => {
        const it = addContainer(pod, 'container');
        it.name = 'istio-init';
        netAdmin(it);
      },
    ],
  ),
  ...cases(
    'meshCapture',
    [
      'ambient',
      pod => Object.assign(pod.metadata.labels, { [MODE]: 'ambient' }),
      `metadata.labels[${MODE}] = ambient`,
    ],
    [
      'redirected',
      annotated({ 'ambient.istio.io/redirection': 'enabled' }),
      'metadata.annotations[ambient.istio.io/redirection] = enabled',
    ],
    ['Istio CNI', init('istio-validation', () => {}), 'spec.initContainers[0] = istio-validation'],
    ['none', pod => Object.assign(pod.metadata.labels, { [MODE]: 'none' })],
  ),
];
