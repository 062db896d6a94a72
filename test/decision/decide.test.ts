import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../src/decision/decision.ts';
import { decideCreation } from '../../src/decision/ground.ts';
import { INJECTED_ANNOTATION } from '../../src/pod/annotations.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { filledTo } from '../support/bounds.ts';
import { viewOf } from '../support/cluster.ts';
import { node, policy, runtimeClass } from '../support/objects.ts';
import { createOf, NOW, namespaceOf, updateOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const app = { name: 'app', image: 'nginx:1.27' };
const pod = (spec: object = {}, metadata: object = {}): Pod =>
  ({ metadata: { name: 'p', ...metadata }, spec: { containers: [app], ...spec } }) as unknown as Pod;
const secured = (securityContext: object): Pod => pod({ containers: [{ ...app, securityContext }] });
const exposing = pod({ containers: [{ ...app, ports: [{ containerPort: 1, hostPort: 1 }] }] });
const risky = (risk: string, spec: object = {}): Pod => pod(spec, { labels: { 'cofferdam.dev/risk': risk } });

const gvisor = runtimeClass('gvisor', 'runsc');
const kata = runtimeClass('kata-qemu', 'kata-qemu', {
  overhead: { podFixed: { memory: '320Mi', cpu: '250m' } },
});
const judged = (request: DecisionRequest, view = builtinView(), objects: object[] = []): Decision =>
  decide(request, snapshotOf(objects), view, NOW);

const exemption = (waive: string[], spec: object = {}) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name: 'monitoring' },
  spec: {
    match: { namespaces: ['shop'] },
    waive: waive.map(signal => ({ signal })),
    owner: 'ops',
    reason: 'node metrics',
    expires: '2027-01-01T00:00:00Z',
    ...spec,
  },
});

