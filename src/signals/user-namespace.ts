import type { PodView } from '../pod/view.ts';
import { NOTHING } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
A user namespace (KEP-127). The kubelet refuses the Pod where the handler does not report the feature.

Field: spec.hostUsers
Root of a user namespace still reaches the host kernel, so only what Pod Security relaxes for it (`inUserNamespace`) is
no finding; all else still is.
*/
export const hostUsers: Signal = {
  id: 'hostUsers',
  category: 'requirement',
  weight: 0,
  title: 'User namespace',
  phrase: 'a user namespace',
  reason: 'the handler must run the Pod in a user namespace',
  fix: 'remove hostUsers if the sandbox is enough of a boundary',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/127-user-namespaces',
  inspect: pod => (inUserNamespace(pod) ? HIT : NOTHING),
};

/** The condition of `relaxPolicyForUserNamespacePod` in Pod Security Admission. */
export const inUserNamespace = ({ spec }: PodView): boolean => spec.hostUsers === false;

const HIT = Object.freeze([{ path: 'spec.hostUsers', value: false }]);
