import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storablePod } from '../arbitraries/guard.ts';
import { clusterPolicy } from '../arbitraries/policies.ts';
import { cofferdam } from './stranger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What an agent of a node mounts, and what an exemption that is there already waives of it. */
const PATHS = [
  '/proc',
  '/sys',
  '/etc',
  '/dev/kmsg',
  '/dev/sda',
  '/srv/data',
  '/run/containerd/containerd.sock',
  '/var/lib/kubelet/plugins_registry',
  '/etc/cni/net.d',
];
const OF_THE_GUEST = ['/proc', '/sys', '/dev/kmsg'];
const SIGNALS = ['hostPath', 'hostPathSystem', 'hostPathDevice', 'hostPathSocket', 'privileged', 'hostPID'];
const agent = fc
  .tuple(storablePod, fc.subarray(PATHS), fc.constantFrom(undefined, 'gvisor', 'kata-qemu'))
  .map(([pod, paths, runtimeClassName]) => {
    const { runtimeClassName: _, ...spec } = pod.spec ?? {};
    const mounted = paths.map((path, i) => ({ name: `host${i}`, hostPath: { path } }));
    const volumes = [...(spec.volumes ?? []), ...mounted];
    const metadata = { ...pod.metadata, name: 'agent', namespace: 'shop', annotations: {} };
    return {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata },
      spec: { ...spec, volumes, ...(runtimeClassName && { runtimeClassName }) },
    };
  });
const exempting = (signals: readonly string[]) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name: 'shop-agent' },
  spec: {
    match: { namespaces: ['shop'] },
    waive: signals.map(signal => ({ signal })),
    ...{ owner: 'ops', reason: 'a test', expires: new Date(Date.now() + 30 * 86_400_000).toISOString() },
  },
});

it('a drafted exemption leads to what is announced of it, whatever the Pod, policies and exemptions', async () => {
  let [drafts, unnamed] = [0, 0];
  const [pod, ground, draft] = ['pod.yaml', 'ground.yaml', 'draft.yaml'].map(name => join(folder, name)) as [
    ...[string, string, string],
  ];
  const given = fc.record({
    pod: agent,
    policies: fc.array(clusterPolicy('extra'), { maxLength: 1 }),
    waived: fc.subarray(SIGNALS),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ pod: subject, policies, waived }) => {
      const objects = [...policies, ...(waived.length > 0 ? [exempting(waived)] : [])];
      await writeFile(pod, JSON.stringify(subject));
      await writeFile(ground, objects.map(object => JSON.stringify(object)).join('\n---\n'));
      const asked = [
        'explain',
        pod,
        '--policy',
        'balanced',
        ...(objects.length > 0 ? ['--policy', ground] : []),
      ];
      const before = await cofferdam([...asked, '-o', 'json']);
      const { result, exemption, withExemption } = JSON.parse(before.out);
      if (exemption === null) {
        expect(withExemption).toBeNull();
        return;
      }
      drafts++;
      await writeFile(draft, exemption);
      const { withoutRuntimeClassName: isUnnamed = false, ...announced } = withExemption;
      if (isUnnamed) {
        unnamed++;
        const { runtimeClassName: _, ...spec } = subject.spec;
        await writeFile(pod, JSON.stringify({ ...subject, spec }));
      }
      const after = await cofferdam([...asked, '--policy', draft, '-o', 'json']);
      const { verdict, runtimeClass, isolation, findings } = JSON.parse(after.out).result;
      expect({ verdict, runtimeClass, isolation }).toEqual(announced);
      expect(verdict).not.toBe('reject');
      // Never in a VM that does not show what is exempt, and in no other class than the Pod names.
      const exempt = findings.filter(({ waivedBy }: { waivedBy: unknown }) => waivedBy !== null);
      const blind = exempt.some(({ value }: { value: unknown }) => OF_THE_GUEST.includes(String(value)));
      expect(blind && runtimeClass === 'kata-qemu').toBe(false);
      if (subject.spec.runtimeClassName && !isUnnamed)
        expect(runtimeClass).toBe(subject.spec.runtimeClassName);
      expect(result.verdict).toBe('reject');
    }),
    { numRuns: 80 },
  );
  expect(drafts).toBeGreaterThan(10);
  expect(unnamed).toBeGreaterThan(0);
});

it('a draft is one that a policy file takes, however many values there are', async () => {
  const [pod, draft] = [join(folder, 'many.yaml'), join(folder, 'many-draft.yaml')];
  const volumes = Array.from({ length: 130 }, (_, i) => ({ name: `v${i}`, hostPath: { path: `/srv/${i}` } }));
  const containers = [{ name: 'a', image: 'a:1' }];
  const metadata = { name: 'a', namespace: 'shop' };
  await writeFile(
    pod,
    JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, volumes } }),
  );
  const { out } = await cofferdam(['explain', pod, '-o', 'json']);
  await writeFile(draft, JSON.parse(out).exemption);
  expect((await cofferdam(['explain', pod, '--policy', draft])).out).toContain('Verdict: admit\n');
});

it('a draft is none where the service account is a placeholder', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec: {hostPID: true, serviceAccountName: "\${ACCOUNT}", containers: [{name: a, image: "a:1"}]}
`;
  const { out } = await cofferdam(['explain', '-'], { stdin: pod });
  expect(out).toContain('  To have one drafted, fill in the service account first:');
  expect(out).not.toContain('SandboxExemption');
  const reviewed = await cofferdam(['review', '-'], { stdin: pod });
  expect(reviewed.out).not.toContain('cofferdam explain');
});

it.each(['app:$TAG', `\${IMAGE}`, '{{ .Values.image }}', '', 'A/B:1'])(
  'a draft is none where the image is %j, as it would be one for every image',
  async image => {
    const pod = (name: string): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { hostPID: true, containers: [{ name: 'a', image: name }] },
      });
    const { out } = await cofferdam(['explain', '-'], { stdin: pod(image) });
    expect(out).toContain('  To have one drafted, fill in the image first:');
    expect(out).not.toContain('SandboxExemption');
    const exempt = await cofferdam(['explain', '-', '--exempt'], { stdin: pod(image) });
    expect(exempt.out).toBe('');
    expect(exempt.err).toContain(
      'no exemption: fill in the image first, as no exemption can name it as it is',
    );
    expect(exempt.code).toBe(1);
    expect((await cofferdam(['review', '-'], { stdin: pod(image) })).out).not.toContain(
      'drafts an exemption',
    );
    const sound = await cofferdam(['explain', '-', '--exempt'], { stdin: pod('app:1') });
    expect(sound.out).toContain('    images:\n      - app\n');
    expect((await cofferdam(['review', '-'], { stdin: pod('app:1') })).out).toContain('drafts an exemption');
  },
);