describe('the default outcomes of balanced', () => {
  it.each<[string, Pod, string, string | undefined]>([
    ['an ordinary Pod', pod(), 'admit', undefined],
    ['risk low', risky('low'), 'admit', undefined],
    ['risk medium', risky('medium'), 'sandbox', 'gvisor'],
    ['risk high', risky('high'), 'sandbox', 'gvisor'],
    ['risk critical', risky('critical'), 'sandbox', 'kata-qemu'],
    ['a risk nobody knows', risky('hihg'), 'sandbox', 'kata-qemu'],
    ['privileged', secured({ privileged: true }), 'sandbox', 'kata-qemu'],
    ['SYS_ADMIN', secured({ capabilities: { add: ['SYS_ADMIN'] } }), 'sandbox', 'gvisor'],
    ['NET_ADMIN', secured({ capabilities: { add: ['NET_ADMIN'] } }), 'sandbox', 'gvisor'],
    [
      'an unsafe sysctl',
      pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      'sandbox',
      'kata-qemu',
    ],
    ['an SELinux type', secured({ seLinuxOptions: { type: 'spc_t' } }), 'sandbox', 'kata-qemu'],
    [
      'a hostPort',
      pod({ containers: [{ ...app, ports: [{ containerPort: 80, hostPort: 80 }] }] }),
      'sandbox',
      'gvisor',
    ],
    ['hostNetwork', pod({ hostNetwork: true }), 'reject', undefined],
    ['hostPID', pod({ hostPID: true }), 'reject', undefined],
    ['hostIPC', pod({ hostIPC: true }), 'reject', undefined],
    [
      'privileged and hostPID',
      pod({ hostPID: true, containers: [{ ...app, securityContext: { privileged: true } }] }),
      'reject',
      undefined,
    ],
    ['a hostPath', pod({ volumes: [{ name: 'v', hostPath: { path: '/srv' } }] }), 'reject', undefined],
    [
      'a probe with a host',
      pod({ containers: [{ ...app, livenessProbe: { httpGet: { host: '10.0.0.1', port: 80 } } }] }),
      'reject',
      undefined,
    ],
    [
      'a gVisor annotation',
      pod({}, { annotations: { 'dev.gvisor.flag.host-uds': 'all' } }),
      'reject',
      undefined,
    ],
    [
      'a Kata annotation',
      pod({}, { annotations: { 'io.katacontainers.config.hypervisor.virtio_fs_extra_args': '["-o"]' } }),
      'reject',
      undefined,
    ],
    [
      'hugepages alone',
      pod({ containers: [{ ...app, resources: { limits: { 'hugepages-2Mi': '2Mi' } } }] }),
      'admit',
      undefined,
    ],
    [
      'a raw block volume at risk high',
      risky('high', { containers: [{ ...app, volumeDevices: [{ name: 'b', devicePath: '/dev/x' }] }] }),
      'sandbox',
      'kata-qemu',
    ],
    [
      'an image volume at risk high',
      risky('high', { volumes: [{ name: 'v', image: { reference: 'm:1' } }] }),
      'reject',
      undefined,
    ],
    ['Windows', pod({ os: { name: 'windows' } }), 'admit', undefined],
    ['Windows at risk high', risky('high', { os: { name: 'windows' } }), 'reject', undefined],
  ])('%s', (_, subject, verdict, runtimeClass) => {
    const decision = judged(createOf(subject));
    expect([decision.verdict, decision.runtimeClass]).toEqual([verdict, runtimeClass]);
  });

  it('of hostNetwork are at least those of hostPort, which is not found beside it', () => {
    const dear = policy('dear', { scoring: { signals: { hostPort: 90 } } });
    const ports = [{ containerPort: 80, hostPort: 80 }];
    const scoreOf = (spec: object) =>
      judged(createOf(pod({ containers: [{ ...app, ports }], ...spec })), builtinView(), [dear]).governing
        .score;
    expect(scoreOf({ hostNetwork: true })).toBeGreaterThanOrEqual(scoreOf({}));
  });

  it('count nothing that weighs nothing: what bears on placement alone, and hygiene beyond the cap', () => {
    const decision = judged(createOf(pod({ hostUsers: false })));
    expect(decision.findings.map(({ signal }) => signal)).toContain('hostUsers');
    expect(decision.governing.contributions.filter(({ weight }) => weight === 0)).toEqual([]);
  });

  it('cap hygiene at 25, and it never moves a tier', () => {
    const sloppy = pod({
      containers: Array.from({ length: 5 }, (_, i) => ({
        name: `c${i}`,
        image: 'nginx',
        securityContext: { runAsUser: 0 },
      })),
    });
    const { governing, verdict } = judged(createOf(sloppy));
    expect([governing.score, governing.tierScore, verdict]).toEqual([25, 0, 'admit']);
  });

  it('combine the labels of Pod and Namespace by the highest', () => {
    const inCritical = (labels: object) =>
      judged(createOf(pod({}, { labels }), { namespace: namespaceOf({ 'cofferdam.dev/risk': 'critical' }) }));
    expect(inCritical({ 'cofferdam.dev/risk': 'low' }).required).toBe('vm');
    expect(inCritical({}).governing.contributions).toContainEqual({
      kind: 'label',
      id: 'cofferdam.dev/risk',
      weight: 90,
      value: 'critical',
      on: 'namespace',
    });
  });

  it('tell which of two labels weighs more, and of two that weigh as much, that of the Pod', () => {
    const labelled = (own: string, ofNamespace: string) =>
      judged(createOf(risky(own), { namespace: namespaceOf({ 'cofferdam.dev/risk': ofNamespace }) }))
        .governing.contributions.filter(({ kind }) => kind === 'label')
        .map(({ on, value, weight }) => [on, value, weight]);
    expect(labelled('critical', 'low')).toEqual([['pod', 'critical', 90]]);
    expect(labelled('low', 'critical')).toEqual([['namespace', 'critical', 90]]);
    expect(labelled('high', 'high')).toEqual([['pod', 'high', 60]]);
  });

  it('tell of a value that nobody listed, and which was probably meant', () => {
    const told = (risk: string) =>
      judged(createOf(risky(risk))).governing.contributions.find(({ kind }) => kind === 'label');
    expect(told('hihg')).toMatchObject({ weight: 90, note: 'unknown-value', meant: 'high' });
    expect(told('quarantined')).toMatchObject({ weight: 90, note: 'unknown-value' });
    expect(told('quarantined')).not.toHaveProperty('meant');
    expect(told('high')).not.toHaveProperty('note');
  });

  it('count each rule that matches, with what its author says, and one that fails, but no other', () => {
    const rules = [
      { name: 'other', expression: "object.metadata.name == 'q'", weight: 10 },
      { name: 'told', expression: "object.metadata.name == 'p'", weight: 20, message: 'it is called p' },
      { name: 'untold', expression: "object.metadata.name == 'p'", weight: 30 },
      { name: 'fails', expression: "object.metadata.labels['none'] == 'p'", weight: 5 },
    ];
    const { contributions } = judged(createOf(pod()), builtinView(), [
      policy('ruled', { scoring: { rules } }),
    ]).governing;
    const [told, untold, fails, ...more] = contributions.filter(({ kind }) => kind === 'rule');
    expect([told, untold, more]).toEqual([
      { kind: 'rule', id: 'told', weight: 20, value: 'it is called p' },
      { kind: 'rule', id: 'untold', weight: 30 },
      [],
    ]);
    expect(fails).toMatchObject({
      ...{ id: 'fails', weight: 5, note: 'rule-error' },
      value: expect.stringMatching(/\w/),
    });
  });

  it.each<[string, Partial<DecisionRequest>, object, object[]]>([
    ['nothing', {}, {}, []],
    ['an exposure', { pod: exposing }, {}, [{ isolation: 'app-kernel', because: 'signal', id: 'hostPort' }]],
    [
      'a breakout',
      { pod: secured({ privileged: true }) },
      {},
      [{ isolation: 'vm', because: 'signal', id: 'privileged' }],
    ],
    ['hygiene, which asks for nothing', { pod: secured({ runAsUser: 0 }) }, {}, []],
    ['a policy', {}, { minimumIsolation: 'vm' }, [{ isolation: 'vm', because: 'policy', id: 'flat' }]],
    [
      'a namespace',
      { namespace: namespaceOf({ 'cofferdam.dev/minimum-isolation': 'vm' }) },
      {},
      [{ isolation: 'vm', because: 'namespace', id: 'vm' }],
    ],
    [
      'a namespace that cannot be looked up',
      { namespace: undefined },
      {},
      [{ isolation: 'confidential-vm', because: 'namespace', id: 'unknown' }],
    ],
  ])('ask for no less than the floors, where no score asks for anything: of %s', (_, asked, spec, floors) => {
    const flat = policy('flat', { tiers: [], ...spec });
    const request = createOf(pod(), asked);
    expect(
      decide(request, snapshotOf([flat], { balanced: false }), builtinView(), NOW).governing.floors,
    ).toEqual(floors);
  });

  it('ask rules of a manifest as an API server will send it, and of what it has sent as it is', () => {
    const rules = [
      { name: 'defaulted', expression: 'has(object.spec.dnsPolicy)', weight: 10 },
      { name: 'classed', expression: 'has(object.spec.overhead)', weight: 10 },
    ];
    const matched = (subject: Pod, isWritten: boolean) =>
      judged(createOf(subject, { isWritten }), viewOf(kata), [policy('ruled', { scoring: { rules } })])
        .governing.contributions.filter(({ kind }) => kind === 'rule')
        .map(({ id }) => id);
    const named = pod({ runtimeClassName: 'kata-qemu' });
    expect([matched(pod(), true), matched(named, true)]).toEqual([['defaulted'], ['defaulted', 'classed']]);
    expect([matched(pod(), false), matched(named, false)]).toEqual([[], []]);
    const ground = { snapshot: snapshotOf([policy('ruled', { scoring: { rules } })]), view: viewOf(kata) };
    const stored = decideCreation({ pod: pod(), namespace: 'shop' }, ground, NOW);
    expect(stored.governing.contributions.filter(({ kind }) => kind === 'rule')).toEqual([]);
  });

  it.each<[string, string]>([
    ['vm', 'vm'],
    ['host-kernel', 'host-kernel'],
    ['vmm', 'confidential-vm'],
  ])('take the floor of the namespace: %s', (word, required) => {
    const namespace = namespaceOf({ 'cofferdam.dev/minimum-isolation': word });
    expect(judged(createOf(pod(), { namespace })).required).toBe(required);
  });
});

