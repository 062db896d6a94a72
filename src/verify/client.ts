import type { RequestContext } from '@kubernetes/client-node';
import { type ClusterAddress, loadConfig } from '../kube/config.ts';
import type { VerifyApi } from './api.ts';

/** Of a log, in bytes; a probe writes some thousands. */
const MOST_LOG = 512 * 1024;

/** For one answer, in milliseconds. */
const PATIENCE = 30_000;

/**
 * A way to probe a cluster.
 * @throws KubeError when there is no such file, context or cluster
 */
export async function connect(address: ClusterAddress): Promise<VerifyApi> {
  const { client, config, server } = await loadConfig(address);
  const { ApiException, CoreV1Api, NodeV1Api, ServerConfiguration, createConfiguration } = client;
  // Not makeApiClient, whose requests wait for an answer without end.
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [{ pre: inTime, post: async response => response }],
  });
  const core = new CoreV1Api(configuration);
  const classes = new NodeV1Api(configuration);
  const unlessGone = async (request: Promise<unknown>): Promise<boolean> => {
    try {
      await request;
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return false;
      throw error;
    }
  };
  return {
    runtimeClasses: async () => (await classes.listRuntimeClass()).items,
    nodes: async () => (await core.listNode()).items,
    namespacesWith: async labelSelector => (await core.listNamespace({ labelSelector })).items,
    createNamespace: async body => void (await core.createNamespace({ body })),
    deleteNamespace: async name => void (await unlessGone(core.deleteNamespace({ name }))),
    hasNamespace: name => unlessGone(core.readNamespace({ name })),
    podsWith: async (namespace, labelSelector) =>
      (await core.listNamespacedPod({ namespace, labelSelector })).items,
    createPod: async (namespace, body) => void (await core.createNamespacedPod({ namespace, body })),
    pod: (namespace, name) => core.readNamespacedPod({ namespace, name }),
    log: (namespace, name) => core.readNamespacedPodLog({ namespace, name, limitBytes: MOST_LOG }),
    events: async (namespace, pod) =>
      (await core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${pod}` })).items,
    deletePod: async (namespace, name) =>
      void (await unlessGone(core.deleteNamespacedPod({ namespace, name }))),
  };
}

async function inTime(request: RequestContext): Promise<RequestContext> {
  request.setSignal(AbortSignal.timeout(PATIENCE));
  return request;
}

/** Why a request failed, in one line: what the API server says, or what the connection does. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { body } = error as { readonly body?: unknown };
  const said =
    typeof body === 'string' ? messageIn(body) : (body as { message?: unknown } | undefined)?.message;
  if (typeof said === 'string') return said;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message.split('\n')[0]}${cause}`;
}

function messageIn(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return body.split('\n')[0];
  }
}
