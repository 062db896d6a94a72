import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { degradations } from '../../src/decision/degraded.ts';
import { purposesOf } from '../../src/decision/purpose.ts';
import { asUnnamed, signalsToRemove, signalsToWaive, withoutRisks } from '../../src/decision/to-waive.ts';
import { decided } from '../report/decided.ts';
import { namespaceText, runtimeClassText } from '../support/manifests.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** The socket of a plugin of the kubelet, and a folder of a network plugin: what such a Pod is there for. */
const PLUGIN = 'volumes: [{name: p, hostPath: {path: /var/lib/kubelet/plugins_registry/x.sock}}]';
const CNI = 'volumes: [{name: p, hostPath: {path: /etc/cni/net.d}}]';
const HIGH = 'cofferdam.dev/risk: high';
const CRITICAL = 'cofferdam.dev/risk: critical';
const PRIVILEGED = 'securityContext: {privileged: true}';
const waiving = (...signals: string[]): string => `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: plugins}
spec:
  match: {namespaces: [shop]}
  waive: [${signals.map(signal => `{signal: ${signal}}`).join(', ')}]
  owner: o
  reason: r
  expires: 2027-01-01T00:00:00Z
`;
const policy = (name: string, spec: string): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`;
const tiered = (atLeast: number): string => {
  const labels = '[{key: cofferdam.dev/risk, weights: {high: 60}}]';
  return policy('tiered', `{tiers: [{atLeast: ${atLeast}, isolation: vm}], scoring: {labels: ${labels}}}`);
};
const GVISOR = runtimeClassText('gvisor', 'runsc');
const LIMITS = 'resources: {limits: {cpu: "1", memory: 1Gi}}';

describe('what a Pod is there for', () => {
  it('is what a plugin of the node has of the host, as long as nobody waives it', () => {
    expect(purposesOf(decided({ spec: PLUGIN }))).toEqual(['hostPathSocket']);
    expect(purposesOf(decided({ spec: CNI }))).toEqual(['hostPathSystem']);
    expect(purposesOf(decided({ spec: PLUGIN, policies: waiving('hostPathSocket') }))).toEqual([]);
  });

  it('is nothing else that it asks for', () => {
    expect(purposesOf(decided({ spec: `hostPID: true\n  ${PLUGIN}`, container: PRIVILEGED }))).toEqual([
      'hostPathSocket',
    ]);
    expect(purposesOf(decided({ spec: 'hostNetwork: true' }))).toEqual([]);
  });
});

describe('the decision on a Pod without the class that it names', () => {
  it('is one that an exemption can help', () => {
    const decision = decided({ spec: `runtimeClassName: gvisor\n  ${PLUGIN}` });
    expect(signalsToWaive(decision)).toEqual([]);
    const unnamed = asUnnamed(decision);
    expect(unnamed && signalsToWaive(unnamed)).toEqual(['hostPathSocket']);
    expect(unnamed).toMatchObject({ outcome: 'nothing-contains', placement: decision.unnamed });
    expect(unnamed).not.toHaveProperty('unnamed');
  });

  it.each([
    ['where it names none', { spec: PLUGIN }],
    ['where it names none, and no exemption helps', { spec: PLUGIN, labels: HIGH }],
    [
      'where an exemption helps with the class, which shows what is waived',
      { spec: `runtimeClassName: kata-qemu\n  ${CNI}` },
    ],
    [
      'where it could do without what stands against its class',
      { spec: 'runtimeClassName: gvisor\n  hostNetwork: true' },
    ],
    ['where another class would do', { spec: 'runtimeClassName: gvisor', container: PRIVILEGED }],
  ])('is not asked for %s', (_, given) => {
    expect(asUnnamed(decided(given))).toBeUndefined();
  });
});

describe('signals to waive', () => {
  it('are none where the Pod is let in, or only waits for a node', () => {
    expect(signalsToWaive(decided({}))).toEqual([]);
    expect(signalsToWaive(decided({ labels: HIGH }))).toEqual([]);
  });

  it('are what an update adds, but for what is waived and what no class needs to contain', () => {
    const container = 'securityContext: {privileged: true, runAsNonRoot: false}';
    const before = decided({}).findings;
    expect(before.every(({ signal }) => signal !== 'privileged')).toBe(true);
    const given = { spec: 'hostPID: true\n  hostNetwork: true', container, policies: waiving('hostNetwork') };
    const request = { operation: 'UPDATE' as const };
    const decision = decided({ ...given, request });
    expect(decision.outcome).toBe('added-not-contained');
    expect(signalsToWaive(decision)).toEqual(['hostPID', 'privileged']);
  });

  it('are none where a label asks for a sandbox all the same', () => {
    expect(signalsToWaive(decided({ spec: 'hostPID: true', labels: HIGH, cluster: GVISOR }))).toEqual([]);
    expect(signalsToWaive(decided({ spec: 'hostPID: true', cluster: GVISOR }))).toEqual(['hostPID']);
  });

  it('are all that ask for a sandbox, where no class does what the Pod asks for', () => {
    const container = `ports: [{containerPort: 80, hostPort: 80}], ${LIMITS}`;
    expect(signalsToWaive(decided({ spec: 'hostPID: true', container }))).toEqual(['hostPID', 'hostPort']);
  });
});

it('signals to waive leave a Pod in a class that no node has now, as one may come', () => {
  const cluster = `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: kata-qemu}