describe('of several policies', () => {
  const order = (objects: object[], subject = exposing): string[] => {
    const { governing, others } = judged(createOf(subject), builtinView(), objects);
    return [governing, ...others].map(one => one.policy);
  };

  it('that require the same, the one with the higher score governs, whatever it is called', () => {
    const dear = policy('z', { scoring: { signals: { hostPort: 60 } } });
    expect(order([policy('a', {}), dear])).toEqual(['z', 'a', 'balanced']);
  });

  it('the one that requires more governs, whatever its score', () => {
    const dear = policy('a', { scoring: { signals: { hostPort: 60 } } });
    expect(order([dear, policy('z', { minimumIsolation: 'vm' })])[0]).toBe('z');
  });

  it('that require and score the same, the first by name governs', () => {
    expect(order([policy('z', {}), policy('a', {})])).toEqual(['a', 'balanced', 'z']);
  });
});

describe('an explicit class', () => {
  const view = viewOf(
    gvisor,
    kata,
    runtimeClass('runc', 'runc'),
    runtimeClass('fake-gvisor', 'runc'),
    runtimeClass('kata-debug', 'kata-qemu-debug'),
  );
  const explicit = (runtimeClassName: string, risk = 'high', metadata: object = {}) =>
    judged(
      createOf(pod({ runtimeClassName }, { labels: { 'cofferdam.dev/risk': risk }, ...metadata })),
      view,
    );

  it.each<[string, string, string, string | undefined]>([
    ['gvisor', 'high', 'explicit-enough', undefined],
    ['kata-qemu', 'high', 'explicit-enough', undefined],
    ['runc', 'low', 'explicit-enough', undefined],
    ['gvisor', 'critical', 'explicit-not-enough', 'kata-qemu'],
    ['runc', 'high', 'explicit-not-enough', 'gvisor'],
    ['nowhere', 'high', 'explicit-not-enough', 'gvisor'],
    ['', 'low', 'explicit-not-enough', 'gvisor'],
    ['', 'critical', 'explicit-not-enough', 'kata-qemu'],
    ['kata-debug', 'high', 'explicit-not-enough', 'gvisor'],
  ])('%s at risk %s: %s', (name, risk, outcome, suggestion) => {
    const decision = explicit(name, risk);
    expect([decision.outcome, decision.suggestion]).toEqual([outcome, suggestion]);
  });

  it('is where the Pod runs if it is enough; a Pod that is rejected runs nowhere', () => {
    expect(explicit('gvisor', 'high')).toMatchObject({ isolation: 'app-kernel', runtimeClass: 'gvisor' });
    for (const rejected of [explicit('gvisor', 'critical'), judged(createOf(pod({ hostPID: true })))]) {
      expect(rejected).not.toHaveProperty('isolation');
      expect(rejected).not.toHaveProperty('runtimeClass');
    }
  });

  it('is weighed by what the Pod needs, whatever policies list', () => {
    const only = policy('only', { sandboxes: [{ isolation: 'vm' }] });
    const { verdict, outcome } = judged(createOf(risky('high', { runtimeClassName: 'gvisor' })), view, [
      only,
    ]);
    expect([verdict, outcome]).toEqual(['admit', 'explicit-enough']);
  });

  it('bypass 13: a class that is called gvisor and runs runc shares the host kernel', () => {
    expect(explicit('fake-gvisor').placement[0]).toMatchObject({
      isolation: 'host-kernel',
      objections: [{ code: 'too-weak' }],
    });
  });

  it.each<[string, object, boolean | undefined]>([
    ['whose handler nobody knows may be a sandbox that nobody has vouched for', { handler: 'acme' }, true],
    ['called like a sandbox shares the host kernel by its handler', { handler: 'runc' }, false],
    ['that is a sandbox, and too weak, needs nobody to vouch for it', { handler: 'runsc' }, undefined],
  ])('%s', (_, { handler }: { handler?: string }, isUnknown) => {
    const { outcome, unvouched } = judged(
      createOf(risky('critical', { runtimeClassName: 'gvisor' })),
      viewOf(runtimeClass('gvisor', handler ?? ''), runtimeClass('other', 'acme-2'), kata),
    );
    expect([outcome, unvouched]).toEqual([
      'explicit-not-enough',
      isUnknown === undefined ? undefined : [{ runtimeClass: 'gvisor', handler, isUnknown }],
    ]);
  });

  it('whose handler is known, and whose isolation is not documented, says why', () => {
    const request = createOf(risky('high', { runtimeClassName: 'small' }));
    expect(judged(request, viewOf(runtimeClass('small', 'krun'))).unvouched).toEqual([
      {
        runtimeClass: 'small',
        handler: 'krun',
        isUnknown: false,
        reason: expect.stringContaining('libkrun'),
      },
    ]);
  });

  it('that is strong enough, and cannot run the Pod, needs nobody to vouch for it', () => {
    const devices = { runtimeClassName: 'kata-qemu', hostNetwork: true };
    const decision = judged(createOf(pod(devices)), viewOf(gvisor, kata, runtimeClass('other', 'acme')));
    expect([decision.outcome, decision.unvouched]).toEqual(['explicit-not-enough', undefined]);
  });

  it('whose handler nobody knows is named where it is too weak, and not where only something else is wrong with it', () => {
    const apart = runtimeClass('acme', 'acme', { scheduling: { nodeSelector: { pool: 'acme' } } });
    const elsewhere = { runtimeClassName: 'acme', nodeSelector: { pool: 'other' } };
    const told = (subject: Pod) => {
      const { outcome, placement, unvouched } = judged(createOf(subject), viewOf(apart));
      const codes = placement[0]?.objections.map(({ code }) => code);
      return { outcome, codes, unvouched: unvouched?.map(one => one.runtimeClass) };
    };
    const outcome = 'explicit-not-enough';
    expect(told(risky('high', elsewhere))).toEqual({
      ...{ outcome, codes: ['too-weak', 'unsupported'], unvouched: ['acme'] },
    });
    expect(told(pod(elsewhere))).toEqual({ outcome, codes: ['unsupported'], unvouched: undefined });
  });

  it('that was injected before is raised when the Pod now needs more', () => {
    const decision = explicit('gvisor', 'critical', { annotations: { [INJECTED_ANNOTATION]: 'gvisor' } });
    expect([decision.outcome, decision.runtimeClass]).toEqual(['raised', 'kata-qemu']);
  });

  it('with an annotation that names another class is taken for what it is', () => {
    const decision = explicit('gvisor', 'critical', { annotations: { [INJECTED_ANNOTATION]: 'kata-qemu' } });
    expect(decision.outcome).toBe('explicit-not-enough');
  });

  it('with its scheduling merged in is told of a class that is scheduled elsewhere', () => {
    const on = (name: string, handler: string) =>
      runtimeClass(name, handler, { scheduling: { nodeSelector: { sandbox: name } } });
    const apart = viewOf(on('gvisor', 'runsc'), on('kata-qemu', 'kata-qemu'));
    const given = { runtimeClassName: 'gvisor', nodeSelector: { sandbox: 'gvisor' } };
    expect(judged(createOf(risky('critical', given)), apart)).toMatchObject({
      outcome: 'explicit-not-enough',
      suggestion: 'kata-qemu',
    });
  });

  it('without a node that can run it is still enough: the Pod waits', () => {
    const busy = viewOf(gvisor, node('n', ['runc']));
    const decision = judged(createOf(risky('high', { runtimeClassName: 'gvisor' })), busy);
    expect([decision.outcome, decision.placement[0]?.objections]).toEqual([
      'explicit-enough',
      [{ code: 'no-node' }],
    ]);
  });
});

