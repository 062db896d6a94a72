import type { Mapping } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';

/** Where the Pod template of a built-in kind lies; the Pod is its own. */
const KNOWN: ReadonlyMap<string, Keys> = new Map([
  ['v1/Pod', []],
  ['v1/PodTemplate', ['template']],
  ['v1/ReplicationController', ['spec', 'template']],
  ['apps/v1/Deployment', ['spec', 'template']],
  ['apps/v1/StatefulSet', ['spec', 'template']],
  ['apps/v1/DaemonSet', ['spec', 'template']],
  ['apps/v1/ReplicaSet', ['spec', 'template']],
  ['batch/v1/Job', ['spec', 'template']],
  ['batch/v1/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** Undefined for a kind that is not built in, or makes no Pods. */
export const knownTemplate = ({ apiVersion, kind }: Mapping): Keys | undefined =>
  KNOWN.get(`${apiVersion}/${kind}`);
