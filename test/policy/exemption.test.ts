import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/signals/index.ts';
import type { Finding } from '../../src/signals/signal.ts';
import { exemption, labelled, load, podView } from './support.ts';

function exemptionOf(match: string, waive = '[{signal: hostNetwork}]') {
  const { snapshot, problems } = load(exemption(match, waive));
  expect(problems).toEqual([]);
  const [one] = snapshot.exemptions;
  if (!one) throw new Error('no exemption');
  return one;
}

it('keeps who answers for it, why and until when', () => {
  expect(exemptionOf('{namespaces: [shop]}')).toMatchObject({
    name: 'agent',
    owner: 'team',
    reason: 'needed',
    expires: Date.parse('2027-03-01T00:00:00Z'),
  });
});

it('keeps what it was made from', () => {
  const images = ['nginx'];
  const scoped =
    '{namespaces: [shop], podSelector: {matchLabels: {a: b}}, serviceAccounts: [c], images: [nginx]}';
  expect(exemptionOf(scoped).scope).toEqual({
    ...{ namespaces: ['shop'], podSelector: { matchLabels: { a: 'b' } }, serviceAccounts: ['c'], images },
    values: new Map([['hostNetwork', 'all']]),
  });
  expect(Object.keys(exemptionOf('{namespaces: [shop]}').scope)).toEqual(['namespaces', 'values']);
});

it('that has expired is still there, with a warning', () => {
  const { snapshot, problems } = load(
    exemption('{namespaces: [shop]}', '[{signal: hostNetwork}]', '2026-01-01T00:00:00Z'),
  );
  expect(snapshot.exemptions.map(({ name }) => name)).toEqual(['agent']);
  expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
});

