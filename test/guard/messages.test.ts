import { describe, expect, it } from 'vitest';
import { adding, clusterPolicy, container, exemption, ground, privileged } from './support/ground.ts';

/** What a denied request is told: what is wrong, and the way out. Whole texts, since people act on them. */
const { create, update, creation } = ground();
const NO_CLASS = ' No RuntimeClass contains it: remove it, or ask for a SandboxExemption.';
const LEAVE_OUT = ' Leave it out, or make the Pod anew in a class that contains it.';

describe('a new Pod without a class', () => {
  it('is told of the classes that would do, one of each isolation, the least first', () => {
    expect(create({ labels: { 'cofferdam.dev/risk': 'medium' } })).toEqual([
      'the Pod needs isolation app-kernel because of its labels, its namespace or a policy, and has host-kernel without a RuntimeClass. Try again, as the webhook that would set one did not answer, or set spec.runtimeClassName to gvisor or vm.',
    ]);
    expect(create({ spec: { containers: [privileged()] } })).toEqual([
      'the Pod needs isolation vm because of privileged, and has host-kernel without a RuntimeClass. Try again, as the webhook that would set one did not answer, or set spec.runtimeClassName to vm.',
    ]);
  });

  it('is told of the first by name where several are of one isolation', () => {
    const classes = [...['z', 'b', 'c'].map(name => [name, 'runsc'] as const)];
    expect(
      ground([], { classes }).create({ spec: { containers: [container(adding('SYS_ADMIN'))] } }),
    ).toEqual([
      'the Pod needs isolation app-kernel because of capabilityHostRoot, and has host-kernel without a RuntimeClass. Try again, as the webhook that would set one did not answer, or set spec.runtimeClassName to b.',
    ]);
  });

  it('is not told of a class that runs only Windows Pods', () => {
    const classes = [
      ['a', 'runhcs-wcow-hypervisor'],
      ['z', 'kata-qemu'],
    ] as const;
    expect(ground([], { classes }).create({ labels: { 'cofferdam.dev/risk': 'medium' } })).toEqual([
      'the Pod needs isolation app-kernel because of its labels, its namespace or a policy, and has host-kernel without a RuntimeClass. Try again, as the webhook that would set one did not answer, or set spec.runtimeClassName to z.',
    ]);
  });

  it('is told where no class contains what it asks for', () => {
    expect(create({ spec: { hostPID: true } })).toEqual([
      `the Pod needs isolation vm because of hostPID, and has host-kernel without a RuntimeClass.${NO_CLASS}`,
    ]);
    expect(ground([], { classes: [] }).create({ labels: { 'cofferdam.dev/risk': 'medium' } })).toEqual([
      `the Pod needs isolation app-kernel because of its labels, its namespace or a policy, and has host-kernel without a RuntimeClass.${NO_CLASS}`,
    ]);
  });
});

it('a Windows Pod in a VM of Hyper-V is let in, and told of the annotations that open it', () => {
  const windows = ground([], { classes: [['windows-vm', 'runhcs-wcow-hypervisor']] });
  const labels = { 'cofferdam.dev/risk': 'critical' };
  const spec = { os: { name: 'windows' }, runtimeClassName: 'windows-vm' };
  expect(windows.create({ labels, spec })).toEqual([]);
  const annotations = { 'io.microsoft.virtualmachine.console.pipe': '//./pipe/x' };
  expect(windows.create({ annotations, spec })).toEqual([
    `RuntimeClass windows-vm does not contain hypervAnnotation.${NO_CLASS}`,
  ]);
  // Nothing of the kind is promised for what no profile vouches for.
  expect(
    ground([], { classes: [['krun', 'krun']] }).create({ labels, spec: { runtimeClassName: 'krun' } }),
  ).toHaveLength(1);
});

