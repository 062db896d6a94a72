import { describe, expect, it } from 'vitest';
import { builtinProfiles } from '../../src/profiles/builtin.ts';
import { buildProfileTable } from '../../src/profiles/table.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { profilesOf, supportOf } from './support.ts';

const build = (text: string) => buildProfileTable(profilesOf(text), builtinProfiles());
const messagesOf = (text: string): string[] =>
  build(text).problems.map(({ path, message }) => `${path}: ${message}`);

describe('a SandboxProfile', () => {
  it('vouches for a handler: words of the profile it extends, node settings of its own', () => {
    const { table, problems } = build(`
      metadata: {name: ours}
      spec: {extends: kata-qemu, handlers: [kata], node: {privilegedWithoutHostDevices: true}}`);
    expect(problems).toEqual([]);
    const ours = table.forHandler('kata');
    expect([ours.id, ours.title, ours.isolation]).toEqual(['ours', 'ours', 'vm']);
    expect(supportOf(ours, 'privileged')).toBe('contained');
    expect(supportOf(ours, 'persistentVolumeClaim')).toBe('contained');
  });

  it('inherits no node settings, which belong to the handlers of its parent', () => {
    const { table } = build('{metadata: {name: ours}, spec: {extends: kata-qemu, handlers: [kata]}}');
    expect(supportOf(table.forHandler('kata-qemu'), 'privileged')).toBe('contained');
    expect(supportOf(table.forHandler('kata'), 'privileged')).toBe('exposed');
  });

  it('overrides single signals, with its own reason and source', () => {
    const { table } = build(`
      metadata: {name: ours}
      spec:
        extends: gvisor
        handlers: [runsc]
        signals: {capabilityNetRaw: {support: contained, reason: runs with --net-raw, source: our Ansible role}}`);
    expect(table.forHandler('runsc').signals.get('capabilityNetRaw')).toEqual({
      support: 'contained',
      reason: 'runs with --net-raw',
      source: 'our Ansible role',
    });
    expect(supportOf(table.forHandler('runsc'), 'blockVolume')).toBe('unsupported');
    expect(supportOf(table.forHandler('gvisor'), 'capabilityNetRaw')).toBe('degraded');
  });

  it('overrides single resources: its own word, else that of the nearest that speaks of it or of its signal', () => {
    const word = (support: string) => `{support: ${support}, reason: r, source: s}`;
    const { table, problems } = build(
      `
      metadata: {name: near}
      spec: {extends: far, handlers: [a], resources: {google.com/tpu: ${word('contained')}}}
      ---
      metadata: {name: far}
      spec:
        extends: gvisor
        handlers: [b]
        signals: {gpu: ${word('exposed')}}
        resources: {google.com/tpu: ${word('exposed')}, nvidia.com/gpu.shared: ${word('degraded')}}`.replaceAll(
        '\n      ',
        '\n',
      ),
    );
    expect(problems).toEqual([]);
    const supports = (handler: string) =>
      Object.fromEntries(
        Array.from(table.forHandler(handler).resources, ([name, { support }]) => [name, support]),
      );
    expect(supports('a')).toEqual({ 'google.com/tpu': 'contained', 'nvidia.com/gpu.shared': 'degraded' });
    expect(supports('b')).toEqual({ 'google.com/tpu': 'exposed', 'nvidia.com/gpu.shared': 'degraded' });
    expect(Object.keys(supports('runsc'))).toEqual([
      'nvidia.com/gpu',
      'nvidia.com/gpu.shared',
      'google.com/tpu',
    ]);
  });

  it('speaks of resources that device plugins offer, no others', () => {
    const word = '{support: contained, reason: r, source: s}';
    expect(
      messagesOf(
        `{metadata: {name: ours}, spec: {extends: gvisor, handlers: [a], resources: {cpu: ${word}, hugepages-2Mi: ${word}, a.io/x: ${word}}}}`,
      ),
    ).toEqual(['spec.resources.cpu: cpu is no resource that a device plugin offers']);
  });

  it('takes its handlers from the built-in profile, which keeps the others', () => {
    const { table } = build('{metadata: {name: weak}, spec: {extends: host, handlers: [runsc]}}');
    expect(table.forHandler('runsc').isolation).toBe('host-kernel');
    expect(table.forHandler('gvisor').isolation).toBe('app-kernel');
    expect(table.all.find(profile => profile.id === 'gvisor')?.handlers).toEqual([
      'gvisor',
      'runsc-kvm',
      'gvisor-kvm',
    ]);
  });

  it('leaves out of the table a built-in profile that has lost every handler', () => {
    const { table } = build('{metadata: {name: ours}, spec: {extends: edera, handlers: [edera]}}');
    expect(table.all.map(profile => profile.id)).not.toContain('edera');
  });

  it('may bear the name of a built-in profile and extend it', () => {
    const { table, problems } = build(`
      metadata: {name: kata-qemu}
      spec: {extends: kata-qemu, isolation: app-kernel, handlers: [kata-qemu]}`);
    expect(problems).toEqual([]);
    expect(table.forHandler('kata-qemu').isolation).toBe('app-kernel');
    expect(table.forHandler('kata-qemu-runtime-rs').isolation).toBe('vm');
  });

  it('does not change built-in profiles by bearing the name of one that they extend', () => {
    const { table } = build('{metadata: {name: sandbox}, spec: {extends: host, handlers: [ours]}}');
    expect(table.forHandler('runsc').isolation).toBe('app-kernel');
    expect(supportOf(table.forHandler('runsc'), 'procMount')).toBe('contained');
  });

  it('extends a built-in profile as it was shipped, whatever its ancestors are called elsewhere', () => {
    const { table, problems } = build(`
metadata: {name: sandbox}
spec: {extends: host, handlers: [theirs]}
---
metadata: {name: ours}
spec: {extends: gvisor, handlers: [ours]}`);
    expect(problems).toEqual([]);
    expect(supportOf(table.forHandler('ours'), 'procMount')).toBe('contained');
  });

  it('extends another of its kind, which may come later and need not name handlers', () => {
    const { table, problems } = build(`
metadata: {name: child}
spec: {extends: parent, handlers: [ours]}
---
metadata: {name: parent}
spec: {extends: kata-clh, title: Parent, isolation: confidential-vm}`);
    expect(problems).toEqual([]);
    expect(table.forHandler('ours').isolation).toBe('confidential-vm');
    expect(table.all.map(profile => profile.id)).not.toContain('parent');
  });

  it('may say everything itself', () => {
    const words = SIGNALS.map(({ id }) => `${id}: {support: contained, reason: r, source: s}`).join(', ');
    const { table, problems } = build(
      `{metadata: {name: ours}, spec: {isolation: vm, handlers: [ours], signals: {${words}}}}`,
    );
    expect(problems).toEqual([]);
    expect(table.forHandler('ours').signals.size).toBe(SIGNALS.length);
  });

  it.each([
    ['{privilegedWithoutHostDevices: true}', 'contained'],
    ['{privilegedWithoutHostDevices: false}', 'unsupported'],
    ['{}', 'unsupported'],
  ])('settles conditions by its node settings %s: the first case that holds counts', (node, support) => {
    const { table } = build(`
      metadata: {name: ours}
      spec:
        extends: kata-qemu
        handlers: [ours]
        node: ${node}
        signals:
          hostPath:
            cases:
              - {when: {privilegedWithoutHostDevices: true}, support: contained, reason: r, source: s}
              - {support: unsupported, reason: r, source: s}
              - {support: exposed, reason: r, source: s}`);
    expect(supportOf(table.forHandler('ours'), 'hostPath')).toBe(support);
  });
});

