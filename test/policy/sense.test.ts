import { describe, expect, it } from 'vitest';
import { clusterPolicy, exemption, load, namespacedPolicy, told } from './support.ts';

/** What is wrong with one ClusterSandboxPolicy; its spec stands on line 4. */
const policy = (spec: string) => told(load(clusterPolicy(spec)).problems);
const waiver = (match: string, waive: string, expires?: string) =>
  told(load(exemption(match, waive, expires)).problems);

it('the least weight of a category is enough', () => {
  expect(policy('{scoring: {signals: {hostPort: 30, privileged: 70, imageTag: 0}}}')).toEqual([]);
});

describe('a policy that makes no sense', () => {
  it.each([
    [
      '{scoring: {signals: {hostPrt: 40}}}',
      'spec.scoring.signals.hostPrt: there is no signal hostPrt; Did you mean hostPort?',
    ],
    [
      '{scoring: {signals: {gpu: 0}}}',
      'spec.scoring.signals.gpu: gpu is a requirement, which has no weight; Remove it: a requirement bears on placement alone.',
    ],
    [
      '{scoring: {signals: {hostPort: 29}}}',
      'spec.scoring.signals.hostPort: 29 is too low: hostPort is of category exposure; Write 30 to 100; to let some Pods do it, write a SandboxExemption.',
    ],
    [
      '{scoring: {signals: {privileged: 69}}}',
      'spec.scoring.signals.privileged: 69 is too low: privileged is of category breakout; Write 70 to 100; to let some Pods do it, write a SandboxExemption.',
    ],
    [
      '{acceptDegraded: [subpath]}',
      'spec.acceptDegraded[0]: there is no signal subpath; Did you mean subPath?',
    ],
    [
      '{scoring: {labels: [{key: "a b", weights: {x: 1}}]}}',
      'spec.scoring.labels[0].key: "a b" is no key of a label; Write it as in app or cofferdam.dev/risk.',
    ],
    [
      '{scoring: {labels: [{key: a, weights: {"x!": 1}}]}}',
      'spec.scoring.labels[0].weights["x!"]: "x!" is no value of a label; At most 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends.',
    ],
    [
      '{scoring: {labels: [{key: a, weights: {x: 1}}, {key: a, weights: {y: 1}}]}}',
      'spec.scoring.labels[1].key: a is listed twice; Merge the two entries.',
    ],
    [
      '{scoring: {rules: [{name: r, expression: "true", weight: 1}, {name: r, expression: "true", weight: 1}]}}',
      'spec.scoring.rules[1].name: r is listed twice; Give each rule its own name.',
    ],
    [
      '{scoring: {rules: [{name: r, expression: "object.", weight: 1}]}}',
      'spec.scoring.rules[0].expression: the expression is refused: Expected IDENTIFIER, got EOF at 1:8; Correct the CEL expression.',
    ],
    [
      '{tiers: [{atLeast: 30, isolation: vm}, {atLeast: 30, isolation: vm}]}',
      'spec.tiers[1].atLeast: 30 follows 30: tiers ascend; Order the tiers by atLeast, each once.',
    ],
    [
      '{tiers: [{atLeast: 30, isolation: vm}, {atLeast: 70, isolation: app-kernel}]}',
      'spec.tiers[1].isolation: app-kernel follows vm: a higher score would get less isolation; Ask for vm or more.',
    ],
    [
      '{match: {namespaceSelector: {matchLabels: {"a b": x}}}}',
      'spec.match.namespaceSelector.matchLabels["a b"]: "a b" is no key of a label; Write it as in app or cofferdam.dev/risk.',
    ],
    [
      '{match: {podSelector: {matchLabels: {"a b": x}}}}',
      'spec.match.podSelector.matchLabels["a b"]: "a b" is no key of a label; Write it as in app or cofferdam.dev/risk.',
    ],
  ])('%s', (spec, expected) => {
    expect(policy(spec)).toEqual([`4 ${expected}`]);
  });
});

it('tiers of one isolation make sense, if little', () => {
  expect(policy('{tiers: [{atLeast: 30, isolation: vm}, {atLeast: 70, isolation: vm}]}')).toEqual([]);
});

describe('a SandboxPolicy can only tighten', () => {
  it.each([
    'acceptDegraded: [subPath]',
    'whenUnavailable: Reject',
    'match: {namespaceSelector: {}}',
    'waive: []',
  ])('so it has no %s', field => {
    const [first] = told(load(namespacedPolicy(`{${field}}`)).problems);
    expect(first).toMatch(/ is no field here;/);
  });
});

