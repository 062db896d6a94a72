import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kubectlOk } from '../e2e/support/kubectl.ts';
import { poll } from '../e2e/support/poll.ts';

const SCRIPT = fileURLToPath(new URL('../cluster/control.sh', import.meta.url));
const ETCD = 'http://127.0.0.1:22379';

/** Kills the API server by SIGKILL, as in a crash: no connection is closed in good order. */
export async function killApiServer(): Promise<void> {
  const [pid] = readFileSync(`${process.env.CONTROL}/run/kube-apiserver.pid`, 'utf8').split(' ');
  process.kill(Number(pid), 'SIGKILL');
  // Its memory and its port are free only once the process is gone.
  await poll('the API server is gone', async () => (existsSync(`/proc/${pid}`) ? undefined : true));
}

/** Starts whatever does not run, and waits until the API server is ready. */
export async function startControl(): Promise<void> {
  await promisify(execFile)(SCRIPT, ['up']);
}

/** Removes all of etcd's history, so that no watch can go on from before. */
export async function compactEtcd(): Promise<void> {
  const ask = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
    const answer = await fetch(`${ETCD}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd: ${await answer.text()}`);
    return (await answer.json()) as { header: { revision: string } };
  };
  const { header } = await ask('range', { key: Buffer.from('/').toString('base64') });
  await ask('compaction', { revision: header.revision, physical: true });
}

/** How many lists of nodes clients have asked this API server for since its start. */
export async function nodeLists(): Promise<number> {
  const metrics = await kubectlOk(['get', '--raw', '/metrics']);
  const counts = metrics.matchAll(/^apiserver_request_total\{([^}]*)\} (\d+)/gm);
  return [...counts]
    .filter(([, labels]) => /resource="nodes"/.test(labels ?? '') && /verb="LIST"/.test(labels ?? ''))
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}
