import { expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

/* A StatefulSet whose class loses what is written to a claim: its Pods were rejected, and itself admitted. */
const template = `
      runtimeClassName: kata-fc
      automountServiceAccountToken: false
      containers:
        - name: store
          image: registry.example/store:3
          volumeMounts: [{name: data, mountPath: /data}]`;
const STATEFUL_SET = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:${template}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;
const POD = `apiVersion: v1
kind: Pod
metadata: {name: store-0}
spec:${template.replaceAll('\n    ', '\n')}
  volumes: [{name: data, persistentVolumeClaim: {claimName: data-store-0}}]
`;

it('a StatefulSet is judged by the claims that its controller makes, as its Pods are', async () => {
  const { out, code } = await cofferdam(['review', '-', '-o', 'json'], {
    stdin: `${STATEFUL_SET}---\n${POD}`,
  });
  const { results } = JSON.parse(out);
  expect(code).toBe(1);
  expect(
    results.map(({ verdict, reasons }: { verdict: string; reasons: string[] }) => [verdict, ...reasons]),
  ).toEqual(Array(2).fill(['reject', 'its RuntimeClass "kata-fc" does not support a PersistentVolumeClaim']));
  expect(results[0].findings).toContainEqual(
    expect.objectContaining({ path: 'spec.volumeClaimTemplates[0]', line: 16, value: 'data-store-0' }),
  );
});