handler: kata-qemu
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {conditions: [{type: Ready, status: "True"}], runtimeHandlers: [{name: runc}]}
`;
  const decision = decided({
    ...{ spec: 'volumes: [{name: e, hostPath: {path: /etc}}]', container: PRIVILEGED, cluster },
  });
  expect(decision.placement[0]?.objections.map(({ code }) => code)).toContain('no-node');
  expect(signalsToWaive(decision)).toEqual(['hostPathSystem']);
});

it('signals to waive are as many as bring the sum of what is left below the tier of a weaker class', () => {
  const container = `ports: [{containerPort: 80, hostPort: 80}], ${LIMITS}, securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}`;
  const spec = 'volumes: [{name: e, hostPath: {path: /etc}}]';
  // The gravest that is found first, of three that weigh 30 each, as 90 are a VM's.
  expect(signalsToWaive(decided({ spec, container, cluster: GVISOR }))).toEqual([
    'hostPathSystem',
    'hostPort',
  ]);
});

it('signals to waive are none that are not needed once a later one is waived', () => {
  const container = `ports: [{containerPort: 80, hostPort: 80}], ${LIMITS}, securityContext: {capabilities: {add: [NET_ADMIN]}}`;
  const spec = 'volumes: [{name: e, hostPath: {path: /etc}}]';
  const policies = policy(
    'dear',
    '{scoring: {signals: {capabilityNetAdmin: 80}}, tiers: [{atLeast: 70, isolation: vm}]}',
  );
  expect(signalsToWaive(decided({ spec, container, policies, cluster: GVISOR }))).toEqual([
    'hostPathSystem',
    'capabilityNetAdmin',
  ]);
});

describe('signals to remove', () => {
  it('are all risks where there is no class at all', () => {
    const cluster = namespaceText('shop');
    expect(signalsToRemove(decided({ spec: 'hostPID: true', cluster }))).toEqual(['hostPID']);
  });

  it('are all risks where one class of several is enough for what else asks for one', () => {
    const decision = decided({ spec: 'hostPID: true', labels: CRITICAL });
    expect(decision.placement.map(({ isolation }) => isolation)).toEqual(['app-kernel', 'vm']);
    expect(signalsToRemove(decision)).toEqual(['hostPID']);
  });

  it('are all risks where nothing else asks for a sandbox', () => {
    const decision = decided({ spec: 'hostPID: true', container: PRIVILEGED });
    expect(signalsToRemove(decision)).toEqual(['hostPID', 'privileged']);
  });

  it('are all risks where what else asks for one would get it', () => {
    const decision = decided({ spec: 'hostPID: true', container: PRIVILEGED, labels: HIGH, cluster: GVISOR });
    expect(signalsToRemove(decision)).toEqual(['hostPID', 'privileged']);
  });

  it('are none where a label asks for more than there is', () => {
    const decision = decided({ spec: 'hostPID: true', labels: CRITICAL, cluster: GVISOR });
    expect(signalsToRemove(decision)).toEqual([]);
  });
});

describe('what asks for isolation without any risk', () => {
  it('is the label, at its own score, and no longer the signals', () => {
    const decision = decided({ spec: 'hostPID: true', container: PRIVILEGED, labels: HIGH });
    const { required, tierScore, floors, contributions } = withoutRisks(decision);
    expect([required, tierScore]).toEqual(['app-kernel', 60]);
    expect(floors).toEqual([{ isolation: 'app-kernel', because: 'tier', id: '30' }]);
    expect(contributions.map(({ kind, id }) => [kind, id])).toEqual([['label', 'cofferdam.dev/risk']]);
  });

  it('is no hygiene, which no tier counts', () => {
    const container = 'securityContext: {runAsNonRoot: false, allowPrivilegeEscalation: true}';
    const decision = decided({ container, labels: 'cofferdam.dev/risk: medium' });
    expect(decision.governing.contributions.length).toBeGreaterThan(1);
    expect(withoutRisks(decision)).toMatchObject({ tierScore: 30, required: 'app-kernel' });
    expect(withoutRisks(decision).contributions).toHaveLength(1);
  });

  it.each(['unsetLimits', 'hostPID'])('is a label that is called like a signal, too: %s', key => {
    const policies = policy('own', `{scoring: {labels: [{key: ${key}, weights: {x: 60}}]}}`);
    const decision = decided({ spec: 'hostPID: true', labels: `${key}: x`, policies });
    expect(withoutRisks(decision)).toMatchObject({ policy: 'own', tierScore: 60 });
  });

  it('is a tier that is reached exactly', () => {
    const policies = tiered(60);
    expect(withoutRisks(decided({ labels: HIGH, policies }))).toMatchObject({
      required: 'vm',
      policy: 'tiered',
    });
    const above = tiered(61);
    expect(withoutRisks(decided({ labels: HIGH, policies: above })).required).toBe('app-kernel');
  });

  it('is the strictest of all policies, whichever of them governs', () => {
    const policies = policy('minimum', '{minimumIsolation: app-kernel}');
    const decision = decided({ spec: 'hostPID: true', container: PRIVILEGED, policies });
    expect(withoutRisks(decision)).toMatchObject({ required: 'app-kernel', policy: 'minimum' });
    expect(signalsToWaive(decision)).toEqual([]);
  });

  it('counts a signal that is waived already as no risk', () => {
    const decision = decided({ spec: 'hostPID: true', policies: waiving('hostPID') });
    expect(withoutRisks(decision)).toMatchObject({ required: 'host-kernel', tierScore: 0 });
  });
});

describe('what works differently in a class', () => {
  const { profiles } = snapshotOf();
  const told = (given: Parameters<typeof decided>[0]) => {
    const decision = decided(given);
    const [step] = decision.placement;
    if (!step) throw new Error('no class was looked at');
    const facts = builtinView().runtimeClass(step.runtimeClass);
    return degradations(step, profiles.forHandler(facts?.handler ?? ''), decision.findings);
  };

  it('is told once a signal, and once a resource that the profile knows by name, with the reason', () => {
    const container = `securityContext: {capabilities: {add: [NET_ADMIN]}}, resources: {limits: {cpu: "1", memory: 1Gi, nvidia.com/gpu: "1"}}`;
    const some = told({ spec: 'runtimeClassName: gvisor', container });
    expect(some.map(({ signal, resource }) => [signal, resource]).sort()).toEqual([
      ['capabilityNetAdmin', undefined],
      ['gpu', 'nvidia.com/gpu'],
    ]);
    for (const { reason } of some) expect(reason).toMatch(/\w/);
  });

  it('is not told of a resource that the class cannot do, which stands against it', () => {
    const resources = (...names: string[]) =>
      names.map(value => ({ signal: 'gpu', category: 'requirement', path: 'spec', value }) as const);
    const gvisor = profiles.forHandler('runsc');
    expect(
      degradations({ degraded: ['gpu'] }, gvisor, resources('nvidia.com/gpu', 'amd.com/gpu')),
    ).toMatchObject([{ signal: 'gpu', resource: 'nvidia.com/gpu' }]);
    // Nor is it told of one that a profile does not mention where it mentions only another.
    const speaking = { ...gvisor, signals: new Map() };
    expect(
      degradations({ degraded: ['gpu'] }, speaking, resources('nvidia.com/gpu', 'amd.com/gpu')),
    ).toMatchObject([{ signal: 'gpu', resource: 'nvidia.com/gpu' }]);
  });

  it('is nothing where nothing does', () => {
    expect(told({ spec: 'runtimeClassName: gvisor' })).toEqual([]);
  });
});
