import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { reasonOf } from '../source/reason.ts';
import type { Target } from './api.ts';
import { KubeError } from './error.ts';

/** The folder where a kubelet puts the credentials of a Pod (kubernetes.io/docs/tasks/run-application/access-api-from-pod). */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface PodAccount {
  readonly target: Target;
  /** The namespace of the Pod. */
  readonly namespace: string;
}

/**
 * The API server as a Pod finds it, with its service account. The client library would do the same, but hold 60 MiB for it: a
 * quarter of what a replica may take.
 * @throws KubeError where this process does not run in a Pod
 */
export function podAccount(env: NodeJS.ProcessEnv = process.env, folder = FOLDER): PodAccount {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) throw new KubeError('this process does not run in a Pod');
  const namespaceFile = join(folder, 'namespace');
  try {
    const agent = new Agent({ ca: readFileSync(join(folder, 'ca.crt')) });
    return {
      target: {
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        authorize: async options => {
          // The token is read each time, as the kubelet writes another one before this one expires.
          const token = await readFile(join(folder, 'token'), 'utf8');
          options.headers = { ...options.headers, authorization: `Bearer ${token.trim()}` };
          options.agent = agent;
        },
      },
      namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'default',
    };
  } catch (error) {
    throw new KubeError(`cannot read the service account of this Pod: ${reasonOf(error)}`);
  }
}
