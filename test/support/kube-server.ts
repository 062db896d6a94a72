import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Collections by path. A path that is absent is answered with 404, and a number is the status of an error. */
export type Collections = Readonly<Record<string, readonly object[] | number>>;

export interface ApiServer {
  readonly kubeconfig: string;
  /** What was asked for, in order. */
  readonly requests: readonly { readonly path: string; readonly accept: string }[];
  stop(): Promise<void>;
}

/** Answers GETs on 127.0.0.1 as the Kubernetes API server does: in pages, and with Status objects for errors. */
export async function startApiServer(
  collections: Collections,
  answer: (url: URL) => object | undefined = () => undefined,
): Promise<ApiServer> {
  const requests: { path: string; accept: string }[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    requests.push({ path: url.pathname + url.search, accept: request.headers.accept ?? '' });
    const body = answer(url) ?? answerTo(url, collections);
    response.statusCode = 'code' in body ? Number(body.code) : 200;
    if ('retryAfter' in body) response.setHeader('Retry-After', String(body.retryAfter));
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor((server.address() as AddressInfo).port));
  return {
    kubeconfig,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

export const kubeconfigFor = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [
      { name: 'test', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'test', user: { token: 'secret' } }],
  });

function answerTo({ pathname, searchParams }: URL, collections: Collections): object {
  if (pathname === '/version') return { major: '1', minor: '36', gitVersion: 'v1.36.3' };
  const items = collections[pathname];
  if (items === undefined) return status(404, 'the server could not find the requested resource');
  if (typeof items === 'number') return status(items, `${pathname} is not for you`);
  const limit = Number(searchParams.get('limit') ?? items.length);
  const from = Number(searchParams.get('continue') ?? 0);
  const page = items.slice(from, from + limit);
  const rest = items.length - from - page.length;
  return {
    ...headerOf(pathname),
    metadata: rest > 0 ? { continue: String(from + limit), remainingItemCount: rest } : {},
    items: page.map(asListed),
  };
}

/** The items of a list do not carry their kind, except those of CustomResourceDefinitions; the list does. */
const asListed = (item: object): object => {
  const { apiVersion, kind, ...rest } = item as Record<string, unknown>;
  return String(apiVersion).includes('.dev/') ? item : rest;
};

const KINDS: Readonly<Record<string, string>> = {
  pods: 'Pod',
  nodes: 'Node',
  namespaces: 'Namespace',
  runtimeclasses: 'RuntimeClass',
  clustersandboxpolicies: 'ClusterSandboxPolicy',
  sandboxexemptions: 'SandboxExemption',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  cronjobs: 'CronJob',
};

function headerOf(pathname: string): object {
  const [plural = '', ...group] = pathname.split('/').reverse();
  const apiVersion = group.reverse().slice(2, 4).join('/');
  return { kind: `${KINDS[plural] ?? 'PartialObjectMetadata'}List`, apiVersion: apiVersion || 'v1' };
}

export const status = (code: number, message: string, retryAfter?: number | string): object => ({
  kind: 'Status',
  code,
  message,
  ...(retryAfter !== undefined && { retryAfter }),
});
