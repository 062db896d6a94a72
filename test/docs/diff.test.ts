import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FATES } from '../../src/report/diff/change.ts';
import { cofferdam } from '../cli/stranger.ts';
import { writeFiles } from '../support/write-files.ts';
import { sectionOf, tablesIn, textOf } from './pages.ts';

const PAGE = 'docs/diff.md';
const CI = (minimum: string): string => `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: ci}
spec:
  match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ci}}}
  minimumIsolation: ${minimum}
`;
const EXEMPTION = `---
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: shipper}
spec:
  match: {namespaces: [monitoring]}
  waive: [{signal: hostPID}]
  owner: platform
  reason: reads what runs
  expires: ${new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+/, '')}
`;
const MANIFESTS = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: shipper, namespace: monitoring}
spec: {template: {spec: {hostPID: true, containers: [{name: a, image: a:1}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: build, namespace: ci}
spec: {parallelism: 4, template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1}]}}}
`;

it('shows what the program says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  try {
    await writeFiles(folder, {
      'before.yaml': CI('vm') + EXEMPTION,
      'after.yaml': CI('app-kernel'),
      'deploy.yaml': MANIFESTS,
    });
    const { out } = await cofferdam([
      ...['diff', join(folder, 'deploy.yaml'), '--no-config'],
      ...['--policy', join(folder, 'after.yaml'), '--base-policy', join(folder, 'before.yaml')],
    ]);
    expect(out).toBe(/^```\n(CHANGE[\s\S]*?)^```$/m.exec(textOf(PAGE))?.[1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says of each change what it means', () => {
  const [table] = tablesIn(sectionOf(PAGE, 'What it says'));
  expect(table?.rows.map(([name]) => name)).toEqual(Object.values(FATES));
});
