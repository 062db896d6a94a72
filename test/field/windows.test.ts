import { expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

/* Pods that ask for Windows nodes in other words than spec.os, two of which were given gVisor. */
const pod = (name: string, spec: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  ${spec}
  containers: [{name: c, image: "registry.example/nano:1", ports: [{containerPort: 80, hostPort: 80}]}]
---
`;
const term = '{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}';
const BY_WORDS = [
  pod('selector', 'nodeSelector: {kubernetes.io/os: windows}'),
  pod('beta', 'nodeSelector: {beta.kubernetes.io/os: windows}'),
  pod(
    'affinity',
    `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${term}]}}}`,
  ),
].join('');

it('a Pod that reaches the host and needs what no sandbox has is told of each in its words', async () => {
  const stdin = pod('agent', 'nodeSelector: {kubernetes.io/os: windows}\n  hostPID: true');
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
  expect(JSON.parse(out).results[0].reasons[0]).toBe(
    "no sandbox can contain the host's PID namespace, and none supports a Windows container",
  );
});

it('Pods for Windows nodes are in no sandbox, however they ask for them', async () => {
  const { out, code } = await cofferdam(['review', '-', '-o', 'json'], { stdin: BY_WORDS });
  const reasons = JSON.parse(out).results.map((one: { reasons: string[] }) => one.reasons[0]);
  expect(code).toBe(1);
  expect(reasons).toEqual(
    Array(3).fill(
      'it needs an application kernel (app-kernel) because of a host port, and no sandbox supports a Windows container',
    ),
  );
});

it('paths of Windows are shown as they are written', async () => {
  const stdin = pod(
    'paths',
    String.raw`volumes: [{name: p, hostPath: {path: '\\.\pipe\csi-proxy-disk-v1'}}, {name: k, hostPath: {path: 'C:\var\lib\kubelet'}}]`,
  );
  const written = ['\\\\.\\pipe\\csi-proxy-disk-v1', 'C:\\var\\lib\\kubelet'];
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
  const { findings } = JSON.parse(out).results[0];
  const shown = findings.filter(({ path }: { path: string }) => path.endsWith('.hostPath'));
  expect(shown.map(({ value }: { value: string }) => value)).toEqual(written);
  const table = await cofferdam(['review', '-'], { stdin });
  const explained = await cofferdam(['explain', '-'], { stdin });
  for (const path of written) {
    expect(table.out).toContain(`.hostPath = ${path}\n`);
    expect(explained.out).toContain(`.hostPath = ${path}\n`);
    expect(explained.out).toContain(`- ${path}\n`);
  }
});