describe('what is exposed and not served', () => {
  const notServed = (written: string) => {
    const word = `{support: exposed, reason: r, source: s, notServed: ${written}}`;
    const { table, problems } = build(
      `{metadata: {name: ours}, spec: {extends: kata-qemu, handlers: [ours], signals: {hostPathSystem: ${word}}}}`,
    );
    expect(problems).toEqual([]);
    const found = table.forHandler('ours').signals.get('hostPathSystem')?.notServed;
    return (path: string): boolean | undefined => found?.has(path);
  };

  it.each([
    ['{paths: [/a]}', ['/a', '/a/b'], ['/ab', '/', '/b/a']],
    ['{paths: [/a/b]}', ['/a/b', '/a/b/c'], ['/a', '/a/c']],
    ['{paths: [/]}', ['/'], ['/a']],
    ['{paths: ["/*"]}', ['/', '/a', '/a/b'], []],
    ['{paths: ["/a*c"]}', ['/ac', '/abc', '/abc/d'], ['/a/c', '/abcd']],
    ['{paths: ["/a.b(c"]}', ['/a.b(c'], ['/axb(c']],
    ['{paths: [/a, /b], except: [/a/c, "/b*/d"]}', ['/a', '/a/d', '/b', '/b/c'], ['/a/c', '/a/c/d', '/b/d']],
  ])('%s', (written, lacking, served) => {
    const has = notServed(written);
    expect([...lacking, ...served].filter(path => has(path))).toEqual(lacking);
  });

  it('is taken over with the word that it stands beside, and gone with another word', () => {
    const { table } = build(`{metadata: {name: ours}, spec: {extends: kata-qemu, handlers: [ours]}}
---
{metadata: {name: all}, spec: {extends: kata-qemu, handlers: [all], signals: {hostPathSystem: {support: exposed, reason: r, source: s}}}}`);
    const lacks = (handler: string) => table.forHandler(handler).signals.get('hostPathSystem')?.notServed;
    expect(lacks('ours')?.has('/proc')).toBe(true);
    expect(lacks('all')).toBeUndefined();
  });
});

