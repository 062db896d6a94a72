import { stringify } from 'yaml';
import { comment } from './comment.ts';
import { TESTED, tell } from './evidence.ts';
import type { Runtime } from './runtimes.ts';

const GVISOR = {
  source: 'https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/quick_start.md',
  about:
    'No overhead, as upstream: what the sandbox uses counts against the Pod. Where only some nodes have runsc, label these and add the label as scheduling.nodeSelector: the scheduler does not look at status.runtimeHandlers.',
};

const KATA = {
  source:
    'https://github.com/kata-containers/kata-containers/blob/main/tools/packaging/kata-deploy/helm-chart/kata-deploy/templates/runtimeclasses.yaml',
  about:
    'The overhead is what scheduler, quota and kubelet add to each Pod for its VM. kata-deploy sets the label of the nodeSelector; where you installed Kata by hand, set it by hand.',
};

/** RuntimeClasses as YAML documents, with the overhead and the nodes that the built-in data gives them. */
export const runtimeClassesPart = (runtimes: readonly Runtime[]): string =>
  runtimes.map(documentOf).join('---\n');

function documentOf({ title, name, handler, runtimeClass, kata }: Runtime): string {
  const { overhead, nodeSelector } = runtimeClass;
  const { source, about } = kata ? KATA : GVISOR;
  const by = `the API server of ${TESTED.kubernetes} takes it (--dry-run=server)`;
  const manifest = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name },
    handler,
    ...(overhead && { overhead: { podFixed: overhead } }),
    ...(Object.keys(nodeSelector).length > 0 && { scheduling: { nodeSelector } }),
  };
  return `${comment(title, tell({ kind: 'read', by, source }), about)}\n${stringify(manifest)}`;
}
