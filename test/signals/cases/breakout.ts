import { addContainer, secure, securePod } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

export const BREAKOUT = [
  ...cases(
    'hostProcess',
    [
      'the Pod',
      securePod({ windowsOptions: { hostProcess: true } }),
      'spec.securityContext.windowsOptions.hostProcess = true',
    ],
    [
      'an init container',
      pod => secure({ windowsOptions: { hostProcess: true } })(addContainer(pod, 'init')),
      'spec.initContainers[0].securityContext.windowsOptions.hostProcess = true',
    ],
    ['other options', securePod({ windowsOptions: { hostProcess: false, runAsUserName: 'u' } })],
  ),
  ...cases(
    'hostPID',
    ['true', pod => Object.assign(pod.spec, { hostPID: true }), 'spec.hostPID = true'],
    [
      'shareProcessNamespace',
      pod => Object.assign(pod.spec, { hostPID: false, shareProcessNamespace: true }),
    ],
  ),
  ...cases(
    'privileged',
    [
      'a container',
      pod => secure({ privileged: true })(addContainer(pod, 'container')),
      'spec.containers[1].securityContext.privileged = true',
    ],
    [
      'an ephemeral container',
      pod => secure({ privileged: true })(addContainer(pod, 'ephemeral')),
      'spec.ephemeralContainers[0].securityContext.privileged = true',
    ],
    [
      'a sidecar',
      pod => secure({ privileged: true })(addContainer(pod, 'sidecar')),
      'spec.initContainers[0].securityContext.privileged = true',
    ],
    ['false', pod => secure({ privileged: false })(addContainer(pod, 'container'))],
  ),
  ...cases(
    'mountPropagationBidirectional',
    [
      'of the second mount',
      pod => {
        addContainer(pod, 'container').volumeMounts = [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/b', mountPropagation: 'Bidirectional' },
        ];
      },
      'spec.containers[1].volumeMounts[1].mountPropagation = Bidirectional',
    ],
    [
      'None and HostToContainer',
      pod => {
        addContainer(pod, 'container').volumeMounts = [
          { name: 'a', mountPath: '/a', mountPropagation: 'None' },
          { name: 'b', mountPath: '/b', mountPropagation: 'HostToContainer' },
        ];
      },
    ],
  ),
];
