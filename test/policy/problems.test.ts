import { describe, expect, it } from 'vitest';
import { flawsOf } from '../../src/policy/messages.ts';
import { validate } from '../../src/policy/validate.ts';
import { clusterPolicy, exemption, load, namespacedPolicy, profile, told } from './support.ts';

/** What is wrong with one ClusterSandboxPolicy; its spec stands on line 4. */
const policy = (spec: string) => told(load(clusterPolicy(spec)).problems);
const ISOLATIONS = 'host-kernel, app-kernel, vm, confidential-vm';

describe('a field that does not fit the schema', () => {
  it.each([
    ['{scorings: {}}', 'spec.scorings: scorings is no field here; Did you mean scoring?'],
    [
      '{match: {podSelector: {foo: 1}}}',
      'spec.match.podSelector.foo: foo is no field here; The fields here are matchLabels, matchExpressions.',
    ],
    ['{minimumIsolation: VM}', `spec.minimumIsolation: VM is not one of ${ISOLATIONS}; Did you mean vm?`],
    [
      '{minimumIsolation: strongest}',
      `spec.minimumIsolation: strongest is not one of ${ISOLATIONS}; Use one of ${ISOLATIONS}.`,
    ],
    [
      '{minimumIsolation: gvisor}',
      `spec.minimumIsolation: gvisor is not one of ${ISOLATIONS}; Did you mean app-kernel?`,
    ],
    [
      '{sandboxes: [{isolation: kata}]}',
      `spec.sandboxes[0].isolation: kata is not one of ${ISOLATIONS}; Did you mean vm?`,
    ],
    ['{minimumIsolation: 3}', 'spec.minimumIsolation: 3 where text is expected; Put it in quotes: "3".'],
    ['{minimumIsolation: [vm]}', 'spec.minimumIsolation: a list where text is expected; Write text.'],
    ['{minimumIsolation: on}', 'spec.minimumIsolation: on where text is expected; Put it in quotes: "on".'],
    [
      '{match: {podSelector: {matchLabels: {a: off}}}}',
      'spec.match.podSelector.matchLabels.a: off where text is expected; Put it in quotes: "off".',
    ],
    [
      '{scoring: {labels: [{key: on, weights: {a: 1}}]}}',
      'spec.scoring.labels[0].key: on where text is expected; Put it in quotes: "on".',
    ],
    [
      '{scoring: {signals: {hostPort: yes}}}',
      'spec.scoring.signals.hostPort: yes where a whole number is expected; Write a whole number.',
    ],
    ['{whenUnavailable: pend}', 'spec.whenUnavailable: pend is not one of Pend, Reject; Did you mean Pend?'],
    ['{tiers: {}}', 'spec.tiers: a map where a list is expected; Write a list.'],
    [
      '{tiers: [{atLeast: 30}]}',
      /^spec.tiers\[0\].isolation: isolation is missing; Add it: Least isolation in this tier\./,
    ],
    [
      '{tiers: [{atLeast: 101, isolation: vm}]}',
      'spec.tiers[0].atLeast: 101 is outside 0 to 100; Write a whole number from 0 to 100.',
    ],
    [
      '{scoring: {signals: {hostPort: -1}}}',
      'spec.scoring.signals.hostPort: -1 is outside 0 to 100; Write a whole number from 0 to 100.',
    ],
    [
      '{scoring: {signals: {hostPort: 30.5}}}',
      'spec.scoring.signals.hostPort: 30.5 where a whole number is expected; Write a whole number.',
    ],
    [
      '{scoring: {signals: {hostPort: null}}}',
      'spec.scoring.signals.hostPort: nothing where a whole number is expected; Write a whole number.',
    ],
    [
      '{scoring: {labels: [{key: a, weights: {}}]}}',
      'spec.scoring.labels[0].weights: the map is empty; Add an entry.',
    ],
    [
      '{scoring: {rules: [{name: a, expression: "", weight: 1}]}}',
      'spec.scoring.rules[0].expression: the text is empty; Write something.',
    ],
    [
      '{scoring: {rules: [{name: A b, expression: "true", weight: 1}]}}',
      'spec.scoring.rules[0].name: "A b" is not lower-case letters, digits, hyphens and dots, such as team-a; Write it in that form.',
    ],
    [
      '{sandboxes: []}',
      'spec.sandboxes: the list is empty; Add an entry, or remove the field if it is optional.',
    ],
    ['{sandboxes: [3]}', 'spec.sandboxes[0]: 3 where a map is expected; Write a map.'],
    [
      '{sandboxes: [{runtimeClass: a, isolation: vm}]}',
      'spec.sandboxes[0]: exactly one is needed of: runtimeClass; isolation; Write one of them.',
    ],
    [
      `{tiers: [${'{atLeast: 0, isolation: vm},'.repeat(17)}]}`,
      'spec.tiers: 17 entries, at most 16 are allowed; Shorten it.',
    ],
    [
      `{match: {podSelector: {matchLabels: {a: ${'x'.repeat(64)}}}}}`,
      'spec.match.podSelector.matchLabels.a: 64 characters, at most 63 are allowed; Shorten it.',
    ],
    [
      `{match: {podSelector: {matchLabels: {${Array.from({ length: 33 }, (_, i) => `k${i}: v`)}}}}}`,
      'spec.match.podSelector.matchLabels: 33 entries, at most 32 are allowed; Shorten it.',
    ],
    ['[]', 'spec: a list where a map is expected; Write a map.'],
  ])('%s', (spec, expected) => {
    const [first, ...others] = policy(spec);
    expect(others).toEqual([]);
    if (typeof expected === 'string') expect(first).toBe(`4 ${expected}`);
    else expect(first?.slice(2)).toMatch(expected);
  });

  it('is told with its object and its line, each once, in the order of the file', () => {
    const { problems } = load(clusterPolicy('\n  tiers: [{atLeast: x, isolation: y}]\n  scorings: 1'));
    expect(problems.map(({ position, object, path }) => [position.line, object, path])).toEqual([
      [5, 'ClusterSandboxPolicy/mine', 'spec.tiers[0].atLeast'],
      [5, 'ClusterSandboxPolicy/mine', 'spec.tiers[0].isolation'],
      [6, 'ClusterSandboxPolicy/mine', 'spec.scorings'],
    ]);
  });

  it('is found in a SandboxProfile too', () => {
    expect(told(load(profile('mine', '{handlers: [A]}')).problems)).toEqual([
      '4 spec.handlers[0]: "A" is not lower-case letters, digits and hyphens, such as team-a; Write it in that form.',
    ]);
    expect(told(load(profile('mine', '{signals: {gpu: {support: contained}}}')).problems)).toEqual([
      '4 spec.signals.gpu: exactly one is needed of: support with reason with source; cases; Write one of them.',
    ]);
  });

  it('of the wrong type is told as that, whatever else it breaks', () => {
    const at = { instancePath: '/a', schemaPath: '#', params: {}, data: 3 };
    const schema = { type: 'string', enum: ['x'] };
    const errors = ['enum', 'type', 'pattern'].map(keyword => ({ ...at, keyword, parentSchema: schema }));
    for (const order of [errors, errors.toReversed()]) {
      expect(flawsOf(order, {}).map(({ message }) => message)).toEqual(['3 where text is expected']);
    }
  });

  it('is missed, also where nothing is said of it', () => {
    const error = {
      keyword: 'required',
      instancePath: '',
      schemaPath: '#',
      params: { missingProperty: 'b' },
    };
    expect(flawsOf([{ ...error, parentSchema: {} }], {})).toEqual([
      { path: ['b'], message: 'b is missing', fix: 'Add it.' },
    ]);
  });

  it('is named even by a keyword that has no words here', () => {
    const error = { keyword: 'multipleOf', instancePath: '/a~1b', schemaPath: '#', params: {} };
    expect(flawsOf([error], {})).toEqual([
      {
        path: ['a/b'],
        message: 'does not fit the schema (multipleOf)',
        fix: 'See the reference of this kind.',
      },
    ]);
    const pattern = { ...error, keyword: 'pattern', data: 'x'.repeat(80), parentSchema: { pattern: '^y$' } };
    expect(flawsOf([pattern], {})[0]?.message).toBe(`"${'x'.repeat(57)}..." is not text that fits ^y$`);
  });

  it('is not there in a valid object', () => {
    expect(validate('ClusterSandboxPolicy', { ...JSON.parse(VALID) })).toEqual([]);
  });
});

