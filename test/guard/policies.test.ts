import { describe, expect, it } from 'vitest';
import { clusterPolicy, ground, LABELLED, object, requiredBy } from './support/ground.ts';

describe('policies', () => {
  it('are for namespaces by their labels', () => {
    const match = { namespaceSelector: { matchLabels: { tenant: 'a' } } };
    const under = (tenant: string) =>
      ground([clusterPolicy({ match, minimumIsolation: 'vm' })], { labels: { tenant } }).create({});
    expect(requiredBy(under('a'))).toBe(`vm: ${LABELLED}`);
    expect(under('b')).toEqual([]);
  });

  it('score each by its own weights, and the strictest counts', () => {
    const lax = clusterPolicy({
      tiers: [{ atLeast: 50, isolation: 'vm' }],
      scoring: { signals: { hostIPC: 30 } },
    });
    const spec = { hostIPC: true };
    expect(requiredBy(ground([lax], { balanced: false }).create({ spec }))).toBe('app-kernel: hostIPC');
    const strict = clusterPolicy({ ...lax.spec, scoring: { signals: { hostIPC: 50 } } });
    expect(requiredBy(ground([strict], { balanced: false }).create({ spec }))).toBe('vm: hostIPC');
    expect(requiredBy(ground([lax, { ...strict, metadata: { name: 'q' } }]).create({ spec }))).toBe(
      'vm: hostIPC',
    );
  });

  it('leave balanced in force where none is that a Pod cannot step out of', () => {
    const labelled = { labels: { 'cofferdam.dev/risk': 'critical' } };
    const bare = ground([clusterPolicy({ scoring: { labels: [] } })], { balanced: false });
    expect(bare.create(labelled)).toEqual([]);
    const dodged = { match: { podSelector: { matchLabels: { app: 'x' } } }, scoring: { labels: [] } };
    expect(requiredBy(ground([clusterPolicy(dodged)], { balanced: false }).create(labelled))).toBe(
      `vm: ${LABELLED}`,
    );
    const both = { labels: { ...labelled.labels, app: 'x' } };
    expect(requiredBy(ground([clusterPolicy(dodged)], { balanced: false }).create(both))).toBe(
      `vm: ${LABELLED}`,
    );
  });

  it('of a namespace alone leave balanced in force, too', () => {
    const own = object('SandboxPolicy', 'own', { scoring: { labels: [] } }, 'shop');
    const labelled = { labels: { 'cofferdam.dev/risk': 'critical' } };
    expect(requiredBy(ground([own], { balanced: false }).create(labelled))).toBe(`vm: ${LABELLED}`);
  });

  it('of a namespace are for it alone, also beside those of others', () => {
    const own = (namespace: string, minimumIsolation: string) =>
      object('SandboxPolicy', 'own', { minimumIsolation }, namespace);
    const both = ground([own('shop', 'app-kernel'), own('vault', 'vm')]);
    expect(requiredBy(both.create({}))).toBe(`app-kernel: ${LABELLED}`);
    expect(requiredBy(both.create({}, { namespace: 'vault' }))).toBe(`vm: ${LABELLED}`);
    expect(both.create({}, { namespace: 'elsewhere' })).toEqual([]);
  });

  it('replace balanced where one of several is for the namespace', () => {
    const policyFor = (tenant: string) =>
      object('ClusterSandboxPolicy', tenant, {
        match: { namespaceSelector: { matchLabels: { tenant } } },
        scoring: { labels: [] },
      });
    const labelled = { labels: { 'cofferdam.dev/risk': 'critical' } };
    const under = (tenant: string) =>
      ground([policyFor('a'), policyFor('b')], { balanced: false, labels: { tenant } }).create(labelled);
    expect(under('a')).toEqual([]);
    expect(under('b')).toEqual([]);
    expect(requiredBy(under('c'))).toBe(`vm: ${LABELLED}`);
  });
});
