import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

/*
An agent that reads the log of the host's kernel, /sys and the kubelet's plugin sockets, and is privileged. An exemption of
its volumes alone put it into a VM, where all three are the guest's or dead: exit 0, and no word of it.
*/
const AGENT = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kernel-log, namespace: agents}
spec:
  selector: {matchLabels: {app: kernel-log}}
  template:
    metadata: {labels: {app: kernel-log}}
    spec:
      containers:
        - name: reader
          image: registry.example/kernel-log:2
          securityContext: {privileged: true}
          resources: {limits: {cpu: 100m, memory: 80Mi}}
      volumes:
        - {name: kmsg, hostPath: {path: /dev/kmsg}}
        - {name: sys, hostPath: {path: /sys}}
        - {name: plugins, hostPath: {path: /var/lib/kubelet/device-plugins}}
`;
const exempting = (...waive: object[]): string =>
  JSON.stringify({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'SandboxExemption',
    metadata: { name: 'agents' },
    spec: {
      match: { namespaces: ['agents'], images: ['registry.example/kernel-log'] },
      waive,
      ...{ owner: 'ops', reason: 'a test', expires: new Date(Date.now() + 30 * 86_400_000).toISOString() },
    },
  });
const PATHS = [{ signal: 'hostPathDevice', values: ['/dev/kmsg'] }, { signal: 'hostPathSystem' }];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function review(...waive: object[]) {
  const policy = join(folder, 'exemption.yaml');
  await writeFile(policy, exempting(...waive));
  const { out, code } = await cofferdam(['review', '-', '--policy', policy, '-o', 'json'], { stdin: AGENT });
  return { code, result: JSON.parse(out).results[0] };
}

it('is rejected with the reason where only its volumes are exempt', async () => {
  const { code, result } = await review(...PATHS);
  expect([code, result.verdict]).toEqual([1, 'reject']);
  expect(result.reasons[0]).toBe(
    "it needs a VM (vm) because of a privileged container, and no sandbox serves the host's /dev/kmsg, /sys, /var/lib/kubelet/device-plugins, which an exemption lets it have",
  );
});

it('runs on the host kernel where all of it is', async () => {
  const { code, result } = await review(...PATHS, { signal: 'privileged' });
  expect([code, result.verdict, result.isolation]).toEqual([0, 'admit', 'host-kernel']);
});

it('is given such an exemption as a draft', async () => {
  const { out } = await cofferdam(['explain', '-', '-o', 'json'], { stdin: AGENT });
  const { exemption, withExemption } = JSON.parse(out);
  expect(exemption).toContain('signal: privileged');
  expect(withExemption).toEqual({ verdict: 'admit', runtimeClass: null, isolation: 'host-kernel' });
});
