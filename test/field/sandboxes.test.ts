import { describe, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';
import { runtimeClassText } from '../support/manifests.ts';

/*
What agent-sandbox makes Pods of (https://github.com/kubernetes-sigs/agent-sandbox): a Sandbox, and a SandboxTemplate that
claims and warm pools are filled from. Both hold a whole Pod template under `podTemplate`, and claims beside it.
*/
const sandbox = (
  kind: string,
  group: string,
  spec: string,
  beside = '',
): string => `apiVersion: ${group}/v1alpha1
kind: ${kind}
metadata: {name: s, namespace: agents}
spec:
  podTemplate:
    metadata: {labels: {app: s}}
    spec:
      ${spec}
      containers: [{name: c, image: "registry.example/agent:1", resources: {limits: {cpu: "1", memory: 1Gi}}}]
${beside}`;
const template = (spec: string, beside = '') =>
  sandbox('SandboxTemplate', 'extensions.agents.x-k8s.io', spec, beside);

async function review(stdin: string) {
  const { out, code } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
  const { results, passedOver } = JSON.parse(out);
  const [one] = results;
  const findings: { category: string; signal: string; path: string; line: number }[] = one?.findings ?? [];
  const risks = findings.filter(({ category }) => category === 'exposure' || category === 'breakout');
  return {
    code,
    passedOver,
    count: results.length,
    ...{ name: `${one?.kind}/${one?.name}`, verdict: one?.verdict, fix: one?.fix, fragment: one?.fragment },
    risks: risks.map(({ signal, path, line }) => `${signal} ${path}:${line}`),
  };
}

describe('a SandboxTemplate', () => {
  it.each([
    ['hostNetwork: true', 1, 'reject', ['hostNetwork spec.podTemplate.spec.hostNetwork:8']],
    ['hostPID: true', 1, 'reject', ['hostPID spec.podTemplate.spec.hostPID:8']],
    ['volumes: [{name: d, emptyDir: {}}]', 0, 'admit', []],
  ])('is judged by the Pods that are made of it: %s', async (spec, code, verdict, risks) => {
    expect(await review(template(spec))).toMatchObject({
      ...{ code, verdict, risks },
      ...{ name: 'SandboxTemplate/s', count: 1, passedOver: [], fragment: undefined },
    });
  });

  it('has the claims that are made for each of them', async () => {
    const claims =
      '  volumeClaimTemplates: [{metadata: {name: work}, spec: {accessModes: [ReadWriteOnce]}}]\n';
    const fc = runtimeClassText('kata-fc', 'kata-fc');
    const [without, with_] = await Promise.all(
      ['', claims].map(beside => review(fc + template('runtimeClassName: kata-fc', beside))),
    );
    expect(without?.verdict).toBe('admit');
    expect(with_?.verdict).toBe('reject');
  });
});

describe('a Sandbox in a class that is a VM', () => {
  it('is sent to no class that is less', async () => {
    const { verdict, fix } = await review(
      sandbox('Sandbox', 'agents.x-k8s.io', 'runtimeClassName: kata-qemu\n      hostUsers: false'),
    );
    expect(verdict).toBe('reject');
    expect(fix).toBe('Remove hostUsers if the sandbox is enough of a boundary.');
  });

  it('is told of an exemption, and of its class, where it is nothing without a socket of the kubelet', async () => {
    const socket = 'volumes: [{name: p, hostPath: {path: /var/lib/kubelet/plugins_registry/x.sock}}]';
    for (const name of ['gvisor', 'kata-qemu']) {
      const { verdict, fix } = await review(template(`runtimeClassName: ${name}\n      ${socket}`));
      expect(verdict).toBe('reject');
      expect(fix).toBe(
        `Nothing but an exemption helps, and leaving runtimeClassName out: a socket of the host is what the Pod is there for, and RuntimeClass "${name}" does not serve it, exempt or not.`,
      );
    }
  });
});
