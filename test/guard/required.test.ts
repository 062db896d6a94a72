import { describe, expect, it } from 'vitest';
import {
  adding,
  clusterPolicy,
  container,
  ground,
  LABELLED,
  object,
  privileged,
  requiredBy,
} from './support/ground.ts';

/** What isolation is required of a new Pod, as the guard's messages tell it. */

describe('what is found', () => {
  const { create } = ground();

  it.each(['containers', 'initContainers', 'ephemeralContainers'])('is looked for in %s', kind => {
    const spec = { containers: [container()], [kind]: [container({}, 'x'), privileged()] };
    expect(requiredBy(create({ spec }))).toBe('vm: privileged');
  });

  it('is an exposure, which an application kernel answers, or a breakout, which takes a VM', () => {
    expect(requiredBy(create({ spec: { hostIPC: true } }))).toBe('app-kernel: hostIPC');
    expect(requiredBy(create({ spec: { hostPID: true } }))).toBe('vm: hostPID');
    expect(create({})).toEqual([]);
  });

  it('adds up: two of little weight may need a VM, and none of it is counted twice', () => {
    const one = container({ ports: [{ containerPort: 80, hostPort: 80 }] });
    expect(requiredBy(create({ spec: { containers: [one] } }))).toBe('app-kernel: hostPort');
    const more = container({
      ...adding('NET_ADMIN', 'NET_RAW'),
      ports: [{ containerPort: 80, hostPort: 80 }],
    });
    expect(requiredBy(create({ spec: { containers: [more] } }))).toBe(
      'vm: hostPort, capabilityNetAdmin, capabilityNetRaw',
    );
    expect(requiredBy(create({ spec: { containers: [one, { ...one, name: 'b' }] } }))).toBe(
      'app-kernel: hostPort',
    );
  });

  it('of 70 takes a VM, and of less not: the score that a tier begins at is in it', () => {
    const policy = (hostIPC: number) =>
      ground([clusterPolicy({ scoring: { signals: { hostIPC } } })], { balanced: false }).create({
        spec: { hostIPC: true },
      });
    expect(requiredBy(policy(70))).toBe('vm: hostIPC');
    expect(requiredBy(policy(69))).toBe('app-kernel: hostIPC');
  });
});

describe('a policy without tiers', () => {
  const { create } = ground([clusterPolicy({ tiers: [] })], { balanced: false });

  it('still answers an exposure with an application kernel, and a breakout, alone or not, with a VM', () => {
    expect(requiredBy(create({ spec: { hostIPC: true } }))).toBe('app-kernel: hostIPC');
    expect(requiredBy(create({ spec: { hostPID: true } }))).toBe('vm: hostPID');
    expect(requiredBy(create({ spec: { hostPID: true, hostIPC: true } }))).toBe('vm: hostPID, hostIPC');
  });
});

describe('labels', () => {
  const risk = (pod: string | undefined, namespace?: string) =>
    requiredBy(
      ground([], { ...(namespace && { labels: { 'cofferdam.dev/risk': namespace } }) }).create(
        pod === undefined ? {} : { labels: { 'cofferdam.dev/risk': pod } },
      ),
    );

  it('ask for what their weight does', () => {
    expect(risk('low')).toBeUndefined();
    expect(risk('medium')).toBe(`app-kernel: ${LABELLED}`);
    expect(risk('critical')).toBe(`vm: ${LABELLED}`);
  });

  it('of the namespace count, too, and the higher of the two', () => {
    expect(risk(undefined, 'medium')).toBe(`app-kernel: ${LABELLED}`);
    expect(risk('low', 'critical')).toBe(`vm: ${LABELLED}`);
    expect(risk('critical', 'low')).toBe(`vm: ${LABELLED}`);
  });

  it('whose value nobody listed count as the highest', () => {
    expect(risk('typo')).toBe(`vm: ${LABELLED}`);
  });
});

describe('a floor', () => {
  const floor = (value: string) =>
    requiredBy(ground([], { labels: { 'cofferdam.dev/minimum-isolation': value } }).create({}));

  it('of the namespace holds for every Pod, and a word that is none is the strongest', () => {
    expect(floor('host-kernel')).toBeUndefined();
    expect(floor('app-kernel')).toBe(`app-kernel: ${LABELLED}`);
    expect(floor('vm')).toBe(`vm: ${LABELLED}`);
    expect(floor('typo')).toBe(`confidential-vm: ${LABELLED}`);
  });

  it('of a policy holds for the Pods that it selects', () => {
    const match = { podSelector: { matchLabels: { app: 'x' } } };
    const { create } = ground([clusterPolicy({ match, minimumIsolation: 'vm' })]);
    expect(requiredBy(create({ labels: { app: 'x' } }))).toBe(`vm: ${LABELLED}`);
    expect(create({ labels: { app: 'y' } })).toEqual([]);
  });

  it('of a policy of another namespace does not', () => {
    const policyIn = (namespace: string) =>
      ground([object('SandboxPolicy', 'own', { minimumIsolation: 'vm' }, namespace)]).create({});
    expect(requiredBy(policyIn('shop'))).toBe(`vm: ${LABELLED}`);
    expect(policyIn('other')).toEqual([]);
  });
});
