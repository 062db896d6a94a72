import { describe, expect, it } from 'vitest';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { documentOf } from '../support/documents.ts';
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

  it('compiles a policy once, however often the others change, and asks each time whether an exemption has expired', () => {
    const policies = readDocuments(clusterPolicy('{minimumIsolation: vm}'), 'a.yaml').documents;
    const exemptions = readDocuments(
      exemption('{namespaces: [shop]}', '[{signal: hostPID}]'),
      'b.yaml',
    ).documents;
    const compiledAt = (now: number) =>
      compile([...policies, ...exemptions], { builtin: builtinPolicy('balanced'), balanced: false, now });
    const [today, later] = [compiledAt(NOW), compiledAt(NOW + 1000 * 24 * 60 * 60 * 1000)];
    expect(later.snapshot.policies[0]).toBe(today.snapshot.policies[0]);
    expect([today.problems.length, later.problems.length]).toEqual([0, 1]);
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

  it('weighs hostNetwork at least as hostPort, which is not found beside it', () => {
    const weightWith = (signals: string) =>
      load(clusterPolicy(`{scoring: {signals: ${signals}}}`)).snapshot.policies[0]?.weights.get(
        'hostNetwork',
      );
    expect(weightWith('{hostNetwork: 50, hostPort: 80}')).toBe(80);
    expect(weightWith('{hostNetwork: 90, hostPort: 40}')).toBe(90);
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

  it('has policies in one order, whatever that of their documents: of the cluster, then by namespace', () => {
    const texts = [
      namespacedPolicy('{}', 'b'),
      clusterPolicy('{}', 'z'),
      namespacedPolicy('{}', 'a'),
      clusterPolicy('{}', 'c'),
    ];
    const order = (some: readonly string[]) =>
      load(some.join('---\n')).snapshot.policies.map(({ namespace, name }) => [namespace, name]);
    const expected = [
      [undefined, 'c'],
      [undefined, 'z'],
      ['a', 'mine'],
      ['b', 'mine'],
    ];
    expect([order(texts), order(texts.toReversed())]).toEqual([expected, expected]);
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
        /^3 metadata.name: .* at policies\/balanced.yaml:\d+; Give it another name: this one is built in, and yours counts beside it wherever it asks for more\.$/,
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
    // A second load keeps it, too, although the last version is then not the last good one.
    expect(load(text, { previous: now }).snapshot.version).toBe(previous.snapshot.version);
  });

  it('keeps the version that was in force before the one that an earlier process has left', () => {
    const left = load(clusterPolicy('{minimumIsolation: app-kernel}'));
    const kept = [...left.accepted.values()];
    const minimum = (options: Parameters<typeof load>[1]) =>
      load(clusterPolicy(BROKEN), { kept, ...options }).snapshot.policies.map(one => one.minimumIsolation);
    expect(minimum({ previous: load(clusterPolicy(STRICT)) })).toEqual(['vm']);
    expect(minimum({})).toEqual(['app-kernel']);
    expect(minimum({ previous: load('') })).toEqual(['app-kernel']);
  });

  it('is not kept in a version that is broken itself', () => {
    const { documents } = readDocuments(clusterPolicy(BROKEN), 'status');
    const { snapshot, accepted } = load(clusterPolicy(BROKEN), { kept: documents });
    expect([snapshot.policies, [...accepted.keys()]]).toEqual([[], []]);
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

  it('is what another file says now, where the one that held it cannot be read', () => {
    const previous = load(clusterPolicy(STRICT));
    const unread = [{ severity: 'error', position: { file: 'p.yaml' }, path: '', message: 'gone' }] as const;
    const { documents } = readDocuments(clusterPolicy('{minimumIsolation: app-kernel}'), 'other.yaml');
    const now = compile(documents, { builtin: builtinPolicy('balanced'), balanced: false, previous, unread });
    expect(now.snapshot.policies.map(one => one.minimumIsolation)).toEqual(['app-kernel']);
  });

  it('is gone when another folder cannot be read', () => {
    const previous = load(clusterPolicy(STRICT));
    const [[id = '', document] = []] = previous.accepted;
    const keptWith = (file: string): number => {
      const moved = new Map([
        [id, { ...document, position: { file, line: 1 } } as NonNullable<typeof document>],
      ]);
      const unread = [{ severity: 'error', position: { file: 'dir' }, path: '', message: 'gone' }] as const;
      return load('', { previous: { ...previous, accepted: moved }, unread }).snapshot.policies.length;
    };
    expect(['dir', 'dir/p.yaml', 'directory/p.yaml', 'other'].map(keptWith)).toEqual([1, 1, 0, 0]);
  });

  it('that is no object at all is not accepted, and told of as far as it can be read', () => {
    const { accepted, problems } = load('[1, 2]');
    expect([[...accepted.keys()], told(problems)]).toEqual([
      [],
      [
        '1 : not an object with apiVersion and kind; Write one of ClusterSandboxPolicy, SandboxPolicy, SandboxExemption, SandboxProfile.',
      ],
    ]);
  });

  it('without a name is no other of another without one', () => {
    const nameless =
      'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {}\nspec: {}\n';
    const messages = load(`${nameless}---\n${nameless}`).problems.map(({ message }) => message);
    expect(messages).toEqual(['name is missing', 'name is missing']);
  });

  it('is told of, also where nobody knows how it was written', () => {
    const kind = 'ClusterSandboxPolicy';
    const value = { apiVersion: 'cofferdam.dev/v1alpha1', kind, metadata: { name: 'a' }, spec: { tiers: 3 } };
    const builtin = builtinPolicy('balanced');
    const { problems } = compile([documentOf(value)], { builtin, balanced: false, now: NOW });
    expect(told(problems)).toEqual(['1 spec.tiers: 3 where a list is expected; Write a list.']);
  });

  it('is gone when it is deleted', () => {
    expect(load('', { previous: load(clusterPolicy(STRICT)) }).snapshot.policies).toEqual([]);
  });
});

describe('a SandboxProfile', () => {
  const isolationOf = (handler: string, { snapshot }: ReturnType<typeof load>) =>
    snapshot.profiles.forHandler(handler).isolation;
  const good = profile('mine', '{handlers: [my-kata], extends: kata-qemu}');

  it('is in the table, whatever else there is of its name', () => {
    const { snapshot, problems } = load(`${good}---\n${clusterPolicy('{}', 'mine')}`);
    const ids = snapshot.profiles.all.map(({ id }) => id).filter(id => id === 'mine');
    expect([ids, snapshot.profiles.forHandler('my-kata').isolation, problems]).toEqual([['mine'], 'vm', []]);
  });

  it('alone claims handlers, and no broken policy that has some', () => {
    const now = load(clusterPolicy('{handlers: [runsc]}'));
    expect([isolationOf('runsc', now), now.problems.length]).toEqual(['app-kernel', 1]);
  });

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

  it.each([
    ['without a name', { spec: { handlers: ['runsc'] } }],
    ['with a name that is none', { metadata: { name: 3 }, spec: { handlers: ['runsc'] } }],
    ['without a spec', { metadata: { name: 'mine' } }],
  ])('%s claims nothing', (_, more) => {
    const value = { apiVersion: 'cofferdam.dev/v1alpha1', kind: 'SandboxProfile', ...more };
    const builtin = builtinPolicy('balanced');
    const now = compile([documentOf(value)], { builtin, balanced: false, now: NOW });
    expect(now.problems.length).toBeGreaterThan(0);
    expect(isolationOf('runsc', now)).toBe('app-kernel');
  });

  it('claims the handlers that are names, beside what is none', () => {
    const now = load(profile('mine', '{handlers: [3, runsc]}'));
    expect(isolationOf('runsc', now)).toBe('host-kernel');
    expect(now.snapshot.profiles.forHandler('3').id).toBe('host');
    expect([...now.accepted.keys()]).toEqual([]);
  });

  it('that is broken claims a handler by its name, so that no other has it alone', () => {
    const broken = profile('mine', '{handlers: [runsc], extend: kata-qemu}');
    const now = load(`${broken}---\n${profile('other', '{handlers: [runsc], extends: kata-qemu}')}`);
    expect(now.problems.map(({ message }) => message)).toContain(
      'handler runsc is listed 2 times: in other, mine',
    );
    expect(isolationOf('runsc', now)).toBe('host-kernel');
  });

  it('claims nothing when its handlers cannot be read', () => {
    const now = load(profile('mine', '{handlers: runsc}'));
    expect(now.problems).toHaveLength(1);
    expect(isolationOf('runsc', now)).toBe('app-kernel');
  });
});