describe('placement', () => {
  it('blames no class that says by name and handler that it shares the host kernel', () => {
    const view = viewOf(runtimeClass('plain', 'runc'), runtimeClass('gvisor-gpu', 'nvidia-gvisor'));
    const { verdict, unvouched } = judged(createOf(risky('high')), view);
    expect([verdict, unvouched?.map(one => one.runtimeClass)]).toEqual(['reject', ['gvisor-gpu']]);
  });

  it('blames no class that may be too weak where one that is not is in question', () => {
    const blamed = (...objects: object[]) => {
      const view = viewOf(kata, runtimeClass('acme', 'acme'));
      const { outcome, unvouched } = judged(createOf(pod({ hostPID: true })), view, objects);
      return [outcome, unvouched?.map(one => one.runtimeClass)];
    };
    expect(blamed()).toEqual(['nothing-contains', undefined]);
    const spec = { sandboxes: [{ runtimeClass: 'acme' }] };
    const own = {
      ...policy('own', spec),
      kind: 'SandboxPolicy',
      metadata: { name: 'own', namespace: 'shop' },
    };
    expect(blamed(own)).toEqual(['nothing-contains', ['acme']]);
  });

  it.each<[string, object[], string[] | undefined]>([
    ['that a list names', [{ runtimeClass: 'gvisor' }, { runtimeClass: 'acme' }], ['acme']],
    ['that a list may mean by its isolation', [{ isolation: 'vm' }], ['acme']],
    ['that no list has room for', [{ runtimeClass: 'gvisor' }], undefined],
  ])('blames a class whose handler nobody knows where it is one %s', (_, sandboxes, blamed) => {
    const view = viewOf(runtimeClass('acme', 'acme'));
    const { verdict, unvouched } = judged(createOf(risky('high')), view, [policy('only', { sandboxes })]);
    expect([verdict, unvouched?.map(one => one.runtimeClass)]).toEqual(['reject', blamed]);
  });

  it.each([
    ['app-kernel', 'gvisor'],
    ['vm', 'kata-qemu'],
  ])('without a cluster, a policy that asks for %s is given the likeliest class of it', (isolation, name) => {
    const only = policy('only', { minimumIsolation: 'app-kernel', sandboxes: [{ isolation }] });
    expect(judged(createOf(pod({})), builtinView(), [only]).runtimeClass).toBe(name);
  });

  it('with one, is given the class of it that takes least, whatever is likely elsewhere', () => {
    const light = runtimeClass('light', 'kata-clh', { overhead: { podFixed: { memory: '130Mi' } } });
    const only = policy('only', { minimumIsolation: 'app-kernel', sandboxes: [{ isolation: 'vm' }] });
    expect(judged(createOf(pod({})), viewOf(kata, light), [only]).runtimeClass).toBe('light');
  });

  const placed = (view: ReturnType<typeof viewOf>, subject = risky('high'), objects: object[] = []) => {
    const { verdict, outcome, runtimeClass, placement } = judged(createOf(subject), view, objects);
    return {
      verdict,
      outcome,
      runtimeClass,
      codes: placement.map(step => step.objections.map(({ code }) => code)),
    };
  };

  it('orders classes by isolation, memory, processor time, name', () => {
    const vm = (name: string, podFixed: object) =>
      runtimeClass(name, 'kata-qemu', { overhead: { podFixed } });
    const view = viewOf(
      vm('a', { memory: '320Mi' }),
      vm('b', { memory: '130Mi', cpu: '250m' }),
      vm('d', { memory: '130Mi', cpu: '100m' }),
      vm('c', { memory: '130Mi', cpu: '150m' }),
      ...['y', 'x', 'z'].map(name => runtimeClass(name, 'runsc')),
      runtimeClass('plain', 'runc'),
    );
    const names = judged(createOf(risky('high')), view).placement.map(step => step.runtimeClass);
    expect(names).toEqual(['x', 'y', 'z', 'd', 'c', 'b', 'a']);
  });

  it('passes over a class that no node can run now', () => {
    expect(placed(viewOf(gvisor, kata, node('n', ['runc', 'kata-qemu'])))).toEqual({
      verdict: 'sandbox',
      outcome: 'injected',
      runtimeClass: 'kata-qemu',
      codes: [['no-node'], []],
    });
  });

  it('injects the first that fits when no node can run any: the Pod waits, it never falls to the host kernel', () => {
    expect(placed(viewOf(gvisor, kata, node('n', ['runc'])))).toMatchObject({
      outcome: 'injected',
      runtimeClass: 'gvisor',
    });
  });

  it('rejects instead where a policy says whenUnavailable: Reject', () => {
    const reject = policy('no-waiting', { whenUnavailable: 'Reject' });
    expect(placed(viewOf(gvisor, node('n', ['runc'])), risky('high'), [reject])).toMatchObject({
      verdict: 'reject',
      outcome: 'unavailable',
    });
  });

  it('rejects where the cluster has no sandbox at all', () => {
    expect(placed(viewOf(runtimeClass('runc', 'runc')))).toEqual({
      verdict: 'reject',
      outcome: 'nothing-contains',
      runtimeClass: undefined,
      codes: [],
    });
  });

  it('never puts a Linux Pod into a class for Windows, nor asks for one: such a class is no sandbox that is strong enough', () => {
    const hyperv = runtimeClass('hyperv', 'runhcs-wcow-hypervisor');
    const request = createOf(risky('critical'));
    expect(judged(request, viewOf(hyperv, kata))).toMatchObject({
      runtimeClass: 'kata-qemu',
      placement: [{ runtimeClass: 'hyperv', objections: [{ code: 'other-os' }] }, { chosen: true }],
    });
    const only = judged(request, viewOf(hyperv, runtimeClass('acme', 'acme')));
    expect(only).toMatchObject({
      outcome: 'nothing-contains',
      unvouched: [{ runtimeClass: 'acme', handler: 'acme', isUnknown: true }],
    });
    const windows = risky('critical', { os: { name: 'windows' } });
    expect(judged(createOf(windows), viewOf(hyperv, kata)).runtimeClass).toBe('hyperv');
  });

  it("takes a policy's order, and says what is missing", () => {
    const order = policy('z-order', {
      minimumIsolation: 'vm',
      sandboxes: [{ runtimeClass: 'gone' }, { isolation: 'vm' }],
    });
    expect(placed(viewOf(gvisor, kata), pod(), [order])).toEqual({
      verdict: 'sandbox',
      outcome: 'injected',
      runtimeClass: 'kata-qemu',
      codes: [['missing'], []],
    });
    // Nothing else is said of a class that is not there: neither what it cannot do, nor that a node could run it.
    expect(judged(createOf(pod()), viewOf(gvisor, kata), [order]).placement[0]).toEqual({
      ...{ runtimeClass: 'gone', handler: '', profile: 'host', isolation: 'host-kernel' },
      ...{ objections: [{ code: 'missing' }], degraded: [], notServed: [], available: false, chosen: false },
    });
  });

  it("lets another policy's list filter", () => {
    const only = policy('a-only-kata', { sandboxes: [{ runtimeClass: 'kata-qemu' }] });
    expect(
      placed(viewOf(gvisor, kata), risky('high'), [
        policy('floor', { minimumIsolation: 'app-kernel' }),
        only,
      ]),
    ).toMatchObject({ runtimeClass: 'kata-qemu' });
    const namespaced = { ...only, kind: 'SandboxPolicy', metadata: { name: 'own', namespace: 'shop' } };
    const isolating = { ...namespaced, spec: { sandboxes: [{ isolation: 'vm' }] } };
    for (const list of [namespaced, isolating])
      expect(placed(viewOf(gvisor, kata), risky('high'), [list])).toMatchObject({
        runtimeClass: 'kata-qemu',
        codes: [['not-listed'], []],
      });
  });

  it("finds a class unsupported whose scheduling contradicts the Pod's nodeSelector", () => {
    const view = viewOf(
      runtimeClass('gvisor', 'runsc', { scheduling: { nodeSelector: { pool: 'sandbox' } } }),
      kata,
    );
    expect(placed(view, risky('high', { nodeSelector: { pool: 'plain' } }))).toMatchObject({
      runtimeClass: 'kata-qemu',
      codes: [['unsupported'], []],
    });
  });

  it.each<[string, boolean | undefined, string]>([
    ['a node reports user namespaces', true, 'gvisor'],
    ['no node reports them', false, 'reject'],
  ])('of hostUsers: false, where %s', (_, userNamespaces, expected) => {
    const view = viewOf(
      gvisor,
      node('n', ['runsc'], { features: { userNamespaces: userNamespaces === true } }),
    );
    const { verdict, runtimeClass: name } = placed(view, risky('high', { hostUsers: false }));
    expect(name ?? verdict).toBe(expected);
  });

  it('counts only nodes with the feature as able', () => {
    const view = viewOf(
      gvisor,
      node('old', ['runsc'], { features: { userNamespaces: false } }),
      node('new', ['runsc'], { features: { userNamespaces: true }, ready: false }),
    );
    expect(placed(view, risky('high', { hostUsers: false }))).toMatchObject({
      runtimeClass: 'gvisor',
      codes: [['no-node']],
    });
  });

  it('accepts a degradation that the governing policy accepts', () => {
    const unset = risky('high');
    const degraded = (objects: object[]) =>
      judged(createOf(unset), viewOf(gvisor), objects).placement[0]?.degraded;
    expect(degraded([])).toContain('unsetLimits');
    expect(
      degraded([policy('accepting', { minimumIsolation: 'vm', acceptDegraded: ['unsetLimits'] })]),
    ).not.toContain('unsetLimits');
  });
});

