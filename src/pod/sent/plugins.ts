import { isDeepStrictEqual } from 'node:util';
import type { V1Container, V1PodSpec, V1Toleration, V1Volume } from '@kubernetes/client-node';
import type { Loose, StringMap } from '../kube.ts';
import { TOKEN_PATH } from '../view.ts';

/*
What is filled in by the admission plugins that are switched on in every API server and come before webhooks. Nothing is known
of a ServiceAccount, a PriorityClass or a LimitRange.
*/

/** What a RuntimeClass adds to Pods that name it. */
export interface ClassOfPod {
  readonly nodeSelector: StringMap;
  readonly tolerations: readonly Loose<V1Toleration>[];
  readonly overhead?: StringMap;
}

interface Plugged {
  /** Whether it is a mirror Pod, judged only by its annotation. */
  readonly isMirror: boolean;
  readonly runtimeClass: ClassOfPod | undefined;
}

/** Fills in the spec in place, in the order of the plugins. */
export function fillInByPlugins(spec: V1PodSpec, { isMirror, runtimeClass }: Plugged): void {
  if (!isMirror) fillInAccount(spec);
  fillInPriority(spec);
  fillInTolerations(spec);
  if (runtimeClass) fillInClass(spec, runtimeClass);
}

/** The API server's name for it has five other random characters at the end. */
const TOKEN_VOLUME = 'kube-api-access-00000';

/** plugin/pkg/admission/serviceaccount */
function fillInAccount(spec: V1PodSpec): void {
  spec.serviceAccountName ??= spec.serviceAccount ?? 'default';
  spec.serviceAccount = spec.serviceAccountName;
  if (spec.automountServiceAccountToken === false) return;
  const without = [...(spec.initContainers ?? []), ...spec.containers].filter(lacksToken);
  if (without.length === 0) return;
  for (const container of without) {
    const mount = { name: TOKEN_VOLUME, readOnly: true, mountPath: TOKEN_PATH };
    container.volumeMounts = [...(container.volumeMounts ?? []), mount];
  }
  spec.volumes = [...(spec.volumes ?? []), tokenVolume()];
}

const lacksToken = ({ volumeMounts }: V1Container): boolean =>
  !volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH);

const tokenVolume = (): V1Volume => ({
  name: TOKEN_VOLUME,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 0o644,
  },
});

/** plugin/pkg/admission/priority: for the two classes that every cluster has, and for none. */
function fillInPriority(spec: V1PodSpec): void {
  const priority = PRIORITIES[spec.priorityClassName ?? ''];
  if (priority === undefined) return;
  spec.priority ??= priority;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

const PRIORITIES: Readonly<Record<string, number>> = {
  '': 0,
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** plugin/pkg/admission/defaulttolerationseconds */
function fillInTolerations(spec: V1PodSpec): void {
  const given = spec.tolerations ?? [];
  const more = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    taint => !given.some(one => tolerates(one, taint)),
  );
  if (more.length === 0) return;
  const added = more.map(key => ({ key, operator: 'Exists', effect: EFFECT, tolerationSeconds: 300 }));
  spec.tolerations = [...given, ...added];
}

const EFFECT = 'NoExecute';
const tolerates = ({ key, effect }: V1Toleration, taint: string): boolean =>
  (!key || key === taint) && (!effect || effect === EFFECT);

/** plugin/pkg/admission/runtimeclass */
function fillInClass(spec: V1PodSpec, { nodeSelector, tolerations, overhead }: ClassOfPod): void {
  if (overhead) spec.overhead = { ...overhead };
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const given = spec.tolerations ?? [];
  const added = tolerations.filter(one => !given.some(other => isDeepStrictEqual(one, other)));
  spec.tolerations = [...given, ...(structuredClone(added) as V1Toleration[])];
}
