import { GUARD } from '../../guard/names.ts';
import { isAtLeast, POLICY_WRITES_SAFE_MINOR } from '../../kube/version.ts';
import { defineCheck, idle, warning } from '../check.ts';

/** Separate from the check of the version, as that one also has to report where ValidatingAdmissionPolicies cannot be listed. */
export const guardWrites = defineCheck({
  id: 'guard-writes',
  group: 'Kubernetes',
  title: 'the guard can be written without harming the API server',
  reads: ['admissionPolicies'],
  run: ({ admissionPolicies }, { server }) => {
    if (!admissionPolicies.some(({ metadata }) => metadata?.name === GUARD))
      return idle('no guard is installed');
    if (isAtLeast(server, POLICY_WRITES_SAFE_MINOR)) return { remarks: [] };
    return {
      remarks: [
        warning(
          `Kubernetes ${server.text} is older than 1.36: writing the guard while it is being evaluated can crash the API server, which then restarts (kubernetes#135757). The leader therefore writes the guard at most once in 60 s, and changes of policies reach the guard up to that much later.`,
          'Upgrade to Kubernetes 1.36 or newer.',
        ),
      ],
    };
  },
});