describe('a broken SandboxProfile', () => {
  it.each([
    [
      'says that something is not served of what is contained, or is no path',
      '{metadata: {name: a}, spec: {extends: gvisor, handlers: [x], signals: {hostPath: {support: contained, reason: r, source: s, notServed: {paths: [/a]}}, hostPID: {cases: [{support: exposed, reason: r, source: s, notServed: {paths: [/a]}}]}}}}',
      ['hostPath', 'hostPID.cases[0]'].map(
        at => `spec.signals.${at}.notServed: notServed stands beside exposed alone, and of paths of the host`,
      ),
    ],
    [
      'extends what is not there',
      '{metadata: {name: a}, spec: {extends: kata-quemu, handlers: [x]}}',
      ['spec.extends: there is no profile kata-quemu, which a extends'],
    ],
    [
      'extends itself, and no built-in profile is called that',
      '{metadata: {name: a}, spec: {extends: a, handlers: [x]}}',
      ['spec.extends: there is no profile a, which a extends'],
    ],
    [
      'extends in a circle',
      '{metadata: {name: a}, spec: {extends: b, handlers: [x]}}\n---\n{metadata: {name: b}, spec: {extends: a}}',
      [
        'spec.extends: profiles extend each other in a circle: a → b → a',
        'spec.extends: profiles extend each other in a circle: b → a → b',
      ],
    ],
    [
      'has a word for a signal that does not exist',
      '{metadata: {name: a}, spec: {extends: gvisor, signals: {hostPth: {support: contained, reason: r, source: s}}}}',
      ['spec.signals.hostPth: there is no signal hostPth'],
    ],
    [
      'names a handler with a debug console',
      '{metadata: {name: a}, spec: {extends: kata-qemu, handlers: [kata-qemu-debug, x-devkit]}}',
      [
        'spec.handlers[0]: kata-qemu-debug has a debug console and always counts as host-kernel',
        'spec.handlers[1]: x-devkit has a debug console and always counts as host-kernel',
      ],
    ],
    [
      'names a handler twice',
      '{metadata: {name: a}, spec: {extends: kata-qemu, handlers: [x, x]}}',
      [0, 1].map(i => `spec.handlers[${i}]: handler x is listed 2 times: in a, a`),
    ],
    [
      'is retired and names handlers',
      '{metadata: {name: a}, spec: {extends: kata-qemu, retired: b, handlers: [x]}}',
      ['spec.handlers: a retired profile names handlers'],
    ],
    [
      'has no isolation',
      '{metadata: {name: a}, spec: {extends: sandbox, retired: b}}',
      [
        'spec: no isolation is given here or in a profile that it extends',
        expect.stringMatching(/^spec\.signals: no word for hostPathSocket, .*, sysctlSafe$/),
      ],
    ],
    [
      'lacks a word where no case holds',
      '{metadata: {name: a}, spec: {extends: gvisor, handlers: [x], signals: {hostPort: {cases: [{when: {privilegedWithoutHostDevices: true}, support: contained, reason: r, source: s}]}}}}',
      ['spec.signals: no word for hostPort'],
    ],
    [
      'has the name of another',
      '{metadata: {name: a}, spec: {extends: gvisor}}\n---\n{metadata: {name: a}, spec: {extends: kata-fc}}',
      ['metadata.name: there is another SandboxProfile a'],
    ],
  ])('%s', (_, text, messages) => {
    expect(messagesOf(text)).toEqual(messages);
  });

  it('says where, in which object, and what to do', () => {
    const text = 'metadata:\n  name: a\nspec:\n  extends: gvisor\n  signals:\n    hostPth: {}\n';
    expect(build(text).problems).toEqual([
      {
        severity: 'error',
        position: { file: 'profiles.yaml', line: 6, column: 5 },
        object: 'SandboxProfile/a',
        path: 'spec.signals.hostPth',
        message: 'there is no signal hostPth',
        fix: 'Did you mean hostPath?',
      },
    ]);
  });

  it('leaves its handler on the host kernel, not with the built-in profile', () => {
    const { table } = build('{metadata: {name: a}, spec: {extends: nothing, handlers: [kata-qemu]}}');
    expect(table.forHandler('kata-qemu').isolation).toBe('host-kernel');
    expect(table.forHandler('kata-clh').isolation).toBe('vm');
  });

  it('is each of two that list one handler: neither is believed', () => {
    const text =
      '{metadata: {name: a}, spec: {extends: gvisor, handlers: [x, y]}}\n---\n{metadata: {name: b}, spec: {extends: kata-qemu, handlers: [x]}}';
    expect(messagesOf(text)).toEqual([
      'spec.handlers[0]: handler x is listed 2 times: in a, b',
      'spec.handlers[0]: handler x is listed 2 times: in a, b',
    ]);
    expect(build(text).table.forHandler('x').isolation).toBe('host-kernel');
  });

  it('never vouches for a handler with a debug console', () => {
    const { table } = build('{metadata: {name: a}, spec: {extends: kata-qemu, handlers: [kata-debug]}}');
    expect(table.forHandler('kata-debug').isolation).toBe('host-kernel');
  });
});

describe('a broken built-in profile', () => {
  it('is thrown: no user can mend it', () => {
    const broken = {
      apiVersion: 'cofferdam.dev/v1alpha1' as const,
      kind: 'SandboxProfile' as const,
      metadata: { name: 'b' },
      spec: { extends: 'nothing' },
    };
    expect(() => buildProfileTable([], [broken])).toThrow('built-in profile b: there is no profile nothing');
  });

  it('is thrown when the host kernel is missing', () => {
    expect(() => buildProfileTable([], [])).toThrow('there is no built-in profile host');
  });
});