describe('an exemption', () => {
  it('is told of where it waives something, and not where it only could', () => {
    const told = (subject: Pod, ...objects: object[]) =>
      judged(createOf(subject), builtinView(), objects).exemptions.map(({ name }) => name);
    const waiver = exemption(['hostPID']);
    expect(told(pod({ hostPID: true }), waiver)).toEqual(['monitoring']);
    expect([told(pod({ hostIPC: true }), waiver), told(pod())]).toEqual([[], []]);
  });

  it('leaves an exempt hostNetwork Pod on the host kernel', () => {
    const decision = judged(createOf(pod({ hostNetwork: true })), builtinView(), [
      exemption(['hostNetwork']),
    ]);
    expect([decision.outcome, decision.isolation]).toEqual(['nothing-required', 'host-kernel']);
    expect(decision.exemptions).toEqual([
      {
        name: 'monitoring',
        owner: 'ops',
        reason: 'node metrics',
        expires: Date.parse('2027-01-01T00:00:00Z'),
        signals: ['hostNetwork'],
      },
    ]);
  });

  it('does not put a privileged Pod quietly into a VM without a network', () => {
    const both = pod({ hostNetwork: true, containers: [{ ...app, securityContext: { privileged: true } }] });
    expect(judged(createOf(both), builtinView(), [exemption(['hostNetwork'])]).outcome).toBe(
      'nothing-contains',
    );
  });

  it('lets a waived hostPath into a sandbox that another signal asks for', () => {
    const both = risky('high', { volumes: [{ name: 'v', hostPath: { path: '/srv' } }] });
    expect(judged(createOf(both), builtinView(), [exemption(['hostPath'])]).runtimeClass).toBe('gvisor');
  });

  it('is over at the instant that it expires, and not before', () => {
    const exempt = exemption(['hostNetwork'], { expires: '2026-11-24T00:00:00Z' });
    const verdictAt = (now: number) =>
      decide(createOf(pod({ hostNetwork: true })), snapshotOf([exempt]), builtinView(), now).verdict;
    expect([verdictAt(NOW - 1), verdictAt(NOW)]).toEqual(['admit', 'reject']);
  });

  it('bypass 7: counts in its own namespace alone', () => {
    const elsewhere = createOf(pod({ hostNetwork: true }), {
      namespaceName: 'other',
      namespace: namespaceOf({}, 'other'),
    });
    expect(judged(elsewhere, builtinView(), [exemption(['hostNetwork'])]).verdict).toBe('reject');
  });
});

