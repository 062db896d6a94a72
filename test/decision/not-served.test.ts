import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewOf } from '../support/cluster.ts';
import { runtimeClass } from '../support/objects.ts';
import { createOf, NOW, updateOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const VIEW = viewOf(runtimeClass('gvisor', 'runsc'), runtimeClass('kata-qemu', 'kata-qemu'));
const PRIVILEGED = { securityContext: { privileged: true } };
const NET_ADMIN = { securityContext: { capabilities: { add: ['NET_ADMIN'] } } };

const mounting = (paths: readonly string[], container: object = {}, spec: object = {}): Pod =>
  ({
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'a', image: 'agent:1', ...container }],
      volumes: paths.map((path, i) => ({ name: `v${i}`, hostPath: { path } })),
      ...spec,
    },
  }) as unknown as Pod;

const waiving = (match: object, ...waive: object[]) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name: 'agents' },
  spec: {
    match: { namespaces: ['shop'], ...match },
    waive,
    ...{ owner: 'ops', reason: 'agents', expires: '2027-01-01T00:00:00Z' },
  },
});
const PATHS = ['hostPathSocket', 'hostPathDevice', 'hostPathSystem', 'hostPath'].map(signal => ({ signal }));

const judged = (request: DecisionRequest, objects: object[] = [waiving({}, ...PATHS)]): Decision =>
  decide(request, snapshotOf(objects), VIEW, NOW);
const answer = ({ verdict, runtimeClass }: Decision) => [verdict, runtimeClass];
const objectionsTo = (name: string, { placement }: Decision) =>
  placement.find(step => step.runtimeClass === name)?.objections;

