import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kubectl, kubectlOk } from './kubectl.ts';

const MODULE = 'github.com/openreports/reports-api';
const FOLDER = fileURLToPath(new URL('../../cluster/modules/openreports', import.meta.url));
const CRD = 'crd/reports.openreports.io';

/**
 * Installs the CustomResourceDefinition of OpenReports from its Go module.
 * @returns a function that removes it, with all reports
 */
export async function installOpenReports(): Promise<() => Promise<void>> {
  const before = await kubectl(['get', CRD]);
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', MODULE], { cwd: FOLDER });
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
  await kubectlOk(['apply', '--server-side', '-f', join(Dir, 'config/crd/openreports.io_reports.yaml')]);
  await kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', CRD]);
  return async () => {
    await kubectlOk(['delete', 'reports', '-A', '-l', 'app.kubernetes.io/managed-by=cofferdam']);
    if (before.code !== 0) await kubectlOk(['delete', '--ignore-not-found', CRD]);
  };
}
