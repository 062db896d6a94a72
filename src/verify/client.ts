import type { CoreV1Event } from '@kubernetes/client-node';
import type { ApiCall } from '../kube/api.ts';
import type { Connection } from '../kube/connect.ts';
import { hasStatus } from '../kube/error.ts';
import { listAll } from '../kube/list.ts';
import { isNamed, type KubeObject } from '../kube/object.ts';
import type { Loose, Pod } from '../pod/kube.ts';
import type { VerifyApi } from './api.ts';

/** The most bytes of a log; a probe writes some thousands. */
const MOST_LOG_BYTES = 512 * 1024;

/** The time for one answer, in milliseconds. */
const TIMEOUT_MS = 30_000;
const PAGE = 500;

const NAMESPACES = '/api/v1/namespaces';
const namespaceAt = (name: string): string => `${NAMESPACES}/${encodeURIComponent(name)}`;
const podsAt = (namespace: string): string => `${namespaceAt(namespace)}/pods`;
const podAt = (namespace: string, name: string): string => `${podsAt(namespace)}/${encodeURIComponent(name)}`;

/** The calls of a run over a connection. */
export function verifyApi({ api, text }: Pick<Connection, 'api' | 'text'>): VerifyApi {
  const call = (one: ApiCall): Promise<KubeObject> => api({ ...one, timeoutMs: TIMEOUT_MS });
  const unlessGone = async (one: ApiCall): Promise<boolean> => {
    try {
      await call(one);
      return true;
    } catch (error) {
      if (hasStatus(error, 404)) return false;
      throw error;
    }
  };
  const list = async (path: string, query?: Readonly<Record<string, string>>) => {
    const keep = (object: KubeObject) => (isNamed(object) ? object : undefined);
    return listAll(api, path, { query, keep, limit: PAGE, timeoutMs: TIMEOUT_MS });
  };
  return {
    runtimeClasses: () => list('/apis/node.k8s.io/v1/runtimeclasses'),
    nodes: () => list('/api/v1/nodes'),
    namespacesWith: label => list(NAMESPACES, { labelSelector: label }),
    createNamespace: async body => void (await call({ method: 'POST', path: NAMESPACES, body })),
    deleteNamespace: async name => void (await unlessGone({ method: 'DELETE', path: namespaceAt(name) })),
    hasNamespace: name => unlessGone({ path: namespaceAt(name) }),
    podsWith: (namespace, label) => list(podsAt(namespace), { labelSelector: label }),
    createPod: async (namespace, body) =>
      void (await call({ method: 'POST', path: podsAt(namespace), body })),
    pod: async (namespace, name) => (await call({ path: podAt(namespace, name) })) as Pod,
    log: (namespace, name) =>
      text({ path: `${podAt(namespace, name)}/log?limitBytes=${MOST_LOG_BYTES}`, timeoutMs: TIMEOUT_MS }),
    events: async (namespace, pod) => {
      const query = { fieldSelector: `involvedObject.name=${pod}` };
      return (await list(`${namespaceAt(namespace)}/events`, query)) as readonly Loose<CoreV1Event>[];
    },
    deletePod: async (namespace, name) =>
      void (await unlessGone({ method: 'DELETE', path: podAt(namespace, name) })),
  };
}
