import type { VolumeView } from '../pod/view.ts';
import { NOTHING } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
The token of the API that a Pod gets unless it opts out.

Fields: spec.automountServiceAccountToken, and the volume that the API server adds: `kube-api-access-…`
        (plugin/pkg/admission/serviceaccount). A token that the author projects on purpose is no finding.
A ServiceAccount that opts out is not seen, as nothing is looked up.
*/
export const serviceAccountToken: Signal = {
  id: 'serviceAccountToken',
  category: 'hygiene',
  weight: 3,
  title: 'Service-account token mounted',
  phrase: 'a mounted service-account token',
  reason: 'whoever takes over the container can speak to the API as its service account',
  fix: 'set automountServiceAccountToken to false unless the workload calls the API',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  inspect: pod => (pod.volumes.some(isToken) ? HIT : NOTHING),
};

const HIT = Object.freeze([{ path: 'spec.automountServiceAccountToken' }]);

const isToken = (volume: VolumeView): boolean =>
  volume.implied ||
  (volume.name.startsWith('kube-api-access-') &&
    (volume.spec.projected?.sources?.some(source => source.serviceAccountToken != null) ?? false));
