import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { V1RuntimeClass } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { RUNTIMES } from '../../src/export/runtimes.ts';
import { kubectlOk } from './support/kubectl.ts';
import { MAIN } from './support/settings.ts';

it('exports RuntimeClasses that the API server takes as they are', async () => {
  const argv = [MAIN, 'export', 'runtimeclasses', ...RUNTIMES.flatMap(name => ['--runtime', name])];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  // Under names of our own: the cluster may have classes of the same name.
  const items = parseAllDocuments(stdout).map(document => {
    const { metadata, ...rest }: V1RuntimeClass = document.toJS();
    return { ...rest, metadata: { name: `cofferdam-e2e-${metadata?.name}` } };
  });
  const list = { apiVersion: 'v1', kind: 'List', items };
  const apply = ['apply', '--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'];
  const taken: { readonly items: readonly V1RuntimeClass[] } = JSON.parse(await kubectlOk(apply, list));
  expect(taken.items).toHaveLength(RUNTIMES.length);
  expect(taken.items).toMatchObject(items);
});
