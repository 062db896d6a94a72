import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { denialMessage, reasonLines, warningLines } from '../../src/report/words/sentences.ts';
import { clusterPolicy } from '../policy/support.ts';
import { filledTo } from '../support/bounds.ts';
import { nodeText, runtimeClassText } from '../support/manifests.ts';
import { decided, podOf } from './decided.ts';

const POD = { kind: 'Pod', name: 'web', namespace: 'shop' };

const GVISOR = runtimeClassText('gvisor', 'runsc');
const NODE_DOWN = nodeText('n', 'False');
const policy = (spec: string): string => clusterPolicy(spec, 'extra');
const exemption = (signal: string): string => `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: exporters}
spec:
  match: {namespaces: [shop]}
  waive: [{signal: ${signal}}]
  owner: team
  reason: because
  expires: 2027-01-01T00:00:00Z
`;
const HIGH = 'cofferdam.dev/risk: high';
const PRIVILEGED = 'securityContext: {privileged: true}';
const update = (spec = '') => ({ operation: 'UPDATE', oldPod: podOf({ spec }) });

describe('a denial says what and why, then the fix, then who can exempt it', () => {
  it.each([
    [
      'what no sandbox contains',
      { spec: 'hostPID: true' },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain the host\'s PID namespace (spec.hostPID = true)',
        'Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each other.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPID; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'more than three things that no sandbox contains',
      {
        spec: 'hostPID: true\n  hostIPC: true\n  hostNetwork: true\n  volumes: [{name: a, hostPath: {path: /run/docker.sock}}]',
      },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain a socket of the host (spec.volumes[0].hostPath = /run/docker.sock), the host\'s PID namespace (spec.hostPID = true), the host\'s network namespace (spec.hostNetwork = true) and 1 more',
        'Fix: Remove the volume, and use the Kubernetes API or a rootless builder instead of the socket. Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each other. Remove hostNetwork, and publish the port with a Service. And 1 more fix.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPathSocket, hostPID, hostNetwork and 1 more; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a class of its own that is too weak, where another would do',
      { spec: 'runtimeClassName: gvisor', container: PRIVILEGED },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor" isolates only as app-kernel; vm is required because of a privileged container (spec.containers[0].securityContext.privileged = true)',
        'Fix: Set runtimeClassName to "kata-qemu", or leave it out and one is chosen.',
      ],
    ],
    [
      'a class of its own that does not exist',
      { spec: 'runtimeClassName: nope', labels: HIGH, cluster: GVISOR },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "nope" does not exist in this cluster',
        'Fix: Set runtimeClassName to "gvisor".',
      ],
    ],
    [
      'no class that is strong enough',
      { container: PRIVILEGED, cluster: GVISOR },
      [
        'Pod "web" rejected by policy "balanced": it needs a VM (vm) because of a privileged container (spec.containers[0].securityContext.privileged = true), and no RuntimeClass isolates enough: "gvisor" isolates only as app-kernel',
        'Fix: Remove securityContext.privileged, and add the one capability or device that is needed instead. Or install a RuntimeClass that isolates as vm.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives privileged; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a label that no exemption can waive, and a volume that no class supports',
      {
        labels: HIGH,
        container: 'volumeDevices: [{name: x, devicePath: /dev/x}]',
        spec: 'volumes: [{name: x, persistentVolumeClaim: {claimName: x}}]',
        cluster: GVISOR,
      },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no sandbox supports a raw block volume (spec.containers[0].volumeDevices[0] = /dev/x)',
        'Fix: Use the claim with volumeMode Filesystem.',
      ],
    ],
    [
      'more of something than any Pod needs, which no exemption waives',
      { request: { pod: filledTo('annotations', 12_000) } },
      [
        'Pod "web" rejected: it has 12000 annotations, of 250 at most',
        'Fix: Take out what it does not need, or make several Pods of it. No exemption waives this.',
      ],
    ],
    [
      'an update by which it gets more of two things',
      {
        request: {
          operation: 'UPDATE',
          oldPod: podOf({}),
          pod: { ...filledTo('volumes', 501), metadata: filledTo('labels', 251).metadata } as Pod,
        },
      },
      [
        'Pod "web" rejected: the update gives it 251 labels, of 250 at most and 501 volumes, of 500 at most',
        'Fix: Take out what it does not need, or make several Pods of it. No exemption waives this.',
      ],
    ],
    [
      'three things that no sandbox contains, each with its fix',
      { spec: 'hostPID: true\n  hostIPC: true\n  hostNetwork: true' },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain the host\'s PID namespace (spec.hostPID = true), the host\'s network namespace (spec.hostNetwork = true) and the host\'s IPC namespace (spec.hostIPC = true)',
        'Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each other. Remove hostNetwork, and publish the port with a Service. Remove hostIPC: the containers of a Pod share an IPC namespace anyway.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPID, hostNetwork and hostIPC; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a Windows Pod, which a label alone wants in a sandbox',
      { labels: HIGH, spec: 'os: {name: windows}' },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no sandbox supports a Windows container (spec.os.name = windows)',
        'Fix: Ask for Linux nodes (spec.os, nodeSelector, affinity) if the image is a Linux one.',
      ],
    ],
    [
      'what no sandbox supports, in a Pod that a risk wants in one',
      {
        spec: 'volumes: [{name: x, persistentVolumeClaim: {claimName: x}}]',
        container:
          'volumeDevices: [{name: x, devicePath: /dev/x}], ports: [{containerPort: 80, hostPort: 80}]',
        cluster: GVISOR,
      },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of a host port, and no sandbox supports a raw block volume (spec.containers[0].volumeDevices[0] = /dev/x)',
        'Fix: Use the claim with volumeMode Filesystem.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPort; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'what is exempt, and no sandbox supports, beside what needs one',
      {
        spec: 'hostNetwork: true\n  securityContext: {seLinuxOptions: {user: root}}',
        policies: exemption('hostNetwork'),
      },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of an SELinux type, user or role (spec.securityContext.seLinuxOptions.user = root), and no sandbox supports the host\'s network namespace, which is exempt',
        'Fix: Remove seLinuxOptions.type, user and role; level may stay.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives seLinuxOptions; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'what is exempt, under a class that does not support it',
      { spec: 'hostNetwork: true\n  runtimeClassName: gvisor', policies: exemption('hostNetwork') },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor" does not support the host\'s network namespace',
        'Fix: Remove hostNetwork, and publish the port with a Service.',
      ],
    ],
    [
      'a label and a port that only together ask for a VM, and none of which can be had',
      { labels: HIGH, container: 'ports: [{containerPort: 80, hostPort: 80}]', cluster: GVISOR },
      [
        'Pod "web" rejected by policy "balanced": it needs a VM (vm) because of a score of 90 (label cofferdam.dev/risk=high on the Pod 60 and host port 30), and no RuntimeClass isolates enough: "gvisor" isolates only as app-kernel',
        'Fix: Remove hostPort, and publish the port with a Service. Or install a RuntimeClass that isolates as vm.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPort; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'the sum of what is found, which is too much for the class that the Pod names',
      {
        spec: 'runtimeClassName: gvisor\n  hostNetwork: true',
        container: 'securityContext: {seccompProfile: {type: Unconfined}}',
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor" isolates only as app-kernel; does not support the host\'s network namespace; vm is required because of a score of 80 (host network namespace 50 and no seccomp filter 30)',
        'Fix: Remove hostNetwork, and publish the port with a Service. Set seccompProfile.type to RuntimeDefault.',
      ],
    ],
    [
      'the sum of what is found, which would be too much without it, too: no fix that helps nothing',
      {
        labels: 'cofferdam.dev/risk: critical',
        container: 'ports: [{containerPort: 80, hostPort: 80}]',
        cluster: GVISOR,
      },
      [
        'Pod "web" rejected by policy "balanced": it needs a VM (vm) because of the label cofferdam.dev/risk=critical on the Pod, and no RuntimeClass isolates enough: "gvisor" isolates only as app-kernel',
        'Fix: Install a RuntimeClass that isolates as vm.',
      ],
    ],
    [
      'a handler that nobody knows',
      { labels: HIGH, cluster: runtimeClassText('gvisor-gpu', 'nvidia-gvisor') },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no RuntimeClass isolates enough: nothing is known of handler "nvidia-gvisor" of RuntimeClass "gvisor-gpu": it counts as the host kernel',
        'Fix: Say in a SandboxProfile what handler "nvidia-gvisor" is, if it isolates.',
      ],
    ],
    [
      'a class that the Pod names, of such a handler',
      {
        labels: HIGH,
        spec: 'runtimeClassName: gvisor-gpu',
        cluster: `${runtimeClassText('gvisor-gpu', 'nvidia-gvisor')}${GVISOR}`,
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor-gpu" isolates only as host-kernel; app-kernel is required because of the label cofferdam.dev/risk=high on the Pod; nothing is known of handler "nvidia-gvisor" of RuntimeClass "gvisor-gpu": it counts as the host kernel',
        'Fix: Set runtimeClassName to "gvisor", or leave it out and one is chosen. Or say in a SandboxProfile what handler "nvidia-gvisor" is, if it isolates.',
      ],
    ],
    [
      'a handler that is known, and whose isolation nobody documents',
      { labels: HIGH, cluster: `${runtimeClassText('small', 'krun')}${runtimeClassText('fast', 'crun')}` },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no RuntimeClass isolates enough: handler "krun" of RuntimeClass "small" counts as the host kernel: libkrun treats guest and VMM as one: what the VMM can reach on the host, the guest may reach through it',
        'Fix: Say in a SandboxProfile what handler "krun" is, if it isolates.',
      ],
    ],
    [
      'a class that is called like a sandbox, and another that is not',
      { labels: HIGH, cluster: `${runtimeClassText('gvisor', 'runc')}${runtimeClassText('fast', 'crun')}` },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no RuntimeClass isolates enough: handler "runc" of RuntimeClass "gvisor" is the host kernel',
        'Fix: Make RuntimeClass "gvisor" anew with the handler of a sandbox.',
      ],
    ],
    [
      'a class with a debug console, for which nobody can vouch',
      { labels: HIGH, cluster: runtimeClassText('kata-debug', 'kata-qemu-debug') },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no RuntimeClass isolates enough: handler "kata-qemu-debug" of RuntimeClass "kata-debug" counts as the host kernel: it is named for a debug console into the guest',
        'Fix: Make RuntimeClass "kata-debug" anew with the handler of a sandbox.',
      ],
    ],
    [
      'a stronger class than is needed, which cannot do it: no weaker one is named',
      { spec: 'runtimeClassName: kata-qemu\n  hostUsers: false' },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "kata-qemu" does not support a user namespace',
        'Fix: Remove hostUsers if the sandbox is enough of a boundary.',
      ],
    ],
    [
      'a confidential VM that is given no GPU: its author is sent to no sandbox that is less',
      {
        spec: 'runtimeClassName: kata-cc',
        container: 'resources: {limits: {cpu: 1, memory: 1Gi, nvidia.com/gpu: 1}}',
        cluster: runtimeClassText('kata-cc', 'kata-cc'),
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "kata-cc" does not support a GPU',
        'Fix: Ask for a GPU that the sandbox takes: for gVisor a whole NVIDIA one (nvidia.com/gpu), for a VM one that is passed through.',
      ],
    ],
    [
      'a VM that is given no GPU by passing it through',
      {
        spec: 'runtimeClassName: kata-qemu',
        container: 'resources: {limits: {cpu: 1, memory: 1Gi, nvidia.com/pgpu: 1}}',
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "kata-qemu" does not support a passed-through GPU',
        'Fix: Use a class whose VM is given GPUs: its handler has nvidia-gpu in its name.',
      ],
    ],
    [
      'a class that cannot do it, where a stronger one can',
      {
        spec: 'runtimeClassName: gvisor',
        container: 'resources: {limits: {cpu: 1, memory: 1Gi, hugepages-2Mi: 4Mi}}',
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor" does not support huge pages',
        'Fix: Set runtimeClassName to "kata-qemu".',
      ],
    ],
    [
      'a class that cannot do it, where none can',
      {
        spec: 'runtimeClassName: gvisor',
        container: 'resources: {limits: {cpu: 1, memory: 1Gi, hugepages-2Mi: 4Mi}}',
        cluster: runtimeClassText('gvisor', 'runsc'),
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "gvisor" does not support huge pages',
        'Fix: Remove the hugepages resource if transparent huge pages are enough.',
      ],
    ],
    [
      'a class of the host kernel that cannot do it: there is nothing to lose',
      {
        spec: 'runtimeClassName: spin',
        container: 'resources: {limits: {cpu: 1, memory: 1Gi, hugepages-2Mi: 4Mi}}',
        cluster: runtimeClassText('spin', 'spin'),
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "spin" does not support huge pages',
        'Fix: Leave runtimeClassName out: nothing requires a sandbox.',
      ],
    ],
    [
      'a class that does not exist, where there is none as isolated as its name says',
      { labels: HIGH, spec: 'runtimeClassName: kata-qemu', cluster: runtimeClassText('gvisor', 'runsc') },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "kata-qemu" does not exist in this cluster',
        'Fix: Create the RuntimeClass, or name one that there is.',
      ],
    ],
    [
      'what is exempt, under a class that does not show it',
      {
        spec: 'runtimeClassName: kata-qemu\n  volumes: [{name: v, hostPath: {path: /sys}}]',
        policies: exemption('hostPathSystem'),
      },
      [
        'Pod "web" rejected by policy "balanced": its RuntimeClass "kata-qemu" does not serve the host\'s /sys',
        'Fix: Remove the volume, and read what is needed through the Kubernetes API.',
      ],
    ],
    [
      'what is exempt, where no class that is isolated enough shows it',
      {
        spec: 'volumes: [{name: v, hostPath: {path: /sys}}, {name: w, hostPath: {path: /dev/kmsg}}]',
        container: PRIVILEGED,
        policies: `${exemption('hostPathSystem')}---\n${exemption('hostPathDevice').replace('exporters', 'agents')}`,
      },
      [
        'Pod "web" rejected by policy "balanced": it needs a VM (vm) because of a privileged container (spec.containers[0].securityContext.privileged = true), and no sandbox serves the host\'s /dev/kmsg, /sys, which an exemption lets it have',
        'Fix: Remove securityContext.privileged, and add the one capability or device that is needed instead.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives privileged; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a plugin of the kubelet, which is nothing without its socket',
      {
        spec: 'volumes: [{name: v, hostPath: {path: /var/lib/kubelet/plugins/csi.example.com}}, {name: w, hostPath: {path: /var/lib/kubelet/plugins_registry/a.sock}}]',
      },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain a socket of the host (spec.volumes[1].hostPath = /var/lib/kubelet/plugins_registry/a.sock) and a system directory of the host (spec.volumes[0].hostPath = /var/lib/kubelet/plugins/csi.example.com)',
        'Fix: Nothing but an exemption helps: a socket of the host and a system directory of the host are what the Pod is there for.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPathSocket and hostPathSystem; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a CSI driver, for which no volume and no propagation is one too many',
      {
        spec: 'volumes: [{name: v, hostPath: {path: /var/lib/kubelet}}, {name: w, hostPath: {path: /dev}}]',
        container:
          'volumeMounts: [{name: v, mountPath: /var/lib/kubelet, mountPropagation: Bidirectional}], securityContext: {privileged: true}',
      },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain a device of the host (spec.volumes[1].hostPath = /dev), a system directory of the host (spec.volumes[0].hostPath = /var/lib/kubelet) and bidirectional mount propagation (spec.containers[0].volumeMounts[0].mountPropagation = Bidirectional)',
        'Fix: Nothing but an exemption helps: a device of the host, a system directory of the host and bidirectional mount propagation are what the Pod is there for.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPathDevice, hostPathSystem, privileged and 1 more; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a privileged container, where nobody vouches for the handler',
      { container: PRIVILEGED, cluster: runtimeClassText('kata', 'kata') },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain a privileged container (spec.containers[0].securityContext.privileged = true)',
        'Fix: Remove securityContext.privileged, and add the one capability or device that is needed instead. Or say in a SandboxProfile that handler "kata" gives privileged containers no host devices (privilegedWithoutHostDevices), if that is so.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives privileged; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a name at the start of a title',
      { annotations: 'io.katacontainers.config.hypervisor.path: /x' },
      [
        'Pod "web" rejected by policy "balanced": no sandbox can contain a Kata annotation (metadata.annotations[io.katacontainers.config.hypervisor.path] = /x)',
        'Fix: Remove the annotation; what it sets belongs in the configuration of the node.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives kataAnnotation; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'a class whose nodes the Pod rules out',
      {
        labels: HIGH,
        spec: 'nodeSelector: {zone: a}',
        cluster: runtimeClassText('gvisor', 'runsc', 'scheduling: {nodeSelector: {zone: b}}'),
      },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and no RuntimeClass fits: "gvisor" schedules to nodes that the Pod\'s nodeSelector rules out (label zone)',
        'Fix: Take the label out of the nodeSelector: the RuntimeClass sets it.',
      ],
    ],
    [
      'no node, where the policy does not let it wait',
      { labels: HIGH, policies: policy('{whenUnavailable: Reject}'), cluster: `${GVISOR}${NODE_DOWN}` },
      [
        'Pod "web" rejected by policy "balanced": it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod; RuntimeClass "gvisor" would do, but no ready node can take the Pod now, and the policy does not let it wait',
        'Fix: Add a ready node with the handler, or loosen the nodeSelector, affinity or tolerations of the Pod.',
      ],
    ],
    [
      'a namespace that is not known',
      { request: { namespace: undefined }, cluster: GVISOR },
      [
        'Pod "web" rejected by policy "balanced": it needs a confidential VM (confidential-vm) because of its namespace, which is not known, and no RuntimeClass isolates enough: "gvisor" isolates only as app-kernel',
        'Fix: Try again once the namespace is known. Or install a RuntimeClass that isolates as confidential-vm.',
      ],
    ],
    [
      'an update that adds what the host kernel would share',
      { container: PRIVILEGED, request: update() },
      [
        'Pod "web" rejected by policy "balanced": the update adds a privileged container (spec.containers[0].securityContext.privileged = true), which is not contained where the Pod runs: the host kernel',
        'Fix: Put it into a new Pod, which is given the sandbox that it needs, or leave it out.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives privileged; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'kubectl debug with its default profile',
      {
        spec: 'ephemeralContainers: [{name: debug, securityContext: {capabilities: {add: [SYS_PTRACE]}}}]',
        request: { ...update(), subresource: 'ephemeralcontainers' },
      },
      [
        'Pod "web" rejected by policy "balanced": the update adds a capability that equals host root (spec.ephemeralContainers[0].securityContext.capabilities.add[0] = SYS_PTRACE), which is not contained where the Pod runs: the host kernel',
        'Fix: Put it into a new Pod, which is given the sandbox that it needs, or leave it out, as kubectl debug --profile=baseline does.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives capabilityHostRoot; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
    [
      'found by fuzzing: an update without the stored Pod, of which a label is all that asks for a sandbox',
      { labels: 'cofferdam.dev/risk: high', request: { operation: 'UPDATE' } },
      [
        'Pod "web" rejected by policy "balanced": the stored Pod is not known, so all of it is judged: it needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod, and runs on the host kernel',
        'Fix: Put it into a new Pod, which is given the sandbox that it needs, or leave it out.',
      ],
    ],
    [
      'an update that adds what the class of the Pod does not contain',
      {
        spec: 'runtimeClassName: gvisor',
        container: PRIVILEGED,
        request: update('runtimeClassName: gvisor'),
      },
      [
        'Pod "web" rejected by policy "balanced": the update adds a privileged container (spec.containers[0].securityContext.privileged = true), with which the Pod needs a VM (vm); it runs in RuntimeClass "gvisor" (app-kernel)',
        'Fix: Put it into a new Pod, which is given the sandbox that it needs, or leave it out.',
        'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives privileged; "cofferdam explain FILE -n shop --exempt" drafts it.',
      ],
    ],
  ])('%s', (_, given, lines) => {
    expect(denialMessage(decided(given), POD).split('\n')).toEqual(lines);
  });

  it('is never more than three lines, whatever names hold', () => {
    const subject = { kind: 'Pod', name: `a\nb\u001b[31m${'x'.repeat(500)}`, namespace: 'n\nm' };
    const lines = denialMessage(decided({ spec: 'hostPID: true' }), subject).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^Pod "a\\u000ab\\u001b\[31mx+…" rejected by policy "balanced": no sandbox can contain the host's PID namespace/,
    );
    expect(lines[2]).toContain('"n\\u000am"');
  });
});

