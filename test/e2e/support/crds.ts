import { fileURLToPath } from 'node:url';
import { kubectl, kubectlOk } from './kubectl.ts';
import { E2E_LABEL } from './settings.ts';

const FOLDER = fileURLToPath(new URL('../../../charts/cofferdam/files/crds', import.meta.url));
const KINDS = ['clustersandboxpolicies', 'sandboxpolicies', 'sandboxexemptions', 'sandboxprofiles'];

/** Removes what the tests created, including the CRDs, if the cluster did not have them before. */
export type RemoveCrds = () => Promise<void>;

export async function installCrds(): Promise<RemoveCrds> {
  const before = await kubectl(['get', 'crd', 'clustersandboxpolicies.cofferdam.dev']);
  await kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', FOLDER]);
  const names = KINDS.map(kind => `crd/${kind}.cofferdam.dev`);
  await kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
  return async () => {
    await kubectlOk(['delete', KINDS.join(','), '-A', '-l', E2E_LABEL, '--ignore-not-found']);
    if (before.code !== 0) await kubectlOk(['delete', '--ignore-not-found', ...names]);
  };
}
