import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cofferdam } from '../cli/stranger.ts';
import { node, runtimeClass, servedNamespace } from '../support/objects.ts';

/** The page of a set to start with, for a cluster with these namespaces and Pods. */
export async function suggestionPage(
  namespaces: readonly string[],
  pods: readonly object[],
): Promise<string> {
  const items = [
    ...namespaces.map(name => servedNamespace(name)),
    runtimeClass('gvisor', 'runsc'),
    runtimeClass('kata-qemu', 'kata-qemu'),
    node('n1', ['', 'runc', 'runsc', 'kata-qemu']),
    ...pods.map(pod => ({ apiVersion: 'v1', kind: 'Pod', ...pod })),
  ];
  const head = { apiVersion: 'cofferdam.dev/v1alpha1', kind: 'ClusterSnapshot', version: 1 };
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  try {
    const file = join(folder, 'cluster.json');
    writeFileSync(file, JSON.stringify({ ...head, cofferdam: '0', context: 'prod', items }));
    return (await cofferdam(['suggest', '--snapshot', file, '-o', 'html'])).out;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
