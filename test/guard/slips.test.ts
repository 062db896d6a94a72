import { describe, expect, it } from 'vitest';
import { slipsCel } from '../../src/guard/slips.ts';
import { minimalPod } from '../fixtures/pods.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { object } from './support/ground.ts';
import { guardObjects } from './support/guard-objects.ts';
import { NOW, SHOP, viewOf } from './support/guarded-world.ts';
import { BARE, type Metadata, WAYS, type Way, write } from './support/side-writes.ts';

const OWN = 'cofferdam.dev/';

describe('what a status or a binding may set', () => {
  const policies = [
    {
      ...{ apiVersion: 'cofferdam.dev/v1alpha1', kind: 'ClusterSandboxPolicy', metadata: { name: 'p' } },
      spec: {
        match: { podSelector: { matchExpressions: [{ key: 'exposure', operator: 'Exists' }] } },
        scoring: {
          labels: [
            { key: 'team', weights: { a: 10 } },
            { key: 'topology.kubernetes.io/zone', weights: { a: 10 } },
          ],
        },
      },
    },
    {
      ...{ apiVersion: 'cofferdam.dev/v1alpha1', kind: 'SandboxExemption', metadata: { name: 'e' } },
      spec: {
        match: { namespaces: ['elsewhere'], podSelector: { matchLabels: { agent: 'yes' } } },
        waive: [{ signal: 'hostPID' }],
        ...{ owner: 'team', reason: 'a test', expires: '2026-12-31T00:00:00Z' },
      },
    },
  ];
  const namespace = { name: SHOP, labels: { 'cofferdam.dev/mode': 'enforce' } };
  const guarded = { namespace, guard: guardObjects(snapshotOf(policies), viewOf([]).runtimeClasses(), NOW) };
  const setting = (way: Way, set: Partial<Metadata>, stored: Partial<Metadata> = {}) =>
    write(guarded, way, { ...BARE, ...set }, { ...BARE, ...stored }).allowed;

  it.each(WAYS)(
    '%s: no label that a policy scores or selects by, that an exemption selects by, or of this project',
    way => {
      for (const key of ['team', 'exposure', 'agent', 'cofferdam.dev/risk', 'cofferdam.dev/new'])
        expect({ key, allowed: setting(way, { labels: { [key]: 'x' } }) }).toEqual({ key, allowed: false });
    },
  );

  it.each(WAYS)('%s: labels that nobody reads, and those of the topology, which the API server sets', way => {
    for (const key of ['other', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'])
      expect({ key, allowed: setting(way, { labels: { [key]: 'x' } }) }).toEqual({ key, allowed: true });
  });

  it.each(WAYS)('%s: annotations of no runtime', way => {
    expect(setting(way, { annotations: { 'k8s.v1.cni.cncf.io/network-status': '[]' } })).toBe(true);
    expect(setting(way, { annotations: { 'dev.gvisor.flag.x': '' } })).toBe(false);
    expect(setting(way, { annotations: { [`${OWN}x`]: 'y' } })).toBe(false);
  });

  it('a status that leaves them as they are, or takes them away', () => {
    const stored = { labels: { team: 'a' }, annotations: { 'dev.gvisor.flag.x': 'y', [`${OWN}x`]: 'y' } };
    expect(setting('pods/status', stored, stored)).toBe(true);
    expect(setting('pods/status', {}, stored)).toBe(true);
    expect(setting('pods/status', { ...stored, labels: { team: 'b' } }, stored)).toBe(false);
    const other = { annotations: { ...stored.annotations, 'dev.gvisor.flag.x': 'z' } };
    expect(setting('pods/status', { ...stored, ...other }, stored)).toBe(false);
  });

  it('by its value where the value decides', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/a';
    expect(setting('pods/status', { annotations: { [key]: 'unconfined' } })).toBe(false);
    expect(setting('pods/status', { annotations: { [key]: 'runtime/default' } })).toBe(true);
    expect(
      setting(
        'pods/status',
        { annotations: { [key]: 'unconfined' } },
        { annotations: { [key]: 'runtime/default' } },
      ),
    ).toBe(false);
  });

  it('whatever else the Pod has: its spec is not judged here', () => {
    const unconfined = { appArmorProfile: { type: 'Unconfined' } };
    const spec = {
      ...{ ...minimalPod().spec, hostPID: true, securityContext: unconfined },
      containers: [{ name: 'a', image: 'nginx', securityContext: { ...unconfined, privileged: true } }],
    };
    // An annotation that is looked at, and does no harm.
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default' };
    for (const set of [{}, { annotations }]) {
      const pod = { ...minimalPod(), metadata: { ...minimalPod().metadata, ...set }, spec };
      const verdict = evaluatePolicies(guarded.guard, {
        ...{ operation: 'UPDATE', resource: 'pods', subResource: 'status', namespace: SHOP },
        ...{ namespaceLabels: namespace.labels, object: pod, oldObject: minimalPod() },
      });
      expect(verdict).toMatchObject({ allowed: true, denials: [] });
    }
  });
});

it('what guards no annotation is not asked of one', () => {
  const slips = slipsCel(snapshotOf([]), new Map()).find(({ name }) => name === 'slips');
  expect(slips?.expression).toContain('apparmor');
  expect(slips?.expression).not.toMatch(/hostPID|hostNetwork|shareProcess/);
});

it('a label that is locked everywhere takes no room for each namespace that reads it, too', () => {
  const scoring = (key: string) => ({ scoring: { labels: [{ key, weights: { a: 10 } }] } });
  const own = (namespace: string, key: string) =>
    object('SandboxPolicy', 'own', { ...scoring(key), tiers: [] }, namespace);
  const policies = [object('ClusterSandboxPolicy', 'all', scoring('team')), own('shop', 'team')];
  const here = (...more: object[]): string => {
    const variables = slipsCel(snapshotOf([...policies, ...more]), new Map());
    return variables.map(({ expression }) => expression).join();
  };
  expect(here()).not.toContain('shop');
  expect(here(own('bank', 'tier'))).toMatch(/bank.*tier/);
});
