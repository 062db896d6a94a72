import process from 'node:process';
import { guardSeeds } from '../../../src/guard/guard.ts';
import { GUARD } from '../../../src/guard/names.ts';
import { applyAll, guardBindingItems } from './guarding.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import { startWebhook, type Webhook } from './serve.ts';
import { E2E_LABEL, ENFORCED, LIVE_FILES } from './settings.ts';

/** The labels of what is created here, which no other test uses. */
const labels = { [E2E_LABEL]: 'true', 'cofferdam.dev/e2e-leader': 'true' };

/** The guard that the leader has written. */
export interface StoredGuard {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly validations?: readonly object[];
    readonly matchConditions?: readonly { readonly name: string }[];
  };
}

/** Starts a process that watches the cluster, leads, and keeps the guard in step, which is not bound yet. */
export async function startLeader(): Promise<Webhook> {
  await applyAll(guardSeeds().map(seed => ({ ...seed, metadata: { ...seed.metadata, labels } })));
  const kubeconfig = process.env.KUBECONFIG ?? '';
  const options = ['--kubeconfig', kubeconfig, '--status', '--guard', '--lease-namespace', ENFORCED];
  return startWebhook(options, LIVE_FILES);
}

/** Binds the guard like the chart, but by the names of namespaces, so that no other test's Pods are judged. */
export async function bindGuard(namespaces: readonly string[]): Promise<void> {
  await applyAll(guardBindingItems({ name: GUARD, labels, namespaces, action: 'Deny' }));
}

export async function removeGuard(): Promise<void> {
  const kinds = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
  await kubectl(['delete', kinds, '-l', 'cofferdam.dev/e2e-leader', '--wait=false']);
}

export const storedGuard = async (): Promise<StoredGuard> =>
  JSON.parse(await kubectlOk(['get', 'validatingadmissionpolicy', GUARD, '-o', 'json']));

/** The value of a metric of the process, with its labels as they are printed; undefined where it has none. */
export async function metricOf({ metricsPort }: Webhook, name: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const line = text.split('\n').find(one => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
