import { describe, expect, it } from 'vitest';
import { NodeIndex } from '../../src/cluster/node-index.ts';
import type { NodeFacts } from '../../src/cluster/view.ts';
import { type FoundSignal, signalsFound } from '../../src/decision/found.ts';
import { supportOf } from '../../src/decision/support.ts';
import { unservedOf } from '../../src/profiles/not-served.ts';
import type { Profile, Support } from '../../src/profiles/profile.ts';

/** A profile of two handlers that says this of user namespaces, and nothing of anything else. */
const profileOf = (support: Support): Profile => ({
  id: 'two',
  title: 'Two',
  handlers: ['one', 'other'],
  isolation: 'app-kernel',
  os: 'linux',
  node: { privilegedWithoutHostDevices: false },
  signals: new Map([['hostUsers', { support, reason: 'r', source: 's' }]]),
  resources: new Map(),
});
const found = (signal: string, waived = false): FoundSignal => ({ signal, category: 'requirement', waived });
const nodeOf = (name: string, handlers: NodeFacts['handlers']): NodeFacts => ({
  ...{ name, labels: { sandbox: 'yes' }, taints: [], ready: true, unschedulable: false },
  handlers,
});
const lists = (name: string, userNamespaces: boolean) => ({
  name,
  userNamespaces,
  recursiveReadOnlyMounts: false,
});

it('a signal that nobody knows counts as a breakout', () => {
  expect(signalsFound([{ signal: 'nobody', path: 'spec' }])).toEqual([
    { signal: 'nobody', category: 'breakout', waived: false },
  ]);
});

describe('what a profile does not speak of', () => {
  it('is exposed there', () => {
    expect(supportOf(profileOf('contained'), [found('nobody')], [], 'one', undefined).objections).toEqual([
      { code: 'exposed', signal: 'nobody' },
    ]);
  });
});

it('a resource that stands against a class is named where the profile knows it by name', () => {
  const profile: Profile = {
    ...profileOf('contained'),
    signals: new Map([['gpu', { support: 'unsupported', reason: 'no driver', source: 's' }]]),
    resources: new Map([['amd.com/gpu', { support: 'unsupported', reason: 'no such device', source: 's' }]]),
  };
  const findings = ['amd.com/gpu', 'nvidia.com/gpu'].map(
    value => ({ signal: 'gpu', path: 'spec', value }) as const,
  );
  expect(supportOf(profile, signalsFound(findings), findings, 'one', undefined).objections).toStrictEqual([
    { code: 'unsupported', signal: 'gpu', detail: 'amd.com/gpu' },
    { code: 'unsupported', signal: 'gpu' },
  ]);
});

it('what a class does not serve of one signal is asked of no finding of another', () => {
  const word = {
    support: 'contained',
    reason: 'r',
    source: 's',
    notServed: unservedOf({ paths: ['/proc'] }),
  } as const;
  const profile: Profile = { ...profileOf('contained'), signals: new Map([['hostPathSystem', word]]) };
  const given = (signal: string) =>
    ['hostPathSystem', 'hostPath'].map(
      one =>
        ({ signal: one, path: 'spec', value: one === signal ? '/proc' : '/etc', waivedBy: 'e' }) as const,
    );
  const notServed = (findings: ReturnType<typeof given>) =>
    supportOf(profile, signalsFound(findings), findings, 'one', undefined).notServed;
  expect(notServed(given('hostPathSystem'))).toEqual(['hostPathSystem']);
  expect(notServed(given('hostPath'))).toEqual([]);
});

describe('user namespaces', () => {
  const words = (support: Support, nodes?: NodeIndex) =>
    supportOf(profileOf(support), [found('hostUsers')], [], 'one', nodes);
  const unsupported = {
    objections: [{ code: 'unsupported', signal: 'hostUsers' }],
    degraded: [],
    notServed: [],
  };
  const contained = { objections: [], degraded: [], notServed: [] };

  it('are what the profile says where nothing is known of nodes', () => {
    expect(words('unsupported')).toEqual(unsupported);
    expect(words('degraded')).toEqual({ objections: [], degraded: ['hostUsers'], notServed: [] });
  });

  it('are what nodes say, where those that have the handler do', () => {
    expect(words('unsupported', new NodeIndex([nodeOf('n', [lists('one', true)])]))).toEqual(contained);
    expect(words('contained', new NodeIndex([nodeOf('n', [lists('one', false)])]))).toEqual(unsupported);
  });

  it('are what a handler of the same profile says on a node that has both', () => {
    const nodes = new NodeIndex([nodeOf('n', [lists('one', false), lists('other', true)])]);
    expect(words('unsupported', nodes)).toEqual(contained);
  });

  it('are not what a handler of the same profile says on another node', () => {
    const nodes = new NodeIndex([nodeOf('n', [lists('one', false)]), nodeOf('m', [lists('other', true)])]);
    expect(words('contained', nodes)).toEqual(unsupported);
  });

  it('are what the profile says where no node has the handler, or those that have it list none', () => {
    expect(words('unsupported', new NodeIndex([nodeOf('n', [lists('third', true)])]))).toEqual(unsupported);
    const plain = { name: 'c', handler: 'one', nodeSelector: { sandbox: 'yes' }, tolerations: [] };
    expect(words('contained', new NodeIndex([nodeOf('n', undefined)], [plain]))).toEqual(contained);
  });
});
