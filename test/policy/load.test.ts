import { describe, expect, it } from 'vitest';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { clusterPolicy, exemption, load, NOW, namespacedPolicy, profile, told } from './support.ts';

const STRICT = '{minimumIsolation: vm}';
const BROKEN = '{minimumIsolation: VM}';

describe('compile', () => {
  it('holds balanced in force, and as fallback also when it is turned off', () => {
    const on = load('', { balanced: true }).snapshot;
    expect([on.policies.map(policy => policy.name), on.fallback.name]).toEqual([['balanced'], 'balanced']);
    const off = load('').snapshot;
    expect([off.policies, off.fallback.name]).toEqual([[], 'balanced']);
  });

  it('fills in defaults', () => {
    const { policies } = load(`${clusterPolicy('{}')}---\n${namespacedPolicy('{}')}`).snapshot;
    const tiers = [
      { atLeast: 30, isolation: 'app-kernel' },
      { atLeast: 70, isolation: 'vm' },
    ];
    const defaults = {
      minimumIsolation: 'host-kernel',
      whenUnavailable: 'Pend',
      tiers,
      labels: [],
      rules: [],
    };
    expect(policies).toMatchObject([
      { name: 'mine', ...defaults },
      { name: 'mine', namespace: 'shop', ...defaults },
    ]);
    expect(policies.map(policy => [policy.weights.get('privileged'), policy.weights.get('gpu')])).toEqual([
      [70, 0],
      [70, 0],
    ]);
  });

  it('takes what is written', () => {
    const [policy] = load(
      clusterPolicy(
        '{scoring: {signals: {hostPort: 40}, labels: [{key: a, weights: {x: 5, y: 20}}]}, tiers: [], sandboxes: [{runtimeClass: gvisor}, {isolation: vm}], acceptDegraded: [subPath], whenUnavailable: Reject}',
      ),
    ).snapshot.policies;
    expect(policy?.weights.get('hostPort')).toBe(40);
    expect(policy).toMatchObject({
      labels: [{ key: 'a', highest: 20 }],
      tiers: [],
      sandboxes: [{ runtimeClass: 'gvisor' }, { isolation: 'vm' }],
      whenUnavailable: 'Reject',
    });
    expect([...(policy?.acceptDegraded ?? [])]).toEqual(['subPath']);
  });

  it('gives the same version whatever the order, and another for another content', () => {
    const [a, b] = [clusterPolicy(STRICT, 'a'), exemption('{namespaces: [x]}', '[{signal: hostPID}]')];
    const version = (text: string) => load(text).snapshot.version;
    expect(version(`${a}---\n${b}`)).toBe(version(`${b}---\n${a}`));
    expect(version(a)).toMatch(/^[0-9a-f]{12}$/);
    expect(version(a)).not.toBe(version(clusterPolicy('{minimumIsolation: app-kernel}', 'a')));
  });

  it('reads a built-in policy once, however often it is named', () => {
    const builtin = builtinPolicy('balanced');
    const { snapshot, problems } = compile([...builtin, ...builtin], { builtin, balanced: true, now: NOW });
    expect([snapshot.policies.length, problems]).toEqual([1, []]);
  });

  it('needs the built-in balanced', () => {
    expect(() => compile([], { builtin: [], balanced: false })).toThrow(
      'the built-in policy balanced is missing',
    );
  });
});

describe('two objects of one name', () => {
  it('are both refused, each with the place of the other', () => {
    const { snapshot, problems } = load(`${clusterPolicy('{}')}---\n${clusterPolicy(STRICT)}`);
    expect(snapshot.policies).toEqual([]);
    expect(told(problems)).toEqual([
      '3 metadata.name: there is another ClusterSandboxPolicy/mine at p.yaml:6; Give each its own name.',
      '8 metadata.name: there is another ClusterSandboxPolicy/mine at p.yaml:1; Give each its own name.',
    ]);
  });

  it('leave the built-in one in force', () => {
    const { snapshot, problems } = load(clusterPolicy('{tiers: []}', 'balanced'), { balanced: true });
    expect(snapshot.policies).toMatchObject([
      { name: 'balanced', tiers: [{ atLeast: 30 }, { atLeast: 70 }] },
    ]);
    expect(told(problems)).toEqual([
      expect.stringMatching(
        /^3 metadata.name: .* at policies\/balanced.yaml:\d+; Give it another name: this one is built in\.$/,
      ),
    ]);
  });

  it('may be of two kinds, or of two namespaces', () => {
    const text = [clusterPolicy('{}'), namespacedPolicy('{}'), namespacedPolicy('{}', 'other')].join('---\n');
    expect(load(text).problems).toEqual([]);
  });
});