describe('what an exemption waives and a VM does not show', () => {
  it.each([
    ['/proc', 'reject'],
    ['/sys/kernel/debug', 'reject'],
    // Ends of lines, which the engine and the guard must not read differently.
    ['/proc/a\rb', 'reject'],
    ['/proc/a\nb', 'reject'],
    ['/', 'reject'],
    ['/dev', 'reject'],
    ['/dev/kmsg', 'reject'],
    ['/dev/nvme0', 'reject'],
    ['/dev/mapper/control', 'reject'],
    ['/var/lib/kubelet/device-plugins', 'reject'],
    ['/var/lib/kubelet/plugins/csi.example.com', 'reject'],
    ['/var/run/netns', 'reject'],
    ['/run/mesh', 'reject'],
    ['/var/run/identity/sockets', 'reject'],
    ['/runner', 'sandbox'],
    ['/srv/run', 'sandbox'],
    ['/etc', 'sandbox'],
    ['/var/lib/kubelet', 'sandbox'],
    ['/var/lib/docker', 'sandbox'],
    ['/procedures', 'sandbox'],
    ['/srv/proc', 'sandbox'],
    ['/dev/sda1', 'sandbox'],
    ['/dev/nvme0n1p2', 'sandbox'],
    ['/dev/disk/by-id/a', 'sandbox'],
    ['/dev/fuse', 'sandbox'],
    ['/dev/net/tun', 'sandbox'],
  ])('of a privileged Pod with %s: %s', (path, verdict) => {
    expect(judged(createOf(mounting([path], PRIVILEGED))).verdict).toBe(verdict);
  });

  it.each([
    ['/proc', ['sandbox', 'gvisor']],
    ['/sys', ['sandbox', 'gvisor']],
    ['/', ['sandbox', 'gvisor']],
    ['/sys/fs/bpf', ['reject', undefined]],
    ['/var/lib/kubelet/plugins_registry', ['reject', undefined]],
    ['/run/containerd/containerd.sock', ['reject', undefined]],
    ['/dev/kmsg', ['reject', undefined]],
    ['/var/run/mesh', ['reject', undefined]],
    ['/dev/sda', ['sandbox', 'kata-qemu']],
    ['/dev/net/tun', ['sandbox', 'gvisor']],
    ['/dev/null', ['sandbox', 'gvisor']],
  ])('of a Pod that administers its network with %s: %j', (path, expected) => {
    expect(answer(judged(createOf(mounting([path], NET_ADMIN))))).toEqual(expected);
  });

  it('objects with the paths', () => {
    const decision = judged(createOf(mounting(['/etc', '/proc', '/sys', '/dev/kmsg'], PRIVILEGED)));
    expect(objectionsTo('kata-qemu', decision)).toEqual([
      { code: 'not-served', signal: 'hostPathDevice', detail: '/dev/kmsg' },
      { code: 'not-served', signal: 'hostPathSystem', detail: '/proc, /sys' },
    ]);
  });

  it('leaves a Pod on the host kernel, as the exemption says, where nothing else asks for a sandbox', () => {
    expect(judged(createOf(mounting(['/proc', '/dev/kmsg'])))).toMatchObject({
      ...{ verdict: 'admit', outcome: 'nothing-required', isolation: 'host-kernel' },
    });
  });

  it('stands against a class that its author names', () => {
    const inKata = { runtimeClassName: 'kata-qemu' };
    expect(judged(createOf(mounting(['/proc'], {}, inKata)))).toMatchObject({
      outcome: 'explicit-not-enough',
    });
    expect(judged(createOf(mounting(['/etc'], {}, inKata))).outcome).toBe('explicit-enough');
  });

  it('is told of what nobody waives, too, which objects as exposed alone', () => {
    const decision = judged(createOf(mounting(['/proc'], PRIVILEGED)), []);
    const kata = decision.placement.find(step => step.runtimeClass === 'kata-qemu');
    expect(kata).toMatchObject({
      objections: [{ code: 'exposed', signal: 'hostPathSystem' }],
      notServed: ['hostPathSystem'],
    });
  });

  it('is what is waived alone, of several paths', () => {
    const some = [waiving({}, { signal: 'hostPathSystem', values: ['/sys'] })];
    const decision = judged(createOf(mounting(['/proc', '/sys'], PRIVILEGED)), some);
    expect(objectionsTo('kata-qemu', decision)).toEqual([
      { code: 'exposed', signal: 'hostPathSystem' },
      { code: 'not-served', signal: 'hostPathSystem', detail: '/sys' },
    ]);
  });

  it('is what a SandboxProfile says of its handler', () => {
    const profile = (notServed: object) => ({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxProfile',
      metadata: { name: 'ours' },
      spec: {
        extends: 'kata-qemu',
        handlers: ['kata-qemu'],
        node: { privilegedWithoutHostDevices: true },
        signals: { hostPathSystem: { support: 'exposed', reason: 'a test', source: 'a test', ...notServed } },
      },
    });
    const verdictOn = (path: string, notServed: object) =>
      judged(createOf(mounting([path], PRIVILEGED)), [waiving({}, ...PATHS), profile(notServed)]).verdict;
    expect(verdictOn('/proc', {})).toBe('sandbox');
    expect(verdictOn('/etc/x', { notServed: { paths: ['/e*'] } })).toBe('reject');
    expect(verdictOn('/etc/x', { notServed: { paths: ['/e*'], except: ['/etc/x'] } })).toBe('sandbox');
  });
});

describe('an update', () => {
  const before = mounting(['/proc'], { image: 'other:1' }, { runtimeClassName: 'kata-qemu' });
  const after = mounting(['/proc'], { image: 'agent:1' }, { runtimeClassName: 'kata-qemu' });
  const byImage = [waiving({ images: ['agent'] }, ...PATHS)];

  it('by which an image comes under an exemption is let be: the Pod sees no less than before', () => {
    const decision = judged(updateOf(before, after), byImage);
    expect(decision.added).toContainEqual(expect.objectContaining({ value: '/proc', waivedBy: 'agents' }));
    expect(decision.verdict).toBe('admit');
  });
});
