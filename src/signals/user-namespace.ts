import { NOTHING } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
A user namespace (KEP-127). The kubelet refuses the Pod where the handler does not report the feature.

Field: spec.hostUsers
It lowers no score: root in a user namespace still reaches the host kernel.
*/
export const hostUsers: Signal = {
  id: 'hostUsers',
  category: 'requirement',
  weight: 0,
  title: 'User namespace',
  reason: 'the handler must run the Pod in a user namespace',
  fix: 'remove hostUsers if the sandbox is boundary enough',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/127-user-namespaces',
  inspect: pod => (pod.spec.hostUsers === false ? HIT : NOTHING),
};

const HIT = Object.freeze([{ path: 'spec.hostUsers', value: false }]);