const VALID =
  '{"apiVersion":"cofferdam.dev/v1alpha1","kind":"ClusterSandboxPolicy","metadata":{"name":"a","uid":"1"},"spec":{}}';

describe('an object that is none of ours', () => {
  it.each([
    [
      'kind: ClusterSandboxPolcy',
      '1 kind: there is no kind ClusterSandboxPolcy here; Did you mean ClusterSandboxPolicy?',
    ],
    [
      'kind: Pod',
      '1 kind: there is no kind Pod here; Use one of ClusterSandboxPolicy, SandboxPolicy, SandboxExemption, SandboxProfile.',
    ],
    [
      'a: 1',
      '1 kind: kind is missing; Write one of ClusterSandboxPolicy, SandboxPolicy, SandboxExemption, SandboxProfile.',
    ],
    [
      '[1]',
      '1 : not an object with apiVersion and kind; Write one of ClusterSandboxPolicy, SandboxPolicy, SandboxExemption, SandboxProfile.',
    ],
  ])('%s', (text, expected) => {
    expect(told(load(text).problems)).toEqual([expected]);
  });

  it('has another version', () => {
    expect(told(load(clusterPolicy('{}').replace('v1alpha1', 'v1')).problems)).toEqual([
      '1 apiVersion: cofferdam.dev/v1 is not cofferdam.dev/v1alpha1; Write cofferdam.dev/v1alpha1.',
    ]);
  });

  it('is called by its kind where it has no namespace', () => {
    const nowhere = 'apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxPolicy\nmetadata: {name: a}\nspec: {}';
    expect(load(nowhere).problems.map(({ object }) => object)).toEqual(['SandboxPolicy']);
  });

  it('has no name', () => {
    expect(
      told(
        load('apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxPolicy\nmetadata: {name: a}\nspec: {}')
          .problems,
      ),
    ).toEqual([
      '3 metadata.namespace: namespace is missing; Add it: Namespace whose Pods the object is about.',
    ]);
    expect(
      told(load('apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxPolicy\nmetadata:\nspec: {}').problems),
    ).toEqual(['3 metadata: nothing where a map is expected; Write a map.']);
  });
});

