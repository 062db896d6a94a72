import { describe, expect, it } from 'vitest';
import { adding, clusterPolicy, container, debug, ground, privileged, requiredBy } from './support/ground.ts';

const { update } = ground();

describe('an ephemeral container', () => {
  it('is added where none of its name was there', () => {
    const with1 = { spec: { ephemeralContainers: [privileged('one')] } };
    const with2 = { spec: { ephemeralContainers: [privileged('one'), privileged('two')] } };
    expect(requiredBy(update({}, with1))).toBe('vm: privileged');
    expect(requiredBy(update(with1, with2))).toBe('vm: privileged');
    expect(update(with2, with2)).toEqual([]);
    expect(update({}, { spec: debug() })).toEqual([]);
  });

  it('that was there is not judged again where something else changes, in whatever order they stand', () => {
    const of = (...names: string[]) => ({
      spec: { ephemeralContainers: names.map(name => privileged(name)) },
    });
    expect(update(of('one', 'two'), { ...of('two', 'one'), annotations: { a: 'b' } })).toEqual([]);
    expect(
      requiredBy(update(of('one', 'two'), { ...of('two', 'one', 'three'), annotations: { a: 'b' } })),
    ).toBe('vm: privileged');
  });

  it('needs what it would need alone, or what the whole needs where it lifts that', () => {
    const stored = { spec: { containers: [container(adding('SYS_ADMIN'))], runtimeClassName: 'gvisor' } };
    const more = (...capabilities: string[]) => ({
      spec: { ...stored.spec, ...debug(adding(...capabilities)) },
    });
    // 60 of the stored Pod, and 30 more, are a VM's.
    expect(requiredBy(update(stored, more('NET_ADMIN')))).toBe('vm: capabilityNetAdmin');
    const vm = { ...stored.spec, runtimeClassName: 'vm' };
    expect(update({ spec: vm }, { spec: { ...vm, ...debug(adding('NET_ADMIN')) } })).toEqual([]);
    const light = { spec: { runtimeClassName: 'gvisor' } };
    expect(update(light, { spec: { ...light.spec, ...debug(adding('NET_ADMIN')) } })).toEqual([]);
  });

  it('is not held to what the stored Pod needs already', () => {
    const stored = { spec: { hostPID: true, containers: [container()], runtimeClassName: 'gvisor' } };
    expect(update(stored, { spec: { ...stored.spec, ...debug(adding('NET_ADMIN')) } })).toEqual([]);
  });

  it('lifts a Pod by its labels, too, which count for the whole and not for what was there', () => {
    const labels = { 'cofferdam.dev/risk': 'medium' };
    const before = { containers: [container(adding('SYS_ADMIN'))], runtimeClassName: 'gvisor' };
    const after = { ...before, ...debug(adding('NET_ADMIN')) };
    expect(requiredBy(update({ labels, spec: before }, { labels, spec: after }))).toBe(
      'vm: capabilityNetAdmin',
    );
  });

  it('is scored by the weights of the policy, those of what it adds alone', () => {
    const heavy = clusterPolicy({ scoring: { signals: { capabilityNetAdmin: 70 } } });
    const { update } = ground([heavy], { balanced: false });
    const stored = { containers: [container(adding('NET_ADMIN'))], runtimeClassName: 'gvisor' };
    const light = { ...stored, ...debug(adding('NET_RAW')) };
    expect(update({ spec: stored }, { spec: light })).toEqual([]);
    const bare = { runtimeClassName: 'gvisor' };
    expect(requiredBy(update({ spec: bare }, { spec: { ...bare, ...debug(adding('NET_ADMIN')) } }))).toBe(
      'vm: capabilityNetAdmin',
    );
  });

  it('needs what it is, where the policy has no tiers', () => {
    const { update } = ground([clusterPolicy({ tiers: [] })], { balanced: false });
    expect(requiredBy(update({}, { spec: { ephemeralContainers: [privileged('x')] } }))).toBe(
      'vm: privileged',
    );
    const held = { hostPID: true };
    expect(requiredBy(update({ spec: held }, { spec: { ...held, ...debug(adding('NET_ADMIN')) } }))).toBe(
      'app-kernel: capabilityNetAdmin',
    );
  });

  it('with labels that lift the Pod needs what these ask for', () => {
    const labels = { 'cofferdam.dev/risk': 'critical' };
    const added = { labels, spec: { runtimeClassName: 'gvisor', ...debug(adding('NET_ADMIN')) } };
    expect(requiredBy(update({ labels, spec: { runtimeClassName: 'gvisor' } }, added))).toBe(
      'vm: capabilityNetAdmin',
    );
  });
});