describe('warnings', () => {
  it.each([
    ['none where all is well', {}, []],
    ['none for hygiene', { container: 'image: app' }, []],
    [
      'none for a class of its own that is enough',
      { spec: 'runtimeClassName: kata-qemu', container: PRIVILEGED },
      [],
    ],
    [
      'the class that is set',
      { container: PRIVILEGED },
      [
        'Pod "web": RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of a privileged container (spec.containers[0].securityContext.privileged = true)',
      ],
    ],
    [
      'a Pod that will wait',
      { labels: HIGH, cluster: `${GVISOR}${NODE_DOWN}` },
      [
        'Pod "web": RuntimeClass "gvisor" (app-kernel) is set: the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod',
        'Pod "web": it will wait: RuntimeClass "gvisor" has no ready node that can take it now',
      ],
    ],
    [
      'what works differently',
      { labels: HIGH, container: 'resources: {}' },
      [
        'Pod "web": RuntimeClass "gvisor" (app-kernel) is set: the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod',
        'Pod "web": works differently under RuntimeClass "gvisor": a container without a cpu or memory limit',
      ],
    ],
    [
      'a misspelt risk',
      { labels: 'cofferdam.dev/risk: hihg' },
      [
        'Pod "web": RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of the label cofferdam.dev/risk=hihg on the Pod (not a listed value: counts as the highest; did you mean high?)',
      ],
    ],
    [
      'a rejection, with its fix, where it is only told',
      { spec: 'hostIPC: true' },
      [
        'Pod "web" would be rejected by policy "balanced": no sandbox can contain the host\'s IPC namespace (spec.hostIPC = true)',
        'Pod "web": Fix: Remove hostIPC: the containers of a Pod share an IPC namespace anyway.',
      ],
    ],
  ])('%s', (_, given, lines) => {
    expect(warningLines(decided(given), POD)).toEqual(lines);
  });

  it('hold at most 256 characters, which is where the API server cuts', () => {
    const lines = warningLines(decided({ spec: 'hostPID: true' }), { ...POD, name: 'x'.repeat(253) });
    expect(lines.map(line => line.length)).toEqual([256, 256]);
  });
});

