import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

/*
Manifests are objects, and what a change costs is a matter of their Pods.
*/

const classOf = (name: string, handler: string, overhead = ''): string =>
  `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: ${name}}\nhandler: ${handler}\n${overhead}---\n`;
const nodeOf = (name: string, handlers: readonly string[]): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nstatus: {conditions: [{type: Ready, status: 'True'}], runtimeHandlers: [${handlers.map(handler => `{name: ${handler}}`).join(', ')}]}\n---\n`;
const workload = (kind: string, name: string, spec: string): string =>
  `apiVersion: ${kind === 'Job' ? 'batch' : 'apps'}/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: {${spec}template: {spec: {containers: [{name: a, image: a:1}]}}}\n---\n`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n';
const costing = (cpu: string, memory: string): string =>
  `overhead: {podFixed: {cpu: ${cpu}, memory: ${memory}}}\n`;

const FILES = {
  'all.yaml':
    workload('Deployment', 'web', 'replicas: 10, ') +
    workload('Job', 'build', 'parallelism: 4, completions: 3, ') +
    workload('StatefulSet', 'db', '') +
    workload('Deployment', 'idle', 'replicas: 0, '),
  'agent.yaml': workload('DaemonSet', 'agent', ''),
  'vm.yaml':
    'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: vm}\nspec: {minimumIsolation: vm}\n',
  'cluster.yaml':
    namespace +
    classOf('kata-qemu', 'kata-qemu', costing('250m', '160Mi')) +
    ['a', 'b', 'c'].map(name => nodeOf(name, ['', 'kata-qemu'])).join('') +
    nodeOf('d', ['']),
  'without-d.yaml':
    namespace +
    classOf('kata-qemu', 'kata-qemu', costing('250m', '160Mi')) +
    ['a', 'b', 'c'].map(name => nodeOf(name, ['', 'kata-qemu'])).join(''),
  'heavier.yaml': namespace + classOf('kata-qemu', 'kata-qemu', costing('500m', '320Mi')),
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-pods-'));
  await writeFiles(folder, FILES);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: string, ...argv: readonly string[]) =>
  cofferdam([
    ...['diff', join(folder, file), '--no-config'],
    ...argv.map(word => (word.endsWith('.yaml') ? join(folder, word) : word)),
  ]);
const summaryOf = async (file: string, ...argv: readonly string[]) =>
  JSON.parse((await run(file, ...argv, '-o', 'json')).out).summary;
const VM = ['--policy', 'vm.yaml', '--cluster', 'cluster.yaml'];

describe('of manifests, a diff sums up', () => {
  it('Pods by where they run', async () => {
    const { judged, where } = await summaryOf('all.yaml', ...VM);
    expect(judged).toBe(4);
    expect(where).toEqual([
      { where: 'host kernel', before: 14, after: 0 },
      { where: 'kata-qemu (vm)', before: 0, after: 14 },
    ]);
  });

  it('what sandboxes cost', async () => {
    const { overhead } = await summaryOf('all.yaml', ...VM);
    expect(overhead).toEqual({
      before: { pods: 0, cpu: 0, memory: 0 },
      after: { pods: 14, cpu: 3.5, memory: 14 * 160 * 1024 ** 2 },
      unknown: [],
    });
  });

  it('what they cost by the classes of either side', async () => {
    const sides = ['--base-cluster', 'cluster.yaml', '--cluster', 'heavier.yaml'];
    const { overhead } = await summaryOf('all.yaml', '--policy', 'vm.yaml', ...sides);
    expect([overhead.before.cpu, overhead.after.cpu]).toEqual([3.5, 7]);
  });

  it('no cost of a class of which none is known, and says so', async () => {
    const { out } = await run('all.yaml', '--policy', 'strict', '--policy', 'vm.yaml');
    expect(out).toContain('Overhead of the classes that are injected: CPU 0 → 3.5');
    const weak = ['--policy', 'strict', '--base-policy', 'balanced'];
    const silent = await run('all.yaml', ...weak);
    expect(silent.out).toContain('No overhead is known of RuntimeClass "gvisor".');
    expect((await summaryOf('all.yaml', ...weak)).overhead.unknown).toEqual(['gvisor']);
  });

  it('the Pods of a DaemonSet by the nodes that they go to, each where it runs or waits', async () => {
    const { where } = await summaryOf('agent.yaml', ...VM);
    expect(where).toEqual([
      { where: 'host kernel', before: 4, after: 0 },
      { where: 'kata-qemu (vm)', before: 0, after: 3 },
      { where: 'kata-qemu (vm), waits', before: 0, after: 1 },
    ]);
  });

  it('a Pod of a DaemonSet that is gone with its node as gone, and not as one that no longer waits', async () => {
    const sides = ['--base-cluster', 'cluster.yaml', '--cluster', 'without-d.yaml'];
    const { waiting, running, where } = await summaryOf(
      'agent.yaml',
      '--policy',
      'vm.yaml',
      '--base-policy',
      'vm.yaml',
      ...sides,
    );
    expect([waiting, running]).toEqual([0, 0]);
    expect(where).toEqual([
      { where: 'kata-qemu (vm)', before: 3, after: 3 },
      { where: 'kata-qemu (vm), waits', before: 1, after: 0 },
    ]);
  });

  it('on how many of its nodes a DaemonSet waits', async () => {
    const { out } = await run('agent.yaml', ...VM);
    expect(out).toContain(
      'would wait  DaemonSet/agent  shop          4  host kernel  kata-qemu (vm), waits on 1 of 4 nodes',
    );
    expect(out).toContain('Why: 1 of 4 nodes that its Pods go to cannot run them: d.');
  });

  it('a DaemonSet once where no nodes are known, and says so', async () => {
    const said = '1 DaemonSet counts as one Pod, as no nodes are known: --cluster FILE tells them.';
    for (const format of ['table', 'markdown', 'html'])
      expect((await run('agent.yaml', '--policy', 'vm.yaml', '-o', format)).out).toContain(said);
    expect((await run('agent.yaml', ...VM)).out).not.toContain('counts as one');
    expect((await summaryOf('agent.yaml', '--policy', 'vm.yaml')).where).toEqual([
      { where: 'host kernel', before: 1, after: 0 },
      { where: 'kata-qemu (vm)', before: 0, after: 1 },
    ]);
  });

  it('so in every format, beside the number of each change', async () => {
    const table = (await run('all.yaml', ...VM)).out;
    expect(table).toContain('better isolated  Deployment/web   shop         10  host kernel  kata-qemu (vm)');
    expect(table).toContain('Overhead of the classes that are injected: CPU 0 → 3.5 and memory 0 → 2.2Gi.');
    expect(table).toContain('PODS            BEFORE  AFTER\nhost kernel         14      0\n');
    const comment = (await run('all.yaml', ...VM, '-o', 'markdown')).out;
    expect(comment).toContain('| `Deployment/web` | `shop` | 10 | host kernel |');
    expect(comment).toContain(
      '| kata-qemu (vm) | 0 | 14 |\n| overhead: CPU | 0 | 3.5 |\n| overhead: memory | 0 | 2.2Gi |',
    );
    const page = (await run('all.yaml', ...VM, '-o', 'html')).out;
    expect(page).toContain('4 objects with 14 Pods, judged by what was and by what will be.');
    expect(page).toContain('<dt>CPU</dt><dd>3.5 <span class="quiet">before: 0</span></dd>');
    expect(page).toContain('all.yaml:1');
  });
});
