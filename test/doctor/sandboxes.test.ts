import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { classNames } from '../../src/doctor/checks/class-names.ts';
import { guardWrites } from '../../src/doctor/checks/guard-writes.ts';
import { handlersOnNodes } from '../../src/doctor/checks/handlers-on-nodes.ts';
import { kubernetesVersion } from '../../src/doctor/checks/kubernetes-version.ts';
import { readyNodes } from '../../src/doctor/checks/ready-nodes.ts';
import { sandboxClasses } from '../../src/doctor/checks/sandbox-classes.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { examine, told } from './examine.ts';

const GVISOR = runtimeClass('gvisor', 'runsc');
const selecting = (label: string) =>
  runtimeClass('gvisor', 'runsc', { scheduling: { nodeSelector: { [label]: 'true' } } });

it.each([
  [36, ['ok']],
  [30, ['ok']],
  [
    29,
    [
      'warning',
      'Kubernetes v1.29.0 is older than 1.30: it has no stable ValidatingAdmissionPolicy, so there is neither a guard nor a lock.',
    ],
  ],
])('Kubernetes 1.%i', (minor, expected) => {
  expect(told(examine(kubernetesVersion, {}, minor))).toEqual(expected);
});

describe('writes of the guard', () => {
  const admissionPolicies = [{ metadata: { name: 'cofferdam-guard' } }];
  const harm = (version: string): string =>
    `Kubernetes ${version} is older than 1.36: writing the guard while it is being evaluated can crash the API server, which then restarts (kubernetes#135757). The leader therefore writes the guard at most once in 60 s, and changes of policies reach the guard up to that much later.`;
  it.each([
    ['without a guard', 35, {}, ['note']],
    ['on 1.36', 36, { admissionPolicies }, ['ok']],
    ['on 1.35', 35, { admissionPolicies }, ['warning', harm('v1.35.0')]],
    ['on 1.30', 30, { admissionPolicies }, ['warning', harm('v1.30.0')]],
  ])('%s', (_, minor, objects, expected) => {
    expect(told(examine(guardWrites, objects, minor))).toEqual(expected);
  });
});

describe('a RuntimeClass of a sandbox', () => {
  it.each([
    ['none', [], 'failure', 'none'],
    ['runc alone', [runtimeClass('gvisor', 'runc')], 'failure', 'none'],
    ['two', [GVISOR, runtimeClass('kata', 'kata-qemu')], 'ok', 'gvisor (app-kernel) and kata (vm)'],
  ])('%s', (_, runtimeClasses, mark, seen) => {
    expect(examine(sandboxClasses, { runtimeClasses })).toMatchObject({ mark, seen });
  });

  it('whose handler nobody knows is told of, with the way to a SandboxProfile', () => {
    const runtimeClasses = [
      GVISOR,
      runtimeClass('special', 'acme'),
      runtimeClass('unikernel', 'urunc'),
      runtimeClass('debug', 'kata-qemu-devkit'),
    ];
    expect(examine(sandboxClasses, { runtimeClasses })).toMatchObject({
      mark: 'note',
      remarks: [
        {
          message:
            'No profile knows the handler "acme" of RuntimeClass "special", so it counts as the host kernel.',
          fix: 'Run "cofferdam verify --write-profiles", which looks at the handler on each node and drafts a SandboxProfile for it.',
        },
      ],
    });
  });
});

