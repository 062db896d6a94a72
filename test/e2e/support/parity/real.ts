import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Pod } from '../../../../src/pod/kube.ts';
import { podSecurityFixtures } from '../../../fixtures/pod-security.ts';

/** The Pods of the project's samples, of real charts and agents, and of Kubernetes' own tests. */
export const realPods = (): readonly Pod[] => [
  ...FOLDERS.flatMap(podsIn),
  ...(['baseline', 'restricted'] as const).flatMap(level =>
    (['pass', 'fail'] as const).flatMap(outcome => podSecurityFixtures(level, outcome).map(([, pod]) => pod)),
  ),
];

const ROOT = new URL('../../../../', import.meta.url);
const FOLDERS = [
  'policies/samples',
  'test/fixtures/catalogue',
  'test/fixtures/host-paths',
  'test/fixtures/resources',
  'test/fixtures/scope',
];

const podsIn = (folder: string): readonly Pod[] =>
  readdirSync(new URL(folder, ROOT))
    .filter(name => name.endsWith('.yaml'))
    .flatMap(name => parseAllDocuments(readFileSync(new URL(`${folder}/${name}`, ROOT), 'utf8')))
    .map(document => document.toJS())
    .flatMap(podOf);

/** A Pod, or the one of a workload's template. */
function podOf(object: { kind?: string; metadata?: object; spec?: { template?: Pod } }): readonly Pod[] {
  if (object?.kind === 'Pod') return [object as Pod];
  const template = object?.spec?.template;
  return template ? [{ ...template, metadata: { ...template.metadata } }] : [];
}
