import type { V1VolumeMount } from '@kubernetes/client-node';
import { addContainer, annotated, type DraftPod, secure, securePod } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const mounted = (fields: Partial<V1VolumeMount>) => (pod: DraftPod) => {
  addContainer(pod, 'container').volumeMounts = [{ name: 'v', mountPath: '/v', ...fields }];
};
const MOUNT = 'spec.containers[1].volumeMounts[0]';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/app';

const mounts = [
  ...cases(
    'subPath',
    ['subPath', mounted({ subPath: 'a' }), `${MOUNT} = a`],
    ['subPathExpr', mounted({ subPathExpr: '$(POD)' }), `${MOUNT} = $(POD)`],
    ['empty', mounted({ subPath: '' })],
  ),
  ...cases(
    'mountPropagationHostToContainer',
    ['set', mounted({ mountPropagation: 'HostToContainer' }), `${MOUNT}.mountPropagation = HostToContainer`],
    ['Bidirectional, which has its own', mounted({ mountPropagation: 'Bidirectional' })],
  ),
  ...cases(
    'recursiveReadOnly',
    ['Enabled', mounted({ recursiveReadOnly: 'Enabled' }), `${MOUNT}.recursiveReadOnly = Enabled`],
    ['IfPossible', mounted({ recursiveReadOnly: 'IfPossible', readOnly: true })],
  ),
];

const selecting = (nodeSelector: object) => (pod: DraftPod) => Object.assign(pod.spec, { nodeSelector });
const withAffinity = (nodeAffinity: object) => (pod: DraftPod) =>
  Object.assign(pod.spec, { affinity: { nodeAffinity } });
const requiring = (...terms: object[][]) =>
  withAffinity({
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: terms.map(matchExpressions => ({ matchExpressions })),
    },
  });
const preferring = (expression: object) =>
  withAffinity({
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, preference: { matchExpressions: [expression] } },
    ],
  });
const AFFINITY =
  'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

export const REQUIREMENT = [
  ...mounts,
  ...cases(
    'hostUsers',
    ['false', pod => Object.assign(pod.spec, { hostUsers: false }), 'spec.hostUsers = false'],
    ['true', pod => Object.assign(pod.spec, { hostUsers: true })],
  ),
  ...cases(
    'resourceClaim',
    [
      'one',
      pod => Object.assign(pod.spec, { resourceClaims: [{ name: 'gpu', resourceClaimName: 'g' }] }),
      'spec.resourceClaims[0] = gpu',
    ],
    ['none', pod => Object.assign(pod.spec, { resourceClaims: [] })],
  ),
  ...cases(
    'seccompLocalhost',
    [
      'the Pod',
      securePod({ seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } }),
      'spec.securityContext.seccompProfile = p.json',
    ],
    ['RuntimeDefault', securePod({ seccompProfile: { type: 'RuntimeDefault' } })],
  ),
  ...cases(
    'appArmorLocalhost',
    [
      'a container',
      pod =>
        secure({ appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } })(
          addContainer(pod, 'container'),
        ),
      'spec.containers[1].securityContext.appArmorProfile = p',
    ],
    ['the annotation', annotated({ [APP_ARMOR]: 'localhost/p' }), `metadata.annotations[${APP_ARMOR}] = p`],
    ['RuntimeDefault', securePod({ appArmorProfile: { type: 'RuntimeDefault' } })],
  ),
  ...cases(
    'seLinuxLabel',
    [
      'a level',
      securePod({ seLinuxOptions: { level: 's0:c1' } }),
      'spec.securityContext.seLinuxOptions = s0:c1',
    ],
    [
      'an allowed type',
      securePod({ seLinuxOptions: { type: 'container_t' } }),
      'spec.securityContext.seLinuxOptions = container_t',
    ],
    ['beyond Baseline, which has its own', securePod({ seLinuxOptions: { type: 'spc_t', level: 's0' } })],
    ['empty', securePod({ seLinuxOptions: {} })],
  ),
  ...cases(
    'sysctlSafe',
    [
      'a safe one',
      securePod({ sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] }),
      'spec.securityContext.sysctls[0].name = kernel.shm_rmid_forced',
    ],
    ['an unsafe one', securePod({ sysctls: [{ name: 'kernel.shmall', value: '1' }] })],
  ),
  ...cases(
    'windowsPod',
    ['by os', pod => Object.assign(pod.spec, { os: { name: 'windows' } }), 'spec.os.name = windows'],
    [
      'by nodeSelector',
      pod => Object.assign(pod.spec, { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
      'spec.nodeSelector[kubernetes.io/os] = windows',
    ],
    [
      'by nodeSelector of the label that was before',
      selecting({ 'beta.kubernetes.io/os': 'windows' }),
      'spec.nodeSelector[beta.kubernetes.io/os] = windows',
    ],
    [
      'by the build of Windows',
      selecting({ 'node.kubernetes.io/windows-build': '10.0.20348' }),
      'spec.nodeSelector[node.kubernetes.io/windows-build] = 10.0.20348',
    ],
    [
      'by required node affinity',
      requiring([{ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] }]),
      `${AFFINITY}[0].matchExpressions[0] = windows`,
    ],
    [
      'by every term of it, each in its way',
      requiring(
        [
          { key: 'zone', operator: 'Exists' },
          { key: 'beta.kubernetes.io/os', operator: 'In', values: ['windows', 'windows'] },
        ],
        [{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['linux'] }],
        [{ key: 'node.kubernetes.io/windows-build', operator: 'Exists' }],
      ),
      `${AFFINITY}[0].matchExpressions[1] = windows`,
      `${AFFINITY}[1].matchExpressions[0] = windows`,
      `${AFFINITY}[2].matchExpressions[0] = windows`,
    ],
    [
      'by one of several terms, which leaves it the others',
      requiring(
        [{ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] }],
        [{ key: 'zone', operator: 'Exists' }],
      ),
    ],
    [
      'by affinity that leaves it Linux',
      requiring([{ key: 'kubernetes.io/os', operator: 'In', values: ['windows', 'linux'] }]),
    ],
    [
      'by every term but an empty one, which matches no node',
      requiring([{ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] }], []),
      `${AFFINITY}[0].matchExpressions[0] = windows`,
    ],
    ['by affinity for any system', requiring([{ key: 'kubernetes.io/os', operator: 'Exists' }])],
    ['by affinity for none', requiring([{ key: 'kubernetes.io/os', operator: 'In', values: [] }])],
    [
      'by affinity away from Windows',
      requiring([{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] }]),
    ],
    ['without a term', requiring()],
    ['by a preference', preferring({ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] })],
    ['by nodeSelector, for Linux', selecting({ 'kubernetes.io/os': 'linux' })],
    ['Linux', pod => Object.assign(pod.spec, { os: { name: 'linux' } })],
  ),
];
