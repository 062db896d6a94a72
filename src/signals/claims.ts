import type { PodSpec } from '../pod/kube.ts';
import { NOTHING } from '../pod/visit.ts';
import { itemOccurrences } from './items.ts';
import type { Signal } from './signal.ts';

type Claim = NonNullable<PodSpec['resourceClaims']>[number];

/*
A device by dynamic resource allocation (KEP-4381).

Field: spec.resourceClaims
*/
export const resourceClaim: Signal = {
  id: 'resourceClaim',
  category: 'requirement',
  weight: 0,
  title: 'Dynamic resource claim',
  reason: 'a driver prepares a device and hands it over through CDI',
  fix: 'ask a device plugin for the device by a resource name',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra-structured-parameters',
  inspect: pod => itemOccurrences(pod.spec.resourceClaims, claimName, 'spec', '.resourceClaims') ?? NOTHING,
};

const claimName = (claim: Claim) => claim.name ?? '';