describe('a new Pod in a class', () => {
  const weak = { containers: [privileged()], runtimeClassName: 'gvisor' };

  it('is told what would be enough', () => {
    expect(create({ spec: weak })).toEqual([
      'the Pod needs isolation vm because of privileged, and has app-kernel in RuntimeClass gvisor. Set spec.runtimeClassName to vm.',
    ]);
  });

  it('is told what the class does not contain, and both where both are wrong', () => {
    const spec = { hostIPC: true, runtimeClassName: 'gvisor' };
    const uncontained = `RuntimeClass gvisor does not contain hostIPC.${NO_CLASS}`;
    expect(create({ spec })).toEqual([uncontained]);
    expect(create({ spec: { ...spec, hostPID: true } })).toEqual([
      `the Pod needs isolation vm because of hostPID, hostIPC, and has app-kernel in RuntimeClass gvisor.${NO_CLASS}`,
      `RuntimeClass gvisor does not contain hostPID, hostIPC.${NO_CLASS}`,
    ]);
  });

  it.each(['liar', 'runc', 'nonsense'])(
    'has the isolation of the host where the class is no sandbox: %s',
    runtimeClassName => {
      expect(create({ labels: { 'cofferdam.dev/risk': 'medium' }, spec: { runtimeClassName } })).toEqual([
        `the Pod needs isolation app-kernel because of its labels, its namespace or a policy, and has host-kernel in RuntimeClass ${runtimeClassName}. Set spec.runtimeClassName to gvisor or vm.`,
      ]);
    },
  );

  it('is admitted where that is enough', () => {
    expect(create({ spec: { containers: [privileged()], runtimeClassName: 'vm' } })).toEqual([]);
    expect(
      create({ spec: { containers: [container(adding('SYS_ADMIN'))], runtimeClassName: 'gvisor' } }),
    ).toEqual([]);
    expect(create({ spec: { runtimeClassName: 'nonsense' } })).toEqual([]);
  });

  it('is told of no class that is not enough, or exposes what was found', () => {
    const spec = { volumes: [{ name: 'v', hostPath: { path: '/srv' } }], runtimeClassName: 'gvisor' };
    expect(create({ spec })).toEqual([`RuntimeClass gvisor does not contain hostPath.${NO_CLASS}`]);
    const waived = ground([exemption({}, { signal: 'hostPath' }), clusterPolicy({ minimumIsolation: 'vm' })]);
    expect(waived.create({ spec })).toEqual([
      'the Pod needs isolation vm because of its labels, its namespace or a policy, and has app-kernel in RuntimeClass gvisor. Set spec.runtimeClassName to vm.',
    ]);
  });
});

describe('an update', () => {
  it('is told to leave it out', () => {
    const added = { spec: { ephemeralContainers: [privileged('x')] } };
    expect(update({}, added)).toEqual([
      `the Pod needs isolation vm because of privileged, and has host-kernel without a RuntimeClass.${LEAVE_OUT}`,
    ]);
    const annotated = { annotations: { 'dev.gvisor.spec.x': 'y' }, spec: { runtimeClassName: 'vm' } };
    expect(update({ spec: annotated.spec }, annotated)).toEqual([
      `RuntimeClass vm does not contain gvisorAnnotation.${LEAVE_OUT}`,
    ]);
  });
});

it('kubectl debug is told of the profile that adds nothing', () => {
  const added = { spec: { ephemeralContainers: [container(adding('SYS_PTRACE'), 'debug')] } };
  expect(update({}, added, { subResource: 'ephemeralcontainers' })).toEqual([
    'the Pod needs isolation app-kernel because of capabilityHostRoot, and has host-kernel without a RuntimeClass. Leave it out, as kubectl debug --profile=baseline does, or make the Pod anew in a class that contains it.',
  ]);
});

it('a denial names policy and binding, is Forbidden, and has one line', () => {
  const { denials } = creation({ spec: { hostPID: true } });
  expect(denials).toMatchObject([
    {
      policy: 'cofferdam-guard',
      binding: 'cofferdam-guard',
      reason: 'Forbidden',
      message: expect.stringMatching(/^.+$/),
    },
  ]);
});

it('a Pod larger than any that people run is told so in fixed words: these cost nothing', () => {
  const annotations = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`example.com/a${i}`, 'x']));
  const spec = { hostPID: true };
  expect(create({ annotations, spec })).toEqual([
    'The Pod needs more isolation than it has; "cofferdam explain" says why.',
  ]);
  const { 'example.com/a0': _, ...fewer } = annotations;
  expect(create({ annotations: fewer, spec })[0]).toMatch(/because of hostPID/);
});