describe('an update', () => {
  const privileged = { name: 'debug', image: 'busybox', securityContext: { privileged: true } };
  const debugged = (spec: object = {}): Pod => pod({ ephemeralContainers: [privileged], ...spec });

  it('bypass 1: a privileged ephemeral container is refused on the host kernel', () => {
    const decision = judged(updateOf(pod(), debugged(), { subresource: 'ephemeralcontainers' }));
    expect([decision.verdict, decision.outcome]).toEqual(['reject', 'added-not-contained']);
    expect(decision.added).toContainEqual({
      signal: 'privileged',
      path: 'spec.ephemeralContainers[0].securityContext.privileged',
      value: true,
      container: 'debug',
    });
  });

  it('is fine where the class of the Pod contains what is added', () => {
    const runtimeClassName = 'kata-qemu';
    expect(judged(updateOf(pod({ runtimeClassName }), debugged({ runtimeClassName }))).outcome).toBe(
      'added-contained',
    );
  });

  it('is refused where the class of the Pod is too weak, or gone', () => {
    for (const runtimeClassName of ['gvisor', 'gone']) {
      expect(judged(updateOf(pod({ runtimeClassName }), debugged({ runtimeClassName }))).outcome).toBe(
        'added-not-contained',
      );
    }
  });

  it('bypass 3: an unknown subresource is judged, not skipped', () => {
    expect(judged(updateOf(pod(), debugged(), { subresource: 'telepathy' })).verdict).toBe('reject');
  });

  it('cannot get by steps where one Pod could not: what it lifts the whole to is required', () => {
    const runtimeClassName = 'gvisor';
    const admin = { ...app, securityContext: { capabilities: { add: ['SYS_ADMIN'] } } };
    const raw = { name: 'e', image: 'busybox', securityContext: { capabilities: { add: ['NET_RAW'] } } };
    const old = pod({ runtimeClassName, containers: [admin] });
    const both = pod({ runtimeClassName, containers: [admin], ephemeralContainers: [raw] });
    expect(
      judged(updateOf(pod({ runtimeClassName }), pod({ runtimeClassName, ephemeralContainers: [raw] })))
        .verdict,
    ).toBe('admit');
    expect(judged(updateOf(old, both))).toMatchObject({ outcome: 'added-not-contained', required: 'vm' });
    expect(judged(createOf(both)).verdict).toBe('reject');
  });

  it('cannot get by a label, or a floor, where one Pod could not: neither counts as what was there before', () => {
    const inGvisor = { runtimeClassName: 'gvisor' };
    const debug = (name: string, capability: string) => ({
      ...{ name, image: 'busybox' },
      securityContext: { capabilities: { add: [capability] } },
    });
    const [first, second] = [debug('a', 'SYS_ADMIN'), debug('b', 'NET_ADMIN')];
    for (const risk of ['low', 'medium', 'high', 'critical']) {
      const old = risky(risk, { ...inGvisor, ephemeralContainers: [first] });
      const both = risky(risk, { ...inGvisor, ephemeralContainers: [first, second] });
      expect(judged(updateOf(old, both))).toMatchObject({ outcome: 'added-not-contained', required: 'vm' });
      expect(judged(updateOf(old, risky('low', { ...old.spec }))).verdict).toBe('admit');
    }
    const floor = namespaceOf({ 'cofferdam.dev/minimum-isolation': 'vm' });
    const old = pod({ ...inGvisor, ephemeralContainers: [first] });
    const both = pod({ ...inGvisor, ephemeralContainers: [first, second] });
    expect(judged(updateOf(old, both, { namespace: floor })).verdict).toBe('reject');
    expect(judged(updateOf(old, old, { namespace: floor })).verdict).toBe('admit');
  });

  it('by which a rule comes to match is judged as the whole Pod, by its stored labels', () => {
    const expression = "object.spec.containers.exists(c, c.image.startsWith('evil.example/'))";
    const rule = { name: 'evil', expression, weight: 40 };
    const labelled = { name: 'labelled', expression: "'evil' in object.metadata.labels", weight: 40 };
    const rules = policy('rules', { scoring: { rules: [rule, labelled] } });
    const run = (image: string, metadata: object = { labels: {} }) =>
      pod({ containers: [{ name: 'a', image }] }, metadata);
    const change = (old: Pod, to: Pod) => judged(updateOf(old, to), builtinView(), [rules]);
    expect(change(run('good.example/a'), run('evil.example/a'))).toMatchObject({
      outcome: 'added-not-contained',
      required: 'app-kernel',
    });
    expect(change(run('evil.example/a'), run('evil.example/b')).verdict).toBe('admit');
    const evil = { labels: { evil: 'yes' } };
    expect(change(run('good.example/a'), run('good.example/a', evil)).verdict).toBe('admit');
  });

  it('of the label that an exemption selects by, or that marks a mesh, is drift too', () => {
    const labelled = exemption(['hostNetwork'], {
      match: { namespaces: ['shop'], podSelector: { matchLabels: { team: 'a' } } },
    });
    const old = pod({ hostNetwork: true }, { labels: { team: 'a' } });
    expect(judged(updateOf(old, pod({ hostNetwork: true })), builtinView(), [labelled]).verdict).toBe(
      'admit',
    );
    expect(
      judged(
        updateOf(
          pod({ hostPID: true }),
          pod({ hostPID: true, hostNetwork: true }, { labels: { team: 'a' } }),
        ),
        builtinView(),
        [labelled],
      ).verdict,
    ).toBe('reject');
    const inGvisor = { runtimeClassName: 'gvisor' };
    const ambient = { 'istio.io/dataplane-mode': 'ambient' };
    expect(judged(updateOf(pod(inGvisor), pod(inGvisor, { labels: ambient }))).verdict).toBe('admit');
    expect(
      judged(
        updateOf(
          pod(inGvisor),
          pod(inGvisor, { annotations: { 'ambient.istio.io/redirection': 'enabled' } }),
        ),
      ).verdict,
    ).toBe('admit');
  });

  it('is fine where no node can run the class of the Pod now', () => {
    const runtimeClassName = 'gvisor';
    const admin = { name: 'e', image: 'b', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } };
    const full = viewOf(gvisor, node('n', ['runc']));
    const update = updateOf(
      pod({ runtimeClassName }),
      pod({ runtimeClassName, ephemeralContainers: [admin] }),
    );
    expect(judged(update, full)).toMatchObject({ verdict: 'admit', outcome: 'added-contained' });
  });

  it('is refused where the class of the Pod is strong enough and does not contain what is added', () => {
    const runtimeClassName = 'kata-qemu';
    const volumes = [{ name: 'v', hostPath: { path: '/srv' } }];
    const decision = judged(updateOf(pod({ runtimeClassName }), pod({ runtimeClassName, volumes })));
    expect([decision.outcome, decision.required]).toEqual(['added-not-contained', 'app-kernel']);
  });

  it('by which a rule comes to match is judged so, also where the rule is called what a signal is', () => {
    const expression = "object.spec.containers.exists(c, c.image.startsWith('evil.example/'))";
    const rules = policy('rules', {
      scoring: { rules: [{ name: 'privileged', expression, weight: 100 }] },
      tiers: [{ atLeast: 100, isolation: 'confidential-vm' }],
    });
    const run = (image: string) =>
      pod({
        runtimeClassName: 'gvisor',
        containers: [{ name: 'a', image, securityContext: { privileged: true } }],
      });
    const change = judged(updateOf(run('good.example/a'), run('evil.example/a')), builtinView(), [rules]);
    expect([change.verdict, change.required]).toEqual(['reject', 'confidential-vm']);
  });

  it('that adds only what an exemption waives adds nothing', () => {
    const exempt = exemption(['hostNetwork', 'hostIPC']);
    const change = (to: object) => judged(updateOf(pod(), pod(to)), builtinView(), [exempt]);
    expect(change({ hostNetwork: true })).toMatchObject({ verdict: 'admit', outcome: 'nothing-added' });
    expect(change({ hostNetwork: true }).added).toHaveLength(1);
    const inGvisor = { runtimeClassName: 'gvisor' };
    const both = {
      ...inGvisor,
      containers: [{ ...app, securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }],
    };
    expect(judged(updateOf(pod(inGvisor), pod(both)), builtinView(), [exempt]).outcome).toBe(
      'added-contained',
    );
  });

  it('of a stored Pod without metadata is judged like any other', () => {
    const bare = { spec: { containers: [app] } } as unknown as Pod;
    expect(judged(updateOf(bare, pod())).outcome).toBe('nothing-added');
  });

  it('of labels is drift, never denied', () => {
    expect(judged(updateOf(pod(), risky('critical'))).outcome).toBe('nothing-added');
  });

  it('of a Pod that would be rejected today is fine, as long as it adds nothing', () => {
    const old = pod({ hostPID: true });
    expect(judged(updateOf(old, pod({ hostPID: true }, { finalizers: [] }))).outcome).toBe('nothing-added');
  });

  it('is judged when an image leaves its exemption', () => {
    const exempt = exemption(['privileged'], {
      match: { namespaces: ['shop'], images: ['ghcr.io/acme/agent'] },
    });
    const run = (image: string) =>
      pod({ containers: [{ name: 'a', image, securityContext: { privileged: true } }] });
    const change = (from: string, to: string) =>
      judged(updateOf(run(from), run(to)), builtinView(), [exempt]).verdict;
    expect(change('ghcr.io/acme/agent:1', 'ghcr.io/acme/agent:2')).toBe('admit');
    expect(change('ghcr.io/acme/agent:1', 'ghcr.io/evil/agent:2')).toBe('reject');
    expect(change('ghcr.io/evil/agent:1', 'ghcr.io/evil/agent:2')).toBe('admit');
  });
});

