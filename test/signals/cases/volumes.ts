import type { V1Volume } from '@kubernetes/client-node';
import { addContainer, type DraftPod, withVolume } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const claim = { persistentVolumeClaim: { claimName: 'data' } };
const ephemeral = { ephemeral: { volumeClaimTemplate: { spec: {} } } };

/** The volume as a raw block device, and not mounted. */
const asDevice = (source: Omit<V1Volume, 'name'>) => (pod: DraftPod) => {
  pod.spec.volumes = [{ name: 'v', ...source }];
  addContainer(pod, 'container').volumeDevices = [{ name: 'v', devicePath: '/dev/xvda' }];
};

export const VOLUMES = [
  ...cases(
    'blockVolume',
    ['a device', asDevice(claim), 'spec.containers[1].volumeDevices[0] = /dev/xvda'],
    ['a file system', withVolume(claim)],
  ),
  ...cases(
    'persistentVolumeClaim',
    ['mounted', withVolume(claim), 'spec.volumes[0].persistentVolumeClaim = data'],
    [
      'mounted in one container, a device in another',
      pod => {
        asDevice(claim)(pod);
        addContainer(pod, 'init').volumeMounts = [{ name: 'v', mountPath: '/v' }];
      },
      'spec.volumes[0].persistentVolumeClaim = data',
    ],
    ['a device alone', asDevice(claim)],
  ),
  ...cases(
    'ephemeralVolume',
    ['mounted', withVolume(ephemeral), 'spec.volumes[0].ephemeral'],
    ['a device alone', asDevice(ephemeral)],
  ),
  ...cases(
    'networkVolume',
    ['nfs', withVolume({ nfs: { server: 's', path: '/' } }), 'spec.volumes[0].nfs = nfs'],
    ['gitRepo, which is cloned to the node', withVolume({ gitRepo: { repository: 'r' } })],
  ),
  ...cases(
    'liveProjectedVolume',
    ['a secret', withVolume({ secret: { secretName: 's' } }), 'spec.volumes[0].secret = secret'],
    ['downwardAPI', withVolume({ downwardAPI: {} }), 'spec.volumes[0].downwardAPI = downwardAPI'],
    [
      'the token that the API server will add',
      pod => {
        delete pod.spec.automountServiceAccountToken;
      },
      'spec.volumes[kube-api-access].projected = projected',
    ],
    ['emptyDir', withVolume({ emptyDir: {} })],
  ),
  ...cases(
    'imageVolume',
    ['an image', withVolume({ image: { reference: 'r/x:1' } }), 'spec.volumes[0].image = r/x:1'],
    ['a claim', withVolume(claim)],
  ),
  ...cases(
    'csiInlineVolume',
    ['inline', withVolume({ csi: { driver: 'spiffe.io' } }), 'spec.volumes[0].csi = spiffe.io'],
    ['a claim', withVolume(claim)],
  ),
];
