import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kubectlOk } from '../e2e/support/kubectl.ts';

const MODULE = fileURLToPath(new URL('../cluster/modules/openreports', import.meta.url));

/** The CustomResourceDefinitions of OpenReports, from its Go module. */
export async function installReports(): Promise<void> {
  const go = async (...args: string[]) =>
    (await promisify(execFile)('go', args, { cwd: MODULE })).stdout.trim();
  await go('mod', 'download');
  const folder = await go('list', '-m', '-f', '{{.Dir}}', 'github.com/openreports/reports-api');
  await kubectlOk(['apply', '--server-side', '-f', `${folder}/config/crd`]);
  await kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', 'crd/reports.openreports.io']);
}
