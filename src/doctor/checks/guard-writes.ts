import { GUARD } from '../../guard/names.ts';
import { isAtLeast, POLICY_WRITES_SAFE_MINOR } from '../../kube/version.ts';
import { defineCheck, idle, warning } from '../check.ts';

/** Apart from the version's own check, which must also be told where policies of admission cannot be listed. */
export const guardWrites = defineCheck({
  id: 'guard-writes',
  group: 'Kubernetes',
  title: 'the guard can be written without harm to the API server',
  reads: ['admissionPolicies'],
  run: ({ admissionPolicies }, { server }) => {
    if (!admissionPolicies.some(({ metadata }) => metadata?.name === GUARD))
      return idle('no guard is installed');
    if (isAtLeast(server, POLICY_WRITES_SAFE_MINOR)) return { remarks: [] };
    return {
      remarks: [
        warning(
          `Kubernetes ${server.text} is older than 1.36: a write of the guard while it is evaluated can end the API server, which starts again (kubernetes#135757). So the leader writes it once in 60 s at most, and what changes meanwhile is in force in the guard that much later.`,
          'Upgrade to Kubernetes 1.36 or newer.',
        ),
      ],
    };
  },
});