describe('reasons', () => {
  it.each([
    ['nothing-required', {}, 'nothing requires a sandbox'],
    [
      'explicit-enough',
      { spec: 'runtimeClassName: kata-qemu', container: PRIVILEGED },
      'its RuntimeClass "kata-qemu" (vm) is enough',
    ],
    [
      'raised',
      {
        spec: 'runtimeClassName: kata-qemu',
        annotations: 'cofferdam.dev/injected-runtime-class: kata-qemu',
        container: 'resources: {limits: {cpu: "1", memory: 1Gi, nvidia.com/gpu: "1"}}',
      },
      'its class is changed to RuntimeClass "gvisor" (app-kernel): the class that was injected before does not support what the Pod asks for now',
    ],
    [
      'raised',
      {
        spec: 'runtimeClassName: gvisor',
        annotations: 'cofferdam.dev/injected-runtime-class: gvisor',
        container: PRIVILEGED,
      },
      'its class is raised to RuntimeClass "kata-qemu" (vm): the Pod needs a VM (vm) because of a privileged container (spec.containers[0].securityContext.privileged = true)',
    ],
    [
      'deleting',
      {
        container: PRIVILEGED,
        request: {
          operation: 'UPDATE',
          oldPod: { ...podOf({}), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
        },
      },
      'it is being deleted',
    ],
    [
      'injected',
      { labels: HIGH, container: 'ports: [{containerPort: 80, hostPort: 80}]' },
      'RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of a score of 90 (label cofferdam.dev/risk=high on the Pod 60 and host port 30)',
    ],
    [
      'injected',
      { labels: 'cofferdam.dev/risk: critical', container: 'ports: [{containerPort: 80, hostPort: 80}]' },
      'RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of the label cofferdam.dev/risk=critical on the Pod',
    ],
    [
      'injected',
      {
        labels: HIGH,
        container: 'resources: {limits: {cpu: "1", memory: 1Gi, hugepages-2Mi: 4Mi}}',
      },
      'RuntimeClass "kata-qemu" (vm) is set: the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod; "gvisor" does not support huge pages',
    ],
    [
      'injected',
      {
        container: 'ports: [{containerPort: 80, hostPort: 80}]',
        policies: policy(
          '{scoring: {rules: [{name: internet-facing, expression: "true", weight: 50}]}, tiers: [{atLeast: 80, isolation: vm}]}',
        ),
      },
      'RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of a score of 80 (rule "internet-facing" 50 and host port 30)',
    ],
    ['nothing-added', { request: update() }, 'the update adds nothing to judge'],
    [
      'added-contained',
      {
        spec: 'runtimeClassName: kata-qemu',
        container: PRIVILEGED,
        request: update('runtimeClassName: kata-qemu'),
      },
      'what the update adds is contained where the Pod runs',
    ],
    [
      'mirror',
      {
        annotations: 'kubernetes.io/config.mirror: x',
        request: { userInfo: { username: 'system:node:n', groups: ['system:nodes'] } },
      },
      'it mirrors a static Pod, which the kubelet runs already',
    ],
    ['not-judged', { request: { operation: 'CONNECT' } }, 'only creations and updates are judged'],
  ])('%s', (outcome, given, reason) => {
    const decision = decided(given);
    expect(decision.outcome).toBe(outcome);
    expect(reasonLines(decision)).toEqual([reason]);
  });

  it('name the exemptions that had a say', () => {
    expect(reasonLines(decided({ spec: 'hostPID: true', policies: exemption('hostPID') }))).toEqual([
      'nothing requires a sandbox',
      '1 finding waived by exemption "exporters"',
    ]);
  });
});
