import { isAtLeast } from '../../kube/version.ts';
import { defineCheck, warning } from '../check.ts';

/**
 * ValidatingAdmissionPolicy, which guard and locks consist of, is stable from Kubernetes 1.30 (KEP-3488). Nodes report their
 * handlers from 1.31 on (KEP-3857 and KEP-127, whose `status.runtimeHandlers` is in beta); before that, labels say where a
 * class runs.
 */
export const kubernetesVersion = defineCheck({
  id: 'kubernetes-version',
  group: 'Kubernetes',
  title: 'the API server has everything that Cofferdam uses',
  reads: [],
  run: (_, { server }) => ({
    seen: server.text,
    remarks: isAtLeast(server, 30)
      ? []
      : [
          warning(
            `Kubernetes ${server.text} is older than 1.30: it has no stable ValidatingAdmissionPolicy, so there is neither a guard nor a lock.`,
            'Upgrade Kubernetes. Until then, set guard.enabled=false in the chart, which makes webhooks of enforced namespaces fail closed.',
          ),
        ],
  }),
});
