import type { KubeConfig } from '@kubernetes/client-node';
import { whyNotRead } from '../source/files/why-not.ts';
import { nearest } from '../source/nearest.ts';
import { KubeError } from './error.ts';

/** Where a command finds its cluster. */
export interface KubeconfigAddress {
  /** The path of a kubeconfig; without it $KUBECONFIG, ~/.kube/config or the Pod's service account, in that order. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig; without one, its current context. */
  readonly context?: string | undefined;
}

/**
 * The cluster that kubectl would talk to. Nothing is sent. It loads the client library, which takes some 60 MiB and half a
 * second, so it is only for callers with a kubeconfig.
 * @throws KubeError when there is no kubeconfig, or nothing in it can be used
 */
export async function loadConfig({ kubeconfig, context }: KubeconfigAddress): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  loadFiles(config, kubeconfig);
  if (context !== undefined) choose(config, context);
  return config;
}

function loadFiles(config: KubeConfig, kubeconfig: string | undefined): void {
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new KubeError(`cannot read the kubeconfig${pathIn(error)}: ${firstLine(whyNotRead(error))}`);
  }
  // The library falls back to this where it finds nothing.
  if (kubeconfig === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new KubeError('there is no kubeconfig');
  }
}

/** The path of a file that the system could not open. */
const pathIn = (error: unknown): string =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' ? ` ${error.path}` : '';

/** The first line of a message: a parser adds the text around the place in further lines. */
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function choose(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const meant = nearest(context, names);
    const there = meant === undefined ? `there is ${names.join(', ') || 'none'}` : `did you mean ${meant}?`;
    throw new KubeError(`no context ${JSON.stringify(context)}; ${there}`);
  }
  config.setCurrentContext(context);
}
