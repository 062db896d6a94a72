import { addContainer, annotated, secure, securePod } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io';

export const EXPOSURE = [
  ...cases(
    'hostNetwork',
    ['true', pod => Object.assign(pod.spec, { hostNetwork: true }), 'spec.hostNetwork = true'],
    ['false', pod => Object.assign(pod.spec, { hostNetwork: false })],
  ),
  ...cases(
    'hostIPC',
    ['true', pod => Object.assign(pod.spec, { hostIPC: true }), 'spec.hostIPC = true'],
    ['false', pod => Object.assign(pod.spec, { hostIPC: false })],
  ),
  ...cases(
    'hostProbe',
    [
      'a probe and a hook',
      pod => {
        const it = addContainer(pod, 'container');
        it.livenessProbe = { httpGet: { port: 80, host: '10.0.0.1' }, tcpSocket: { port: 80, host: 'db' } };
        it.lifecycle = { preStop: { tcpSocket: { port: 1, host: 'x' } } };
      },
      'spec.containers[1].livenessProbe.httpGet.host = 10.0.0.1',
      'spec.containers[1].livenessProbe.tcpSocket.host = db',
      'spec.containers[1].lifecycle.preStop.tcpSocket.host = x',
    ],
    [
      'on a hostNetwork Pod, whose probes go to the node anyway',
      pod => {
        pod.spec.hostNetwork = true;
        addContainer(pod, 'container').livenessProbe = { httpGet: { port: 80, host: '127.0.0.1' } };
      },
    ],
    [
      'no host',
      pod => {
        const it = addContainer(pod, 'container');
        it.readinessProbe = { httpGet: { port: 80, host: '' } };
        it.startupProbe = { exec: { command: ['true'] } };
        it.lifecycle = { postStart: { httpGet: { port: 80 } } };
      },
    ],
  ),
  ...cases(
    'hostPort',
    [
      'one of two ports',
      pod => {
        addContainer(pod, 'sidecar').ports = [{ containerPort: 1 }, { containerPort: 2, hostPort: 53 }];
      },
      'spec.initContainers[0].ports[1].hostPort = 53',
    ],
    [
      '0',
      pod => {
        addContainer(pod, 'container').ports = [{ containerPort: 1, hostPort: 0 }];
      },
    ],
    [
      'filled in by the API server on a hostNetwork Pod',
      pod => {
        pod.spec.hostNetwork = true;
        addContainer(pod, 'container').ports = [{ containerPort: 80, hostPort: 80 }];
      },
    ],
  ),
  ...cases(
    'procMount',
    [
      'Unmasked',
      pod => secure({ procMount: 'Unmasked' })(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.procMount = Unmasked',
    ],
    ['Default', pod => secure({ procMount: 'Default' })(addContainer(pod, 'container'))],
    [
      'in a user namespace',
      pod => {
        pod.spec.hostUsers = false;
        secure({ procMount: 'Unmasked' })(addContainer(pod, 'container'));
      },
    ],
  ),
  ...cases(
    'seccompUnconfined',
    [
      'of the Pod, though each container overrides it',
      pod => {
        securePod({ seccompProfile: { type: 'Unconfined' } })(pod);
        for (const it of pod.spec.containers) secure({ seccompProfile: { type: 'RuntimeDefault' } })(it);
      },
      'spec.securityContext.seccompProfile.type = Unconfined',
    ],
    [
      'an empty type',
      pod => secure({ seccompProfile: { type: '' } })(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.seccompProfile.type = ',
    ],
    ['Localhost', securePod({ seccompProfile: { type: 'Localhost', localhostProfile: 'p' } })],
  ),
  ...cases(
    'appArmorUnconfined',
    [
      'both fields and the annotation',
      pod => {
        annotated({ [`${APP_ARMOR}/app`]: 'unconfined' })(pod);
        securePod({ appArmorProfile: { type: 'Unconfined' } })(pod);
        secure({ appArmorProfile: { type: 'Unconfined' } })(addContainer(pod, 'ephemeral'));
      },
      'spec.securityContext.appArmorProfile.type = Unconfined',
      'spec.ephemeralContainers[0].securityContext.appArmorProfile.type = Unconfined',
      `metadata.annotations[${APP_ARMOR}/app] = unconfined`,
    ],
    [
      'the annotation alone',
      annotated({ [`${APP_ARMOR}/app`]: 'Runtime/Default' }),
      `metadata.annotations[${APP_ARMOR}/app] = Runtime/Default`,
    ],
    ['values within Baseline', annotated({ [`${APP_ARMOR}/a`]: 'localhost/p', [`${APP_ARMOR}/b`]: '' })],
  ),
  ...cases(
    'seLinuxOptions',
    [
      'each field',
      securePod({ seLinuxOptions: { type: 'spc_t', user: 'u', role: 'r', level: 's0' } }),
      'spec.securityContext.seLinuxOptions.type = spc_t',
      'spec.securityContext.seLinuxOptions.user = u',
      'spec.securityContext.seLinuxOptions.role = r',
    ],
    ['an allowed type', securePod({ seLinuxOptions: { type: 'container_kvm_t', user: '', level: 's0' } })],
  ),
  ...cases(
    'sysctlUnsafe',
    [
      'one of two',
      securePod({
        sysctls: [
          { name: 'net.ipv4.tcp_rmem', value: '1' },
          { name: 'kernel.shmmax', value: '1' },
        ],
      }),
      'spec.securityContext.sysctls[1].name = kernel.shmmax',
    ],
    ['a safe one', securePod({ sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] })],
  ),
];
