import type { Api } from '../bench/cluster/api.ts';
import { INJECTS, untilEffective } from '../bench/cluster/effect.ts';
import { makeGround } from '../bench/cluster/ground.ts';
import { createAll, type KubeObject } from '../bench/cluster/objects.ts';
import { registrations } from '../bench/cluster/webhooks.ts';
import { render } from '../e2e/support/helm.ts';
import { installReports } from '../scale/reports.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';

/** A namespace in which nothing changes that affects a Pod. */
export const STEADY = 'soak-steady';
/** A namespace in which a SandboxPolicy makes every Pod need a VM. */
export const FLOORED = 'soak-floored';
/** A namespace whose Pods may use the host's network. */
export const EXEMPT = 'soak-exempt';
/** The namespace of the policies, exemptions and profiles that change. */
export const CHANGING = 'soak-changing';

export const API_VERSION = 'cofferdam.dev/v1alpha1';
const MONTH_MS = 30 * 24 * 3_600_000;

export const enforced = (name: string): KubeObject => namespace(name, { 'cofferdam.dev/mode': 'enforce' });

export const exemption = (name: string, namespaceName: string, signal: string): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'SandboxExemption',
  metadata: { name },
  spec: {
    match: { namespaces: [namespaceName] },
    waive: [{ signal }],
    owner: 'soak@example.com',
    reason: 'for the test',
    expires: new Date(Date.now() + MONTH_MS).toISOString(),
  },
});

const objects = (): readonly KubeObject[] => [
  runtimeClass('kata-qemu', 'kata-qemu'),
  node('soak-node', ['runc', 'runsc', 'kata-qemu']),
  ...[STEADY, FLOORED, EXEMPT, CHANGING].map(enforced),
  {
    apiVersion: API_VERSION,
    kind: 'SandboxPolicy',
    metadata: { name: 'floor', namespace: FLOORED },
    spec: { minimumIsolation: 'vm' },
  },
  exemption('soak', EXEMPT, 'hostNetwork'),
];

/** Creates the objects of the run before any replica is started. */
export async function makeSoakGround(api: Api): Promise<void> {
  await makeGround(api, false);
  await installReports();
  await createAll(api, objects());
  const guard = await render('cofferdam-system', {}, '--show-only', 'templates/guard.yaml');
  await createAll(api, guard as unknown as readonly KubeObject[]);
}

/** Registers the webhook as the chart does, and waits until the API server calls it. */
export async function register(api: Api, port: number): Promise<void> {
  await createAll(api, await registrations({ guard: { enabled: true } }, port));
  await untilEffective(api, 'webhooks and guard', INJECTS);
}