describe('a creation', () => {
  it('that nobody has asked for yet is decided as it would be, and as that of a node only where one asks', () => {
    const ground = { snapshot: snapshotOf(), view: builtinView() };
    const creation = (one: Pod, groups?: readonly string[]): Decision =>
      decideCreation({ pod: one, namespace: 'shop' }, ground, NOW, groups);
    expect(creation(risky('high'))).toEqual(judged(createOf(risky('high'))));
    const mirror = pod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    expect([creation(mirror).outcome, creation(mirror, ['system:nodes']).outcome]).toEqual([
      'nothing-required',
      'mirror',
    ]);
  });

  const gone = { deletionTimestamp: '2026-11-24T00:00:00Z' };

  it('takes nothing from an old Pod: no label, no finding, no deletion', () => {
    const oldPod = pod({ hostPID: true }, { ...gone, labels: {} });
    const subject = pod({ hostPID: true }, { labels: { 'cofferdam.dev/risk': 'critical' } });
    const request = createOf(subject, { oldPod });
    expect(judged(request)).toEqual(judged(createOf(subject)));
    expect(judged(request).verdict).toBe('reject');
  });

  it('of a Pod without metadata is judged like any other', () => {
    const bare = { spec: { containers: [app], hostPID: true } } as unknown as Pod;
    const byNode = { userInfo: { username: 'system:node:a', groups: ['system:nodes'] } };
    expect(judged(createOf(bare, byNode)).verdict).toBe('reject');
  });

  it('of a Pod that says itself that it is being deleted is judged', () => {
    expect(judged(createOf(pod({ hostPID: true }, gone))).verdict).toBe('reject');
  });
});

describe('what is not judged', () => {
  const mirror = pod({ hostNetwork: true }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });

  it("a node's mirror Pod", () => {
    const userInfo = { username: 'system:node:n', groups: ['system:nodes'] };
    expect(judged(createOf(mirror, { userInfo }))).toMatchObject({
      verdict: 'admit',
      outcome: 'mirror',
      required: 'app-kernel',
    });
  });

  it('bypass 16: but an ordinary user with the annotation is', () => {
    expect(judged(createOf(mirror)).verdict).toBe('reject');
  });

  it('DELETE and CONNECT', () => {
    expect(judged(createOf(pod({ hostPID: true }), { operation: 'DELETE' })).outcome).toBe('not-judged');
  });
});

