import type { RequestContext } from '@kubernetes/client-node';
import type { VerifyApi } from './api.ts';

export interface Connection {
  /** Path; default: KUBECONFIG, ~/.kube/config, or the service account of the Pod that this runs in. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** Of a log, in bytes; a probe writes some thousands. */
const MOST_LOG = 512 * 1024;

/** For one answer, in milliseconds. */
const PATIENCE = 30_000;

/**
 * The API server of a kubeconfig. The client library takes half a second to load, so it is loaded here.
 * @throws Error when there is no such file, context or cluster
 */
export async function connect({ kubeconfig, context }: Connection): Promise<VerifyApi> {
  const client = await import('@kubernetes/client-node');
  const { ApiException, CoreV1Api, KubeConfig, NodeV1Api, ServerConfiguration, createConfiguration } = client;
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) {
    if (!config.getContextObject(context)) throw new Error(`there is no context ${context}`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('it names no cluster');
  // Not makeApiClient, whose requests wait for an answer without end.
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
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
export function reasonOf(error: unknown): string {
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