describe('all that is wrong with a document is told in one round', () => {
  it.each([
    [
      'a ClusterSandboxPolicy',
      clusterPolicy(
        '{minimumIsolation: gvisor, nope: 1, scoring: {signals: {hostPot: 40}, rules: [{name: a, expression: "obect.a", weight: 1000}, {name: b, expression: "object."}]}, tiers: [{atLeast: 30, isolation: vm}, {atLeast: 20, isolation: vm}]}',
      ),
      [
        'minimumIsolation',
        'nope',
        'scoring.signals.hostPot',
        'scoring.rules[0].expression',
        'scoring.rules[0].weight',
        'scoring.rules[1].weight',
        'scoring.rules[1].expression',
        'tiers[1].atLeast',
      ],
    ],
    [
      'a SandboxPolicy',
      namespacedPolicy('{sandboxes: [{}], match: {podSelector: {matchLabels: {"a b": c}}}}'),
      ['match.podSelector.matchLabels["a b"]', 'sandboxes[0]'],
    ],
    [
      'a SandboxExemption that lacks what it must have',
      'apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxExemption\nmetadata: {name: e}\nspec: {match: {namespaces: [A], images: ["a b"]}, waive: [{signal: hostNetwrk}], expires: 2099-01-01T00:00:00Z}\n',
      ['expires', 'match.images[0]', 'match.namespaces[0]', 'owner', 'reason', 'waive[0].signal'],
    ],
    [
      'a SandboxProfile',
      profile('mine', '{handlers: [kata-debug, A], signals: {hostPot: {support: contained}}}'),
      ['handlers[0]', 'handlers[1]', 'signals.hostPot'],
    ],
    [
      'a SandboxProfile that extends what is not there, and lists what another does',
      [
        profile(
          'mine',
          '{nope: 1, extends: kata-quemu, handlers: [shared, own], signals: {hostPot: {support: contained}}}',
        ),
        profile('other', '{extends: kata-qemu, handlers: [shared]}'),
      ].join('---\n'),
      ['extends', 'handlers[0]', 'handlers[0]', 'nope', 'signals.hostPot'],
    ],
    [
      'a SandboxProfile of which what it extends does not fit: nothing is said of what stands in for it',
      profile('mine', '{extends: 5, handlers: [own]}'),
      ['extends'],
    ],
    [
      'a SandboxProfile that speaks of resources and of paths',
      profile(
        'mine',
        '{handlers: [A], signals: {hostPID: {support: exposed, reason: r, source: s, notServed: {paths: [/proc]}}}, resources: {cpu: {support: contained, reason: r, source: s}}}',
      ),
      ['handlers[0]', 'signals.hostPID.notServed', 'resources.cpu'],
    ],
    [
      'a SandboxProfile whose answer is neither yes nor no',
      profile('mine', '{handlers: [kata-debug], node: {privilegedWithoutHostDevices: 1}}'),
      ['handlers[0]', 'node.privilegedWithoutHostDevices'],
    ],
  ])('%s', (_, text, paths) => {
    const { problems } = load(text);
    expect(problems.map(({ path }) => path.replace(/^spec\./, '')).sort()).toEqual(paths.toSorted());
  });

  it('says what is expected where the answer is yes or no', () => {
    const spec = '{handlers: [a], extends: kata-qemu, node: {privilegedWithoutHostDevices: 1}}';
    expect(told(load(profile('mine', spec)).problems)).toEqual([
      '4 spec.node.privilegedWithoutHostDevices: 1 where true or false is expected; Write true or false.',
    ]);
  });

  it('says nothing of what stands in for what does not fit', () => {
    expect(told(load(exemption('{namespaces: [a]}', '[{signal: hostPID}]', 'tomorrow')).problems)).toEqual([
      '4 spec.expires: "tomorrow" is not a time as in 2027-03-01T00:00:00Z; Write it in that form.',
    ]);
  });
});