describe('where no cluster policy without a podSelector matches', () => {
  const loose = policy('loose', { match: { podSelector: { matchLabels: { team: 'a' } } }, tiers: [] });

  it('balanced judges too, though it is turned off', () => {
    for (const objects of [[], [loose]]) {
      const decision = decide(
        createOf(risky('high', {})),
        snapshotOf(objects, { balanced: false }),
        builtinView(),
        NOW,
      );
      expect(decision.governing.policy).toBe('balanced');
    }
  });

  it('also where the Pod has stepped into a lax one by its own label, or a namespaced one matches', () => {
    const labels = { team: 'a', 'cofferdam.dev/risk': 'high' };
    const own = { ...policy('own', { tiers: [] }), kind: 'SandboxPolicy' };
    const namespaced = { ...own, metadata: { name: 'own', namespace: 'shop' } };
    const snapshot = snapshotOf([loose, namespaced], { balanced: false });
    const { verdict, governing, others } = decide(
      createOf(pod({}, { labels })),
      snapshot,
      builtinView(),
      NOW,
    );
    expect([verdict, governing.policy]).toEqual(['sandbox', 'balanced']);
    expect(others.map(one => one.policy)).toEqual(['loose', 'shop/own']);
  });

  it('and it does not where one matches', () => {
    const own = policy('own', { tiers: [] });
    const decision = decide(
      createOf(risky('high')),
      snapshotOf([own], { balanced: false }),
      builtinView(),
      NOW,
    );
    expect([decision.governing.policy, decision.verdict]).toEqual(['own', 'admit']);
  });
});

describe('a Pod with more than the bounds let it have', () => {
  const over = filledTo('annotations', 251);
  const excess = [{ bound: 'annotations', what: 'annotations', count: 251, most: 250 }];
  const more = (bound: string, count: number): Pod => filledTo(bound, count);

  it('is rejected, though nothing else speaks against it', () => {
    expect(judged(createOf(over))).toMatchObject({
      ...{ verdict: 'reject', outcome: 'out-of-bounds', excess, required: 'host-kernel' },
    });
    expect(judged(createOf(filledTo('annotations', 250)))).toMatchObject({ verdict: 'admit' });
  });

  it('is rejected in the strongest class, too, and whatever is exempt', () => {
    const exempt = exemption(
      SIGNALS.filter(({ category }) => category !== 'requirement').map(({ id }) => id),
    );
    const strong = { ...over, spec: { ...over.spec, runtimeClassName: 'kata-qemu' } } as Pod;
    expect(judged(createOf(strong), builtinView(), [exempt])).toMatchObject({ outcome: 'out-of-bounds' });
  });

  it('is not looked at any further: no findings, no rules, no score', () => {
    const container = { name: 'a', image: 'b', securityContext: { privileged: true } };
    const grave = { ...over, spec: { containers: [container], hostPID: true } } as unknown as Pod;
    const unread = { findings: [], exemptions: [], placement: [], required: 'host-kernel' };
    const assessment = { score: 0, contributions: [], floors: [] };
    expect(judged(createOf(grave))).toMatchObject({ ...unread, governing: assessment });
    expect(judged(createOf(grave))).not.toHaveProperty('added');
    expect(
      judged(updateOf(createOf(grave).pod, { ...grave, ...filledTo('annotations', 252) })),
    ).toMatchObject({
      ...{ ...unread, outcome: 'out-of-bounds', added: [] },
    });
  });

  it('is looked at for exposures and breakouts alone once it is stored', () => {
    const container = { name: 'a', image: 'b', securityContext: { privileged: true } };
    const debugged = { ...over, spec: { ...over.spec, ephemeralContainers: [container] } } as unknown as Pod;
    const decision = judged(updateOf(over, debugged));
    expect(decision).toMatchObject({ verdict: 'reject', outcome: 'added-not-contained', required: 'vm' });
    expect(decision.findings.map(({ signal }) => signal)).toEqual(['privileged']);
  });

  it('is never wedged once it is stored: nothing that does not grow is refused', () => {
    const labelled = { ...over, metadata: { ...over.metadata, labels: { a: 'b' } } } as Pod;
    const fewer = filledTo('annotations', 252);
    expect(judged(updateOf(over, labelled))).toMatchObject({ verdict: 'admit', outcome: 'nothing-added' });
    expect(judged(updateOf(fewer, over)).verdict).toBe('admit');
    expect(judged(updateOf(over, fewer))).toMatchObject({ verdict: 'reject', outcome: 'out-of-bounds' });
  });

  it('is rejected in a namespace that cannot be looked up, too', () => {
    expect(judged(createOf(over, { namespace: undefined })).outcome).toBe('out-of-bounds');
  });

  it('is rejected as new where an update comes without the stored Pod', () => {
    expect(judged(updateOf(undefined, over))).toMatchObject({ verdict: 'reject', outcome: 'out-of-bounds' });
  });

  it('passes while it is being deleted, and as the mirror of a static Pod', () => {
    const deleting = { ...over, metadata: { ...over.metadata, deletionTimestamp: '2026-11-24T00:00:00Z' } };
    expect(judged(updateOf(deleting as Pod, more('annotations', 600))).outcome).toBe('deleting');
    const annotations = { ...over.metadata?.annotations, 'kubernetes.io/config.mirror': 'x' };
    const mirror = { ...over, metadata: { ...over.metadata, annotations } } as Pod;
    const userInfo = { username: 'system:node:a', groups: ['system:nodes'] };
    // The container sets no limits, which counts in a small Pod; in one that is so large nobody looks for that.
    const small = { ...mirror, metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } } as Pod;
    const found = (subject: Pod) => {
      const { outcome, findings } = judged(createOf(subject, { userInfo }));
      return [outcome, findings.some(({ signal }) => signal === 'unsetLimits')];
    };
    expect([found(mirror), found(small)]).toEqual([
      ['mirror', false],
      ['mirror', true],
    ]);
  });

  it('is told of everything that is too much', () => {
    const both = { ...over, spec: more('volumes', 501).spec } as Pod;
    expect(judged(createOf(both)).excess?.map(({ bound }) => bound)).toEqual(['annotations', 'volumes']);
  });
});
