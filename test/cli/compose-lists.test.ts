import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimeClassText } from '../support/manifests.ts';
import { cofferdam } from './stranger.ts';

/*
What a policy's list of RuntimeClasses, which was written for a cluster, means for services of a Compose file.
*/

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-lists-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const policyOf = (...classes: readonly string[]): string =>
  fileOf(
    'policy.yaml',
    `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: own}\nspec:\n  minimumIsolation: app-kernel\n  sandboxes: [${classes.map(name => (name.includes(':') ? `{${name}}` : `{runtimeClass: ${name}}`)).join(', ')}]\n`,
  );

const KATA = { runtimeType: 'io.containerd.kata.v2' };
const RUNSC = { path: '/usr/local/bin/runsc' };
const daemonOf = (runtimes: object): string => fileOf('daemon.json', JSON.stringify({ runtimes }));

const review = async (service: string, ...argv: readonly string[]) => {
  const file = fileOf('compose.yaml', `services:\n  web: {image: "a:1"${service}}\n`);
  const { out, err } = await cofferdam(['review', file, '-o', 'json', '--no-config', ...argv]);
  const { results, notes = [] } = JSON.parse(out);
  const [{ verdict, runtimeClass, placement }] = results;
  return { verdict, runtimeClass, placement, notes, err };
};

describe('a class that a policy lists', () => {
  it.each<[what: string, classes: readonly string[], runtimes: object | undefined, chosen: string]>([
    ['is the runtime that is the same sandbox', ['gvisor'], { runsc: RUNSC }, 'runsc'],
    ['is it by whatever name', ['gvisor'], { sealed: RUNSC }, 'sealed'],
    ['is it where nobody gives a daemon.json, too', ['gvisor'], undefined, 'runsc'],
    ['is Kata by the handler that says no more', ['kata'], { runsc: RUNSC, k: KATA }, 'k'],
    [
      'is the runtime that is called so, before others',
      ['gvisor'],
      { runsc: RUNSC, gvisor: RUNSC },
      'gvisor',
    ],
    ['counts in its order', ['kata', 'gvisor'], { runsc: RUNSC, k: KATA }, 'k'],
    [
      'is passed over where the daemon has none such',
      ['kata-fc', 'gvisor'],
      { runsc: RUNSC, k: KATA },
      'runsc',
    ],
    ['is the runtime that is listed itself', ['runsc'], { runsc: RUNSC }, 'runsc'],
    ['is left to isolations', ['isolation: vm'], { runsc: RUNSC, k: KATA }, 'k'],
  ])('%s', async (_, classes, runtimes, chosen) => {
    const daemon = runtimes ? ['--docker-daemon', daemonOf(runtimes)] : [];
    const { verdict, runtimeClass, notes } = await review('', '--policy', policyOf(...classes), ...daemon);
    expect({ verdict, runtimeClass, notes }).toEqual({ verdict: 'sandbox', runtimeClass: chosen, notes: [] });
  });

  it('is what the cluster says of it, where one is given', async () => {
    const cluster = fileOf(
      'cluster.yaml',
      runtimeClassText('safe', 'runsc') + runtimeClassText('gvisor', 'kata-fc'),
    );
    const daemon = ['--docker-daemon', daemonOf({ runsc: RUNSC }), '--cluster', cluster];
    expect(await review('', '--policy', policyOf('safe'), ...daemon)).toMatchObject({
      runtimeClass: 'runsc',
    });
    expect(await review('', '--policy', policyOf('gvisor'), ...daemon)).toMatchObject({ verdict: 'reject' });
  });

  it('is never a runtime that starts something else, whatever it is called', async () => {
    const daemon = ['--docker-daemon', daemonOf({ runsc: { path: '/usr/bin/runc' }, k: KATA })];
    expect(await review('', '--policy', policyOf('gvisor'), ...daemon)).toMatchObject({ verdict: 'reject' });
    expect(await review(', runtime: runsc', '--policy', policyOf('gvisor'), ...daemon)).toMatchObject({
      verdict: 'reject',
    });
  });

  it('is no sandbox that an opening flag has made the host kernel', async () => {
    const open = { ...RUNSC, runtimeArgs: ['--network=host'] };
    const argv = ['--policy', policyOf('gvisor'), '--docker-daemon', daemonOf({ runsc: open })];
    expect(await review(', runtime: runsc', ...argv)).toMatchObject({ verdict: 'reject' });
  });
});

describe('a list of which the daemon has nothing', () => {
  it.each<[classes: readonly string[], message: string, fix: string]>([
    // Which VMM Kata's shim runs is a setting that Docker does not show.
    [
      ['kata-qemu'],
      'lists no runtime that the daemon has: "kata-qemu"',
      'Did you mean "k"? List it as well, or say "isolation: vm", if it is as good.',
    ],
    [
      ['runsk'],
      'lists no runtime that the daemon has: "runsk"',
      'Did you mean "runsc"? List it as well, if it is as good.',
    ],
    [
      ['kata-qemu-snp', 'isolation: confidential-vm'],
      'lists no runtime that the daemon has: "kata-qemu-snp" and confidential-vm',
      'List one of those that it has: "k" and "runsc".',
    ],
  ])('is told, with what was probably meant: %j', async (classes, message, fix) => {
    const daemon = ['--docker-daemon', daemonOf({ runsc: RUNSC, k: KATA })];
    const { verdict, notes, err } = await review('', '--policy', policyOf(...classes), ...daemon);
    expect(verdict).toBe('reject');
    expect(notes).toMatchObject([{ object: 'ClusterSandboxPolicy/own', message, fix, line: 6 }]);
    expect(err).toContain(`policy.yaml:6: note: ClusterSandboxPolicy/own: ${message}`);
  });

  it('is none to Pods', async () => {
    const file = fileOf(
      'pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n',
    );
    const argv = [
      '--policy',
      policyOf('runsk'),
      '--docker-daemon',
      daemonOf({}),
      '--no-config',
      '-o',
      'json',
    ];
    const { out } = await cofferdam(['review', file, ...argv]);
    expect(JSON.parse(out).notes ?? []).toEqual([]);
  });
});
