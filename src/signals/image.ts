import type { ContainerView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
Which image runs.

Field: image of every container; `registry:5000/name:tag@sha256:…` in full
*/
const SOURCE = 'https://kubernetes.io/docs/concepts/containers/images/#image-names';

/** The tag `latest`, or no tag, which means the same. With a digest, the tag does not matter. */
export const imageTag: Signal = {
  id: 'imageTag',
  category: 'hygiene',
  weight: 4,
  title: 'Image tag latest',
  phrase: 'the image tag latest',
  reason: 'another image may run at the next start',
  fix: 'name a version, preferably with its digest',
  source: SOURCE,
  inspect: pod => eachContainer(pod, floating),
};

function floating({ image, path }: ContainerView) {
  if (image.includes('@')) return undefined;
  const colon = image.lastIndexOf(':');
  const tagged = colon > image.lastIndexOf('/');
  if (tagged && image.slice(colon + 1).trim() !== 'latest') return undefined;
  return { path: `${path}.image`, value: image };
}

export const imageDigest: Signal = {
  id: 'imageDigest',
  category: 'hygiene',
  weight: 2,
  title: 'Image without digest',
  reason: 'whoever can push to the registry can change what runs',
  fix: 'add the digest: name:tag@sha256:…',
  source: SOURCE,
  inspect: pod => eachContainer(pod, unpinned),
};

const unpinned = ({ image, path }: ContainerView) =>
  image.includes('@') ? undefined : { path: `${path}.image`, value: image };