describe('an exemption that cannot be', () => {
  const waive = '[{signal: hostNetwork}]';
  it.each([
    [
      'bypass 7: in any namespace',
      '{namespaces: ["*"]}',
      'spec.match.namespaces[0]: "*" is not lower-case letters, digits and hyphens, such as team-a; There is no wildcard: list the names.',
    ],
    [
      'bypass 7: in any namespace of a kind',
      '{namespaces: ["team-*"]}',
      'spec.match.namespaces[0]: "team-*" is not lower-case letters, digits and hyphens, such as team-a; There is no wildcard: list the names.',
    ],
    [
      'bypass 7: in no namespace',
      '{namespaces: []}',
      'spec.match.namespaces: the list is empty; Add an entry, or remove the field if it is optional.',
    ],
    [
      'bypass 7: without namespaces',
      '{podSelector: {}}',
      'spec.match.namespaces: namespaces is missing; Add it: Names of the namespaces. There is no wildcard.',
    ],
    [
      'of an image that is none',
      '{namespaces: [a], images: ["a b"]}',
      'spec.match.images[0]: "a b" is no image; Write a repository, with a tag or digest, or end it in /*.',
    ],
    [
      'of Pods by a key that is none',
      '{namespaces: [a], podSelector: {matchLabels: {"a b": x}}}',
      'spec.match.podSelector.matchLabels["a b"]: "a b" is no key of a label; Write it as in app or cofferdam.dev/risk.',
    ],
    [
      'of every image',
      '{namespaces: [a], images: ["*"]}',
      'spec.match.images[0]: "*" is no image; Write a repository, with a tag or digest, or end it in /*.',
    ],
  ])('%s', (_, match, expected) => {
    expect(waiver(match, waive)).toEqual([`4 ${expected}`]);
  });

  it.each([
    [
      'of an unknown signal',
      '[{signal: hostNetwrk}]',
      'spec.waive[0].signal: there is no signal hostNetwrk; Did you mean hostNetwork?',
    ],
    [
      'of a value that is neither',
      '[{signal: hostPort, values: [true]}]',
      'spec.waive[0].values[0]: true where a whole number or text is expected; Write a whole number or text.',
    ],
  ])('%s', (_, waived, expected) => {
    expect(waiver('{namespaces: [a]}', waived)).toEqual([`4 ${expected}`]);
  });

  it.each([
    ['too far away', '2027-11-25T00:00:00Z', 'more than 365 days away; Choose a day up to 2027-11-24.'],
    ['on no day', '2027-13-01T00:00:00Z', '2027-13-01T00:00:00Z is no date; Correct the date.'],
    [
      'on a day without a time',
      '2027-01-01',
      '"2027-01-01" is not a time as in 2027-03-01T00:00:00Z; Write it in that form.',
    ],
    [
      'in the past',
      '2026-11-24T00:00:00Z',
      'expired on 2026-11-24, so nothing is waived; Renew it after a review, or delete it.',
    ],
  ])('expires %s', (_, expires, expected) => {
    expect(waiver('{namespaces: [a]}', waive, expires)).toEqual([`4 spec.expires: ${expected}`]);
  });

  it.each([
    ['owner', 'owner: TODO who answers for it', 'Name who answers for it.'],
    ['reason', 'reason: "TODO: why"', 'Say why it has to be so.'],
  ])('is a warning where its %s is still as it was drafted, and in force', (key, written, fix) => {
    const text = exemption('{namespaces: [a]}', waive).replace(new RegExp(`${key}: [^,}]+`), written);
    expect(text).toContain(written);
    const { problems, snapshot } = load(text);
    expect(told(problems)).toEqual([
      `4 spec.${key}: still begins with TODO, as it was drafted: it is in force all the same; ${fix}`,
    ]);
    expect([problems[0]?.severity, snapshot.exemptions.length]).toEqual(['warning', 1]);
  });

  it('is told of in the same words whatever else its draft says, so that of many it is told once', () => {
    const messages = ['a', 'b'].flatMap(why =>
      load(
        exemption('{namespaces: [a]}', waive).replace(/reason: [^,}]+/, `reason: TODO why ${why}`),
      ).problems.map(({ message }) => message),
    );
    expect([messages.length, new Set(messages).size]).toEqual([2, 1]);
  });

  it('is no draft where a name begins with that word, nor once it has expired', () => {
    const named = exemption('{namespaces: [a]}', waive).replace(/owner: [^,}]+/, 'owner: TODO-app');
    expect(load(named).problems).toEqual([]);
    const expired = exemption('{namespaces: [a]}', waive, '2026-01-01T00:00:00Z');
    expect(load(expired.replace(/owner: [^,}]+/, 'owner: TODO')).problems).toHaveLength(1);
  });

  it('never expires', () => {
    const text = exemption('{namespaces: [a]}', waive).replace(/, expires: .*}/, '}');
    expect(told(load(text).problems)).toEqual([
      '4 spec.expires: expires is missing; Add it: When the exemption ends (RFC 3339). At most a year away unless the installation says otherwise.',
    ]);
  });

  it('is a warning alone once it has expired, and is still there to be seen', () => {
    const { problems, snapshot } = load(exemption('{namespaces: [a]}', waive, '2026-01-01T00:00:00Z'));
    expect(problems.map(problem => problem.severity)).toEqual(['warning']);
    expect(snapshot.exemptions).toHaveLength(1);
  });

  it('may be as far away as the installation says', () => {
    expect(
      load(exemption('{namespaces: [a]}', waive, '2027-11-25T00:00:00Z'), { maxExemptionDays: 366 }).problems,
    ).toEqual([]);
  });
});
