import { addContainer, type DraftPod } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const image = (name: string) => (pod: DraftPod) => {
  addContainer(pod, 'container').image = name;
};
const DIGEST = `sha256:${'b'.repeat(64)}`;
const PATH = 'spec.containers[1].image';

export const IMAGES = [
  ...cases(
    'imageTag',
    ['latest', image('nginx:latest'), `${PATH} = nginx:latest`],
    ['none', image('nginx'), `${PATH} = nginx`],
    ['none, with a port', image('registry:5000/nginx'), `${PATH} = registry:5000/nginx`],
    ['a version', image('registry:5000/nginx:1.27')],
    ['a digest', image(`nginx:latest@${DIGEST}`)],
  ),
  ...cases(
    'imageDigest',
    ['a version', image('nginx:1.27'), `${PATH} = nginx:1.27`],
    ['a digest', image(`nginx:1.27@${DIGEST}`)],
  ),
];