describe('a broken object', () => {
  it('is left out, and the rest is in force', () => {
    const { snapshot, problems } = load(`${clusterPolicy(BROKEN, 'a')}---\n${clusterPolicy(STRICT, 'b')}`);
    expect(snapshot.policies.map(policy => policy.name)).toEqual(['b']);
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['does not fit the schema', clusterPolicy(BROKEN)],
    ['makes no sense', clusterPolicy('{acceptDegraded: [nothing]}')],
    ['is there twice', `${clusterPolicy('{}')}---\n${clusterPolicy('{}')}`],
    ['stands in a file that cannot be parsed', 'a: ['],
  ])('keeps its last good version when it %s', (_, text) => {
    const previous = load(clusterPolicy(STRICT));
    const now = load(text, { previous });
    expect(now.problems.length).toBeGreaterThan(0);
    expect(now.snapshot.policies).toMatchObject([{ name: 'mine', minimumIsolation: 'vm' }]);
    expect(now.snapshot.version).toBe(previous.snapshot.version);
    // And once more: the last good version is not the last one.
    expect(load(text, { previous: now }).snapshot.version).toBe(previous.snapshot.version);
  });

  it('keeps its last good version when its folder cannot be read', () => {
    const previous = load(clusterPolicy(STRICT));
    const moved = new Map(
      [...previous.accepted].map(([id, document]) => [
        id,
        { ...document, position: { file: 'dir/p.yaml', line: 1 } },
      ]),
    );
    const unread = [{ severity: 'error', position: { file: 'dir' }, path: '', message: 'gone' }] as const;
    const now = load('', { previous: { ...previous, accepted: moved }, unread });
    expect(now.snapshot.policies).toHaveLength(1);
    expect(now.problems).toEqual(unread);
  });

  it('is gone when it is deleted', () => {
    expect(load('', { previous: load(clusterPolicy(STRICT)) }).snapshot.policies).toEqual([]);
  });
});

describe('a SandboxProfile', () => {
  const isolationOf = (handler: string, { snapshot }: ReturnType<typeof load>) =>
    snapshot.profiles.forHandler(handler).isolation;
  const good = profile('mine', '{handlers: [my-kata], extends: kata-qemu}');

  it('is in the table', () => {
    const loaded = load(good);
    expect(loaded.problems).toEqual([]);
    expect(isolationOf('my-kata', loaded)).toBe('vm');
    expect(isolationOf('runsc', loaded)).toBe('app-kernel');
  });

  it.each([
    ['does not fit the schema', '{handlers: [my-kata], extend: kata-qemu}'],
    ['extends nothing that exists', '{handlers: [my-kata], extends: kata-qemo}'],
  ])('keeps its last good version when it %s', (_, spec) => {
    const now = load(profile('mine', spec), { previous: load(good) });
    expect(now.problems).toHaveLength(1);
    expect(isolationOf('my-kata', now)).toBe('vm');
    expect([...now.accepted.keys()]).toEqual(['SandboxProfile/mine']);
  });

  it.each([
    ['does not fit the schema', '{handlers: [runsc], extend: kata-qemu}'],
    ['extends nothing that exists', '{handlers: [runsc], extends: kata-qemo}'],
  ])('makes its handlers share the host kernel when it %s and never was good', (_, spec) => {
    const now = load(profile('mine', spec));
    expect(now.problems).toHaveLength(1);
    expect(isolationOf('runsc', now)).toBe('host-kernel');
    expect([...now.accepted.keys()]).toEqual([]);
  });

  it('claims nothing when its handlers cannot be read', () => {
    const now = load(profile('mine', '{handlers: runsc}'));
    expect(now.problems).toHaveLength(1);
    expect(isolationOf('runsc', now)).toBe('app-kernel');
  });
});
