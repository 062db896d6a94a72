import { count } from '../../source/text.ts';
import { defineCheck, idle, note } from '../check.ts';
import { sandboxes } from '../sandboxes.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/**
 * Pod Security Admission does not look at Pods of a RuntimeClass that its configuration exempts (`exemptions.runtimeClasses`,
 * k8s.io/pod-security-admission admission/admission.go). That is a file of the API server, which the API does not show.
 */
export const podSecurity = defineCheck({
  id: 'pod-security',
  group: 'Namespaces',
  title: 'an injected class does not switch off Pod Security Admission',
  reads: ['namespaces', 'runtimeClasses'],
  run: ({ namespaces, runtimeClasses }, { snapshot }) => {
    const enforced = namespaces.filter(({ labels }) => labels[ENFORCE] && labels[ENFORCE] !== 'privileged');
    if (enforced.length === 0 || sandboxes(runtimeClasses, snapshot.profiles).length === 0) {
      return idle('no namespace enforces a Pod Security Standard, or no RuntimeClass is a sandbox');
    }
    return {
      seen: 'the API does not show this',
      remarks: [
        note(
          `${count(enforced.length, 'namespace')} ${enforced.length === 1 ? 'enforces' : 'enforce'} a Pod Security Standard. If the API server's PodSecurityConfiguration lists a sandbox class under exemptions.runtimeClasses, every Pod that is given this class escapes the standard.`,
          'On the control plane, look into the file that the flag --admission-control-config-file of the API server names, and remove sandbox classes from that list.',
        ),
      ],
    };
  },
});
