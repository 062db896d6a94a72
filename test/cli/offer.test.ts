import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { podText } from '../support/manifests.ts';
import { cofferdam } from './stranger.ts';

const FLEET = 'test/golden/inputs/fleet';

/** The command that a review offers to draft an exemption with; undefined where it offers none. */
async function offer(argv: readonly string[], stdin = ''): Promise<readonly string[] | undefined> {
  const { out } = await cofferdam(['review', ...argv], { stdin });
  const [, line] = /^ {2}cofferdam (explain .*)$/m.exec(out) ?? [];
  return line?.split(' ');
}

const pod = (name: string): string => podText(name, { spec: 'hostPID: true' });

describe('the command that a review offers', () => {
  it.each([
    [[FLEET]],
    [['test/golden/inputs/shop.yaml', '-n', 'shop']],
    [['test/golden/inputs/shop.yaml', '--cluster', 'test/golden/inputs/cluster.yaml']],
    [[FLEET, '--policy', 'multi-tenant', '--no-balanced']],
  ])('of %j drafts one', async argv => {
    const command = await offer(argv);
    expect(command?.slice(4)).toEqual(argv.slice(1));
    const { code, out } = await cofferdam(command ?? []);
    expect(code).toBe(1);
    expect(out).toContain('  kind: SandboxExemption\n');
  });

  it('makes a patch with --fix, after which it is no longer rejected', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
    const file = join(folder, 'a.yaml');
    await writeFile(file, pod('a'));
    const { out } = await cofferdam(['review', file], { columns: 200 });
    expect(out).toContain('\nThe same with --fix prints a patch: ');
    const command = (await offer([file])) ?? [];
    expect((await cofferdam([...command, '--fix'])).out).toContain('\n-spec: {hostPID: true, containers');
    await cofferdam([...command, '--fix', '--write']);
    expect(await cofferdam(['review', file])).toMatchObject({ code: 0 });
    await rm(folder, { recursive: true });
  });

  it('drafts one for what has to leave out its class, too, and says so', async () => {
    const plugin = (name: string): string =>
      `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}}
spec:
  template:
    spec:
      runtimeClassName: gvisor
      containers: [{name: a, image: "a:1", securityContext: {privileged: true}}]
      volumes: [{name: d, hostPath: {path: /var/lib/kubelet/device-plugins}}]
---
`;
    const said = async (stdin: string, format = 'table') =>
      (await cofferdam(['review', '-', '-o', format], { stdin })).out.replaceAll(/\n(?! {2}cofferdam)/g, ' ');
    expect(await said(plugin('a'))).toContain(
      'If DaemonSet/a has to be as it is but for its runtimeClassName, this drafts an exemption:\n',
    );
    expect(await said(plugin('a') + pod('b'))).toContain(
      'If one of 2 has to be as it is (DaemonSet/a but for its runtimeClassName and Pod/b), this',
    );
    expect(await said(plugin('a'), 'markdown')).toContain(
      '**If it has to be so but for its runtimeClassName,** this drafts an exemption: `cofferdam explain - --name DaemonSet/a`',
    );
    expect(await offer(['-'], plugin('a'))).toEqual(['explain', '-', '--name', 'DaemonSet/a']);
    const { out } = await cofferdam(['explain', '-', '--name', 'DaemonSet/a'], { stdin: plugin('a') });
    expect(out).toContain('  kind: SandboxExemption\n');
  });

  it('is none for an object that its name does not find', async () => {
    expect(await offer(['-'], pod('a'))).toEqual(['explain', '-', '--name', 'Pod/a']);
    expect(await offer(['-'], pod('a') + pod('a'))).toBeUndefined();
    expect(await offer(['-'], pod('a').replace('name: a', 'generateName: ""'))).toBeUndefined();
  });
});
