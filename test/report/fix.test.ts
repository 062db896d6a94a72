import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { fixSentence } from '../../src/report/words/fix.ts';
import { denialMessage } from '../../src/report/words/sentences.ts';
import { arbitraryPod } from '../arbitraries/pods.ts';
import { clusterPolicy, exemption } from '../arbitraries/policies.ts';
import { richPod } from '../arbitraries/rich-pods.ts';
import { arbitraryView } from '../arbitraries/views.ts';
import { runtimeClassText } from '../support/manifests.ts';
import { createOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { decided, NOW } from './decided.ts';

/** Of a plugin of the kubelet or of the network: no fix of its own is one for it. */
const agent = fc
  .record({
    pod: arbitraryPod,
    path: fc.constantFrom(
      '/var/lib/kubelet/plugins_registry/x.sock',
      '/var/lib/kubelet/plugins/x',
      '/etc/cni',
    ),
    runtimeClassName: fc.constantFrom(undefined, 'gvisor', 'kata-qemu', 'kata-fc', 'none-such'),
  })
  .map(({ pod, path, runtimeClassName }): Pod => {
    const volumes = [{ name: 'agent', hostPath: { path } }];
    return { ...pod, spec: { ...pod.spec, volumes, ...(runtimeClassName && { runtimeClassName }) } } as Pod;
  });

it('whoever is rejected is told what to do, whatever the Pod, the policies, the exemptions and the classes', () => {
  let rejected = 0;
  fc.assert(
    fc.property(
      fc.oneof(arbitraryPod, richPod, agent),
      fc.oneof(arbitraryView, fc.constant(builtinView())),
      fc.array(clusterPolicy('extra'), { maxLength: 1 }),
      fc.array(exemption('some'), { maxLength: 1 }),
      (pod, view, policies, exemptions) => {
        const decision = decide(createOf(pod), snapshotOf([...policies, ...exemptions]), view, NOW);
        fc.pre(decision.verdict === 'reject');
        rejected++;
        expect(fixSentence(decision)).toMatch(/^[A-Z].*\.$/);
      },
    ),
    { numRuns: 600 },
  );
  expect(rejected).toBeGreaterThan(100);
});

const PLUGIN = 'volumes: [{name: p, hostPath: {path: /var/lib/kubelet/plugins_registry/x.sock}}]';
const CNI = 'volumes: [{name: p, hostPath: {path: /etc/cni/net.d}}]';
const HIGH = 'cofferdam.dev/risk: high';
const CRITICAL = 'cofferdam.dev/risk: critical';
const minimum = (isolation: string): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: extra}\nspec: {minimumIsolation: ${isolation}}\n`;
const CONFIDENTIAL = runtimeClassText('kata-qemu', 'kata-qemu') + runtimeClassText('snp', 'kata-qemu-snp');
const waiving = (signal: string): string => `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: plugins}
spec: {match: {namespaces: [shop]}, waive: [{signal: ${signal}}], owner: o, reason: r, expires: 2027-01-01T00:00:00Z}
`;

describe('a Pod that is nothing without what it has of the host', () => {
  it.each([
    [
      'is told that an exemption helps',
      { spec: PLUGIN },
      'Nothing but an exemption helps: a socket of the host is what the Pod is there for.',
    ],
    [
      'and that its class is in the way, which does not serve it even then',
      { spec: `runtimeClassName: gvisor\n  ${PLUGIN}` },
      'Nothing but an exemption helps, and leaving runtimeClassName out: a socket of the host is what the Pod is there for, and RuntimeClass "gvisor" does not serve it, exempt or not.',
    ],
    [
      'also where the class is a VM, or none that there is',
      { spec: `runtimeClassName: none-such\n  ${PLUGIN}` },
      'Nothing but an exemption helps, and leaving runtimeClassName out: a socket of the host is what the Pod is there for, and RuntimeClass "none-such" does not serve it, exempt or not.',
    ],
    [
      'but not where the class does serve it',
      { spec: `runtimeClassName: kata-qemu\n  ${CNI}` },
      'Nothing but an exemption helps: a system directory of the host is what the Pod is there for.',
    ],
    [
      'and what else is in the way, which no exemption waives',
      { spec: PLUGIN, labels: HIGH },
      'Nothing but an exemption helps, and that only where nothing else asks for a sandbox, as the label cofferdam.dev/risk=high on the Pod does here: a socket of the host is what the Pod is there for.',
    ],
    [
      'a class and a policy alike',
      { spec: `runtimeClassName: kata-qemu\n  ${PLUGIN}`, policies: minimum('app-kernel') },
      'Nothing but an exemption helps, and leaving runtimeClassName out, and that only where nothing else asks for a sandbox, as the policy "extra" does here: a socket of the host is what the Pod is there for, and RuntimeClass "kata-qemu" does not serve it, exempt or not.',
    ],
    [
      'a label that asks for more than the class that serves it',
      { spec: `runtimeClassName: gvisor\n  ${CNI}`, labels: CRITICAL },
      'Nothing but an exemption helps, and that only where nothing else asks for more isolation, as the label cofferdam.dev/risk=critical on the Pod does here: a system directory of the host is what the Pod is there for.',
    ],
    [
      'before what else can be changed, which is told, too',
      { spec: `hostPID: true\n  ${PLUGIN}` },
      'Nothing but an exemption helps: a socket of the host is what the Pod is there for. Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each other.',
    ],
    [
      'to go elsewhere, where it is exempt and what asks for a sandbox is not',
      { spec: PLUGIN, labels: HIGH, policies: waiving('hostPathSocket') },
      'Run it where nothing else asks for a sandbox, as the label cofferdam.dev/risk=high on the Pod does here.',
    ],
  ])('%s', (_, given, fix) => {
    expect(fixSentence(decided(given))).toBe(fix);
  });

  it('is told in its denial for whom to ask for one, and what to leave out', () => {
    const given = { spec: `runtimeClassName: gvisor\n  ${PLUGIN}` };
    expect(
      denialMessage(decided(given), { kind: 'Pod', name: 'web', namespace: 'shop' }).split('\n').at(-1),
    ).toBe(
      'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPathSocket, and leave runtimeClassName out; "cofferdam explain FILE -n shop --exempt" drafts it.',
    );
  });
});

describe('a Pod whose class is too weak, where no class would do as it is', () => {
  it.each([
    [
      'is told what to install, as nothing of it is in the way',
      { spec: 'runtimeClassName: kata-qemu', policies: minimum('confidential-vm') },
      'Install a RuntimeClass that isolates as confidential-vm, and name it.',
    ],
    [
      'is told which class to name, and what stands against that',
      {
        spec: 'runtimeClassName: kata-qemu\n  volumes: [{name: x, emptyDir: {}}]',
        container: 'volumeMounts: [{name: x, mountPath: /x, readOnly: true, recursiveReadOnly: Enabled}]',
        policies: minimum('confidential-vm'),
        cluster: CONFIDENTIAL,
      },
      'Set runtimeClassName to "snp". Set recursiveReadOnly to IfPossible.',
    ],
    [
      'is not sent from one class that is too weak to another',
      { spec: 'runtimeClassName: gvisor', policies: minimum('confidential-vm') },
      'Install a RuntimeClass that isolates as confidential-vm, and name it.',
    ],
  ])('%s', (_, given, fix) => {
    expect(fixSentence(decided(given))).toBe(fix);
  });
});