describe('a name that promises more than the handler gives', () => {
  it.each([
    ['gvisor', 'runsc', ['ok']],
    ['fast', 'runc', ['ok']],
    ['kata', 'kata-qemu', ['ok']],
    ['kata-fc', 'kata-qemu', ['ok']],
    ['safety', 'runc', ['ok']],
    [
      'my-gvisor',
      'runc',
      [
        'failure',
        'RuntimeClass "my-gvisor" sounds like an application kernel (app-kernel), but its handler "runc" is the host kernel.',
      ],
    ],
    [
      'urunc-vm',
      'urunc',
      [
        'failure',
        'RuntimeClass "urunc-vm" sounds like a VM (vm), but its handler "urunc" is the host kernel: an image that does not declare itself a unikernel is handed to runc, and the author of a Pod chooses the image.',
      ],
    ],
    [
      'kata',
      'runsc',
      [
        'failure',
        'RuntimeClass "kata" sounds like a VM (vm), but its handler "runsc" is an application kernel (app-kernel).',
      ],
    ],
    [
      'kata-qemu-tdx',
      'kata-qemu',
      [
        'failure',
        'RuntimeClass "kata-qemu-tdx" sounds like a confidential VM (confidential-vm), but its handler "kata-qemu" is a VM (vm).',
      ],
    ],
    [
      'kata-qemu-devkit',
      'kata-qemu-devkit',
      [
        'warning',
        'RuntimeClass "kata-qemu-devkit" sounds like a VM (vm), but its handler "kata-qemu-devkit" counts as the host kernel: it is named for a debug console into the guest.',
      ],
    ],
    [
      'gvisor',
      'special',
      [
        'warning',
        'RuntimeClass "gvisor" sounds like an application kernel (app-kernel), but no profile knows its handler "special", so it counts as the host kernel.',
      ],
    ],
  ])('%s with handler %s', (name, handler, expected) => {
    expect(told(examine(classNames, { runtimeClasses: [runtimeClass(name, handler)] }))).toEqual(expected);
  });

  it('is none of the classes that installers make', () => {
    const file = new URL('../../policies/runtimeclasses.yaml', import.meta.url);
    const { items } = parse(readFileSync(file, 'utf8')) as { items: readonly object[] };
    expect(told(examine(classNames, { runtimeClasses: items }))).toEqual(['ok']);
  });
});

describe('handlers on nodes', () => {
  const labelled = (name: string, handlers: readonly string[]) =>
    node(name, handlers, { labels: { sandbox: 'true' } });

  it.each([
    ['every node has it', [GVISOR], [node('a', ['runsc']), node('b', ['runsc'])], ['ok']],
    ['no node has it: another check', [GVISOR], [node('a', ['runc'])], ['ok']],
    ['nodes do not report', [GVISOR], [node('a', [])], ['ok']],
    ['runc is everywhere', [runtimeClass('plain', 'runc')], [node('a', ['runsc'])], ['ok']],
    [
      'one node lacks it',
      [GVISOR],
      [node('a', ['runsc']), node('b', ['runc'])],
      [
        'warning',
        'RuntimeClass "gvisor" may send Pods to 1 node without the handler "runsc", where they cannot start: "b".',
      ],
    ],
    [
      'the class selects those that have it',
      [selecting('sandbox')],
      [labelled('a', ['runsc']), node('b', ['runc'])],
      ['ok'],
    ],
    [
      'the class selects one that has lost it',
      [selecting('sandbox')],
      [labelled('a', ['runsc']), labelled('b', ['runc'])],
      [
        'warning',
        'RuntimeClass "gvisor" may send Pods to 1 node without the handler "runsc", where they cannot start: "b".',
      ],
    ],
  ])('%s', (_, runtimeClasses, nodes, expected) => {
    expect(told(examine(handlersOnNodes, { runtimeClasses, nodes }))).toEqual(expected);
  });
});

describe('a ready node', () => {
  const notReady = node('a', ['runsc'], { ready: false });
  const NONE = 'No ready node can run any sandbox, so every Pod that needs one stays pending.';
  const BLOCKED =
    'warning: Pods of RuntimeClass "gvisor" stay pending: the only node with the handler "runsc" is not ready, cordoned, or tainted in a way that the class does not tolerate.';

  it.each([
    ['no sandbox at all', [], [], ['note']],
    ['ready', [GVISOR], [node('a', ['runsc'])], ['ok']],
    [
      'without the handler',
      [GVISOR],
      [node('a', ['runc'])],
      [
        'failure',
        NONE,
        'warning: Pods of RuntimeClass "gvisor" stay pending: no node has the handler "runsc".',
      ],
    ],
    ['not ready', [GVISOR], [notReady], ['failure', NONE, BLOCKED]],
    ['cordoned', [GVISOR], [node('a', ['runsc'], { unschedulable: true })], ['failure', NONE, BLOCKED]],
    [
      'not labelled as the class selects',
      [selecting('sandbox')],
      [node('a', ['runsc'])],
      [
        'failure',
        NONE,
        'warning: Pods of RuntimeClass "gvisor" stay pending: no node that has the handler "runsc" is labelled sandbox=true.',
      ],
    ],
    [
      'for one of two',
      [GVISOR, runtimeClass('kata', 'kata-qemu')],
      [node('a', ['runsc'])],
      ['warning', 'Pods of RuntimeClass "kata" stay pending: no node has the handler "kata-qemu".'],
    ],
  ])('%s', (_, runtimeClasses, nodes, expected) => {
    expect(told(examine(readyNodes, { runtimeClasses, nodes }))).toEqual(expected);
  });
});
