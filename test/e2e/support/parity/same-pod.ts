import type { V1Pod, V1Volume } from '@kubernetes/client-node';
import { readSubjects } from '../../../../src/input/subjects.ts';
import { asSent } from '../../../../src/pod/sent/index.ts';
import { documentOf } from '../../../support/documents.ts';
import { classFacts } from './classes.ts';
import type { Compared } from './compared.ts';

/** The Pod as rules read it in a review, and as it was sent to the webhook, both without what cannot be known beforehand. */
export function bothPods({ workload, asked }: Compared): {
  readonly review: object;
  readonly webhook: object;
} {
  const [subject] = readSubjects([documentOf(workload)], '').subjects;
  if (!subject) throw new Error(`${workload.metadata.name} makes no Pod`);
  const { pod } = subject;
  const sent = asSent(pod, classFacts(pod.spec?.runtimeClassName ?? ''));
  return { review: comparable(sent, workload), webhook: comparable(asked.request.object, workload) };
}

const UID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const HASHES = ['pod-template-hash', 'controller-revision-hash'];

/** docs/review.md lists each of these: generated values, and the node and the order that a controller chooses. */
function comparable(pod: object, { kind, metadata: { name } }: Compared['workload']): object {
  const text = JSON.stringify(pod)
    .replaceAll(UID, '0')
    .replaceAll(/(?<=kube-api-access-)\w{5}/g, '00000')
    .replaceAll(new RegExp(`(?<="${name}-)[0-9a-z]{8,10}(?=["-])`, 'g'), '0');
  const { metadata, spec, ...rest } = JSON.parse(text) as Required<Pick<V1Pod, 'metadata' | 'spec'>>;
  const { managedFields: _, creationTimestamp: __, ...made } = metadata;
  for (const hash of HASHES) if (made.labels?.[hash]) made.labels[hash] = '0';
  if (kind === 'DaemonSet') delete spec.affinity;
  const volumes = spec.volumes?.toSorted((a: V1Volume, b: V1Volume) => (a.name < b.name ? -1 : 1));
  return { ...rest, metadata: made, spec: { ...spec, ...(volumes && { volumes }) } };
}