it('stands in the order of names, whatever the order they were read in', () => {
  const text = ['b', 'c', 'a'].map(name =>
    exemption('{namespaces: [shop]}', '[{signal: hostNetwork}]', undefined, name),
  );
  expect(load(text.join('---\n')).snapshot.exemptions.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

describe('an exemption covers', () => {
  const shop = exemptionOf('{namespaces: [shop]}');
  const web = exemptionOf('{namespaces: [shop], podSelector: {matchLabels: {app: web}}}');
  const agents = exemptionOf('{namespaces: [shop], serviceAccounts: [agent]}');
  it.each([
    ['its namespace', shop, podView(), true],
    ['bypass 7: no namespace of a longer name', shop, podView({}, 'shop-2'), false],
    ['bypass 7: no namespace in other letters', shop, podView({}, 'Shop'), false],
    ['bypass 7: no unknown namespace', shop, podView({}, ''), false],
    [
      'bypass 7: the namespace of the request, not the one that the Pod claims',
      shop,
      podView({ metadata: { namespace: 'shop' } }, 'other'),
      false,
    ],
    ['a Pod by its label', web, labelled({ app: 'web' }), true],
    ['no other Pod', web, labelled({ app: 'db' }), false],
    ['a service account', agents, podView({ spec: { serviceAccountName: 'agent' } as never }), true],
    ['no other service account', agents, podView(), false],
  ])('%s', (_, one, pod, expected) => {
    expect(one.covers(pod)).toBe(expected);
  });
});

describe('an exemption waives', () => {
  const waives = (waive: string, finding: Finding) =>
    exemptionOf('{namespaces: [shop]}', waive).waives(finding, podView());
  const at = (signal: string, value?: string | number): Finding => ({
    signal,
    path: 'spec',
    ...(value !== undefined && { value }),
  });
  it.each([
    ['the signal', '[{signal: hostPath}]', at('hostPath', '/a'), true],
    ['no other signal', '[{signal: hostPath}]', at('hostPathSystem', '/a'), false],
    ['a value', '[{signal: hostPath, values: [/a, /b]}]', at('hostPath', '/b'), true],
    ['no longer value', '[{signal: hostPath, values: [/a]}]', at('hostPath', '/a/b'), false],
    ['no value that is not known', '[{signal: hostPath, values: [/a]}]', at('hostPath'), false],
    [
      'no value that is not known, whatever it is called',
      // Of a path it would be another, as one begins at the root.
      '[{signal: gvisorAnnotation, values: [undefined]}]',
      at('gvisorAnnotation'),
      false,
    ],
    ['a number', '[{signal: hostPort, values: [8080]}]', at('hostPort', 8080), true],
    ['a number in quotes', '[{signal: hostPort, values: ["8080"]}]', at('hostPort', 8080), true],
    [
      'values of entries together',
      '[{signal: hostPath, values: [/a]}, {signal: hostPath, values: [/b]}]',
      at('hostPath', '/a'),
      true,
    ],
    [
      'all values once an entry names none',
      '[{signal: hostPath}, {signal: hostPath, values: [/b]}]',
      at('hostPath', '/a'),
      true,
    ],
  ])('%s', (_, waive, finding, expected) => {
    expect(waives(waive, finding)).toBe(expected);
  });
});

describe('an exemption that names what a signal was called before waives', () => {
  const waives = (waive: string, signal: string, value: string) =>
    exemptionOf('{namespaces: [shop]}', waive).waives({ signal, path: 'spec', value }, podView());
  it.each([
    [
      'a value that it names',
      '{signal: hostPathSystem, values: [/etc/localtime]}',
      'hostPathPublic',
      '/etc/localtime',
      true,
    ],
    ['no other', '{signal: hostPathSystem, values: [/etc/localtime]}', 'hostPathPublic', '/etc/hosts', false],
    ['all of it', '{signal: hostPathSystem}', 'hostPathPublic', '/etc/ssl/certs/x.pem', true],
    ['no bus by a system directory', '{signal: hostPathSystem}', 'hostPathService', '/run/dbus', false],
    ['the bus by a socket', '{signal: hostPathSocket}', 'hostPathService', '/run/dbus', true],
    ['no certificates by a socket', '{signal: hostPathSocket}', 'hostPathPublic', '/etc/ssl/certs', false],
    [
      'the log by a socket',
      '{signal: hostPathSocket, values: [/dev/log]}',
      'hostPathPublic',
      '/dev/log',
      true,
    ],
    ...['/run', '/var/run'].map((run): [string, string, string, string, boolean] => [
      `the resolver in ${run} by a socket`,
      '{signal: hostPathSocket}',
      'hostPathPublic',
      `${run}/systemd/resolve`,
      true,
    ]),
    ['the null device', '{signal: hostPathDevice}', 'hostPathPublic', '/dev/null', true],
    ['no hosts by a device', '{signal: hostPathDevice}', 'hostPathPublic', '/etc/hosts', false],
    ['shared memory by a device', '{signal: hostPathDevice}', 'hostPath', '/dev/shm', true],
    ['no data by a device', '{signal: hostPathDevice}', 'hostPath', '/srv', false],
    [
      'no data that a device is said to be',
      '{signal: hostPathDevice, values: [/dev/shm]}',
      'hostPath',
      '/srv',
      false,
    ],
    [
      'what it names as well by its name of now',
      '{signal: hostPathDevice}, {signal: hostPath, values: [/srv]}',
      'hostPath',
      '/srv',
      true,
    ],
    [
      'no data that it names by a system directory',
      '{signal: hostPathSystem, values: [/srv]}',
      'hostPath',
      '/srv',
      false,
    ],
    [
      'all of what is named as it is now, whatever is named as before',
      '{signal: hostPathPublic}, {signal: hostPathDevice, values: [/dev/null]}',
      'hostPathPublic',
      '/etc/hosts',
      true,
    ],
    ...[
      '{signal: hostPathDevice}, {signal: hostPathDevice, values: [/srv]}',
      '{signal: hostPathDevice, values: [/srv]}, {signal: hostPathDevice}',
    ].map((waive): [string, string, string, string, boolean] => [
      `what one entry names, beside one of all: ${waive}`,
      waive,
      'hostPath',
      '/srv',
      true,
    ]),
    ['no system directory by the name of now', '{signal: hostPathPublic}', 'hostPathSystem', '/etc', false],
    ['the signal of before', '{signal: hostPathSystem}', 'hostPathSystem', '/etc', true],
  ])('%s', (_, waive, signal, value, expected) => {
    expect(waives(`[${waive}]`, signal, value)).toBe(expected);
  });
});

describe('an exemption for images waives', () => {
  const one = exemptionOf(
    '{namespaces: [shop], images: [ghcr.io/acme/agent]}',
    '[{signal: privileged}, {signal: hostNetwork}]',
  );
  const container = (name: string, image: string) => ({ name, image, securityContext: { privileged: true } });
  const waived = (...images: string[]) => {
    const containers = images.map((image, i) => container(`c${i}`, image));
    const pod = podView({ spec: { hostNetwork: true, containers } } as never);
    return inspect(pod)
      .filter(finding => one.waives(finding, pod))
      .map(finding => finding.path);
  };

  it("a container's finding where its image matches, a finding of the Pod where every image does", () => {
    expect(waived('ghcr.io/acme/agent:1', 'ghcr.io/acme/agent:2')).toEqual([
      'spec.containers[0].securityContext.privileged',
      'spec.containers[1].securityContext.privileged',
      'spec.hostNetwork',
    ]);
    expect(waived('ghcr.io/acme/agent:1', 'evil')).toEqual(['spec.containers[0].securityContext.privileged']);
  });

  it('the findings of each container whose image is one of several', () => {
    const two = exemptionOf(
      '{namespaces: [shop], images: [ghcr.io/acme/agent, nginx]}',
      '[{signal: privileged}]',
    );
    const containers = ['nginx', 'evil', 'ghcr.io/acme/agent'].map((image, i) => container(`c${i}`, image));
    const pod = podView({ spec: { containers } } as never);
    const waivedBy = inspect(pod).filter(finding => two.waives(finding, pod));
    expect(waivedBy.map(finding => finding.container)).toEqual(['c0', 'c2']);
  });

  it('by place, not by name: two containers may claim one', () => {
    const pod = podView({
      spec: { containers: [container('a', 'evil'), container('a', 'ghcr.io/acme/agent')] },
    } as never);
    const paths = inspect(pod)
      .filter(finding => one.waives(finding, pod))
      .map(finding => finding.path);
    expect(paths).toEqual(['spec.containers[1].securityContext.privileged']);
  });

  it('nothing of a container that is not there, and nothing of a Pod without containers', () => {
    const finding = { signal: 'privileged', path: 'spec.containers[7].securityContext', container: 'c' };
    expect(one.waives(finding, podView())).toBe(false);
    const empty = podView({ spec: { containers: [] } } as never);
    expect(one.waives({ signal: 'hostNetwork', path: 'spec.hostNetwork' }, empty)).toBe(false);
  });
});

it('bypass 7: two exemptions do not lend each other their matches', () => {
  const text = [
    exemption('{namespaces: [shop]}', '[{signal: hostPort, values: [80]}]', undefined, 'a'),
    exemption('{namespaces: [ops]}', '[{signal: hostPID}]', undefined, 'b'),
  ].join('---\n');
  const pod = podView({}, 'shop');
  const finding = { signal: 'hostPID', path: 'spec.hostPID' };
  const waiving = load(text).snapshot.exemptions.filter(one => one.covers(pod) && one.waives(finding, pod));
  expect(waiving).toEqual([]);
});
