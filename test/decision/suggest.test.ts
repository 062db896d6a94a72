import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { decideCreation, type Ground } from '../../src/decision/ground.ts';
import type { Runs } from '../../src/decision/runs.ts';
import { suggestExemptions } from '../../src/decision/suggest.ts';
import type { Pod } from '../../src/pod/kube.ts';
import type { SandboxExemption } from '../../src/policy/types.gen.ts';
import { arbitraryCluster } from '../arbitraries/clusters.ts';
import { rawExemptions, rawPolicies, richPod } from '../arbitraries/rich-pods.ts';
import { viewOf } from '../support/cluster.ts';
import { runtimeClass } from '../support/objects.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const OPTIONS = { now: NOW, days: 30 };
const runs = (pod: Pod, name: string, namespace = 'shop'): Runs => {
  const serviceAccount = pod.spec?.serviceAccountName || pod.spec?.serviceAccount;
  return {
    pod,
    namespace,
    isWritten: false,
    groups: [],
    subject: { kind: 'Deployment', name, namespace, ...(serviceAccount && { serviceAccount }) },
  };
};
const podOf = (spec: object, image = 'example.com/app:1') =>
  ({
    metadata: { name: 'p', labels: {} },
    spec: { containers: [{ name: 'a', image }], automountServiceAccountToken: false, ...spec },
  }) as unknown as Pod;
const hostPath = (...paths: readonly string[]) => ({
  volumes: paths.map((path, i) => ({ name: `v${i}`, hostPath: { path } })),
});

const APP = { name: 'a', image: 'example.com/app:1' };
const SIDECAR = { name: 's', image: 'example.com/s:1', securityContext: { privileged: true } };
const container = (securityContext: object) => ({ containers: [{ ...APP, securityContext }] });

const VIEW = viewOf(runtimeClass('gvisor', 'runsc'), runtimeClass('kata-qemu', 'kata-qemu'));
const GROUND: Ground = { snapshot: snapshotOf(), view: VIEW };
const suggested = (all: readonly Runs[], ground = GROUND) =>
  suggestExemptions(all, ground, OPTIONS).exemptions.map(({ exemption, runs: of }) => ({
    name: exemption.metadata.name,
    match: exemption.spec.match,
    waive: exemption.spec.waive,
    for: of.map(({ subject }) => subject.name),
  }));

describe('exemptions that are suggested', () => {
  it('are none where nothing would be rejected', () => {
    expect(suggested([runs(podOf({}), 'a'), runs(podOf({ runtimeClassName: 'gvisor' }), 'b')])).toEqual([]);
  });

  it('are one for all Pods of an image in a namespace, of the signals that they need alone', () => {
    const all = [
      runs(podOf({ hostPID: true, ...hostPath('/srv/a') }), 'one'),
      runs(podOf(hostPath('/srv/b')), 'two'),
      runs(podOf({ hostPID: true }), 'three'),
    ];
    expect(suggested(all)).toEqual([
      {
        name: 'shop-one',
        match: { namespaces: ['shop'], images: ['example.com/app'] },
        waive: [{ signal: 'hostPID' }, { signal: 'hostPath', values: ['/srv/a', '/srv/b'] }],
        for: ['one', 'two', 'three'],
      },
    ]);
  });

  it('let in what would be rejected without them, and leave all else as it was', () => {
    const all = [runs(podOf({ hostPID: true }), 'a'), runs(podOf({}), 'b'), runs(podOf({}), 'c', 'bank')];
    const { decisions } = suggestExemptions(all, GROUND, OPTIONS);
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['admit', 'admit', 'admit']);
    expect(decisions.map(({ exemptions }) => exemptions.map(({ name }) => name))).toEqual([
      ['shop-a'],
      [],
      [],
    ]);
  });

  it('name those alone that they let in', () => {
    const capable = container({ capabilities: { add: ['NET_ADMIN'] } });
    const all = [
      runs(podOf({ hostPID: true }), 'let-in'),
      runs(podOf({ hostPID: true, runtimeClassName: 'kata-qemu' }), 'rejected-all-the-same'),
      runs(podOf({ ...capable, ...hostPath('/var/run/docker.sock') }), 'let-in-too'),
      runs(podOf(capable), 'admitted-anyway'),
    ];
    expect(suggested(all)).toMatchObject([{ for: ['let-in', 'let-in-too'] }]);
  });

  it('are told by the name that they have, to those, too, that ask for another part of one', () => {
    const all = [runs(podOf({ hostPID: true }), 'a'), runs(podOf({ hostIPC: true }), 'b')];
    const { decisions } = suggestExemptions(all, GROUND, OPTIONS);
    expect(decisions.map(({ exemptions }) => exemptions.map(({ name }) => name))).toEqual([
      ['shop-a'],
      ['shop-a'],
    ]);
  });

  it('leave out what one of more images waives, too', () => {
    const socket = hostPath('/var/run/docker.sock');
    const all = [runs(podOf(socket), 'one'), runs(podOf({ containers: [APP, SIDECAR], ...socket }), 'two')];
    expect(suggested(all)).toEqual([
      {
        name: 'shop-two',
        match: { namespaces: ['shop'], images: ['example.com/app', 'example.com/s'] },
        waive: [{ signal: 'hostPathSocket', values: ['/var/run/docker.sock'] }, { signal: 'privileged' }],
        for: ['one', 'two'],
      },
    ]);
  });

  it('of some images leave to others what these waive, and let in by several what needs them', () => {
    const all = [
      runs(podOf({ containers: [SIDECAR], hostPID: true }), 'one'),
      runs(podOf({ containers: [APP, SIDECAR], hostPID: true }), 'two'),
    ];
    const { exemptions, decisions } = suggestExemptions(all, GROUND, OPTIONS);
    expect(exemptions.map(({ exemption: { spec } }) => [spec.match.images, spec.waive])).toEqual([
      [['example.com/s'], [{ signal: 'privileged' }]],
      [['example.com/app', 'example.com/s'], [{ signal: 'hostPID' }]],
    ]);
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['admit', 'admit']);
  });

  it.each<[what: string, of: string, all: readonly Runs[], match: object]>([
    [
      'for any service account, those of one',
      'b',
      [runs(podOf({ hostPID: true, serviceAccountName: 'agent' }), 'a'), runs(podOf({ hostPID: true }), 'b')],
      { images: ['example.com/app'] },
    ],
    [
      'of an image, its other names',
      'a',
      [
        runs(podOf({ hostPID: true }, 'nginx:1'), 'a'),
        runs(podOf({ hostPID: true }, 'docker.io/library/nginx:2'), 'b'),
      ],
      { images: ['nginx'] },
    ],
    [
      'of all images, as one cannot be named, those of some',
      'b',
      [runs(podOf({ hostPID: true }), 'a'), runs(podOf({ hostPID: true }, 'no image'), 'b')],
      {},
    ],
  ])('have in one, %s', (_, name, all, match) => {
    expect(suggested(all)).toMatchObject([
      { name: `shop-${name}`, match: { namespaces: ['shop'], ...match }, for: ['a', 'b'] },
    ]);
  });

  it('of one image let in nothing of the whole Pod that has others, too', () => {
    const all = [
      runs(podOf({ hostPID: true }), 'one'),
      runs(podOf({ hostPID: true, containers: [APP, { name: 'b', image: 'example.com/b:1' }] }), 'two'),
      // The image that is the rarest is that of both.
      ...['three', 'four'].map(name => runs(podOf({}, 'example.com/b:1'), name)),
    ];
    expect(suggested(all)).toMatchObject([
      { name: 'shop-two', match: { images: ['example.com/app', 'example.com/b'] }, for: ['one', 'two'] },
    ]);
  });

  it('leave out what would do, where what others need does already', () => {
    const of = (security: object, more: object = {}) => podOf({ ...container(security), ...more });
    const unconfined = { seccompProfile: { type: 'Unconfined' } };
    const all = [
      runs(of({ ...unconfined, privileged: true }, { hostIPC: true }), 'one'),
      // Enough that either of two is waived: of the two, its own draft would waive the other.
      runs(of({ ...unconfined, procMount: 'Unmasked', capabilities: { add: ['NET_ADMIN'] } }), 'two'),
    ];
    const ground = { snapshot: snapshotOf(), view: viewOf(runtimeClass('gvisor', 'runsc')) };
    expect(suggested([all[1] as Runs], ground)).toMatchObject([
      { waive: [{ signal: 'capabilityNetAdmin' }] },
    ]);
    expect(suggested(all, ground)).toMatchObject([
      {
        waive: [{ signal: 'privileged' }, { signal: 'hostIPC' }, { signal: 'seccompUnconfined' }],
        for: ['one', 'two'],
      },
    ]);
    const { decisions } = suggestExemptions(all, ground, OPTIONS);
    const waived = decisions[1]?.findings.filter(({ waivedBy }) => waivedBy !== undefined);
    expect(waived?.map(({ signal }) => signal)).toEqual(['seccompUnconfined']);
  });

  it('are apart for what is apart: namespaces, service accounts and images', () => {
    const all = [
      runs(podOf({ hostPID: true }), 'a'),
      runs(podOf({ hostPID: true }), 'a', 'bank'),
      runs(podOf({ hostPID: true }, 'example.com/other:2'), 'b'),
      runs(podOf({ hostPID: true, serviceAccountName: 'agent' }, 'example.com/agent:1'), 'c'),
    ];
    expect(suggested(all).map(({ name, match, for: of }) => [name, match, of])).toEqual([
      ['shop-a', { namespaces: ['shop'], images: ['example.com/app'] }, ['a']],
      ['shop-b', { namespaces: ['shop'], images: ['example.com/other'] }, ['b']],
      ['shop-c', { namespaces: ['shop'], serviceAccounts: ['agent'], images: ['example.com/agent'] }, ['c']],
      ['bank-a', { namespaces: ['bank'], images: ['example.com/app'] }, ['a']],
    ]);
  });

  it('leave out what an exemption that there is waives, and take no name that there is', () => {
    const there = (waive: readonly object[], name: string) => ({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxExemption',
      metadata: { name },
      spec: {
        match: { namespaces: ['shop'] },
        waive,
        owner: 'o',
        reason: 'r',
        expires: '2026-12-01T00:00:00Z',
      },
    });
    const snapshot = snapshotOf([there([{ signal: 'hostPID' }], 'shop-a')]);
    const all = [runs(podOf({ hostPID: true }), 'covered'), runs(podOf({ hostIPC: true }), 'a')];
    expect(suggested(all, { snapshot, view: VIEW })).toMatchObject([
      { name: 'shop-a-2', waive: [{ signal: 'hostIPC' }], for: ['a'] },
    ]);
  });

  it('end after as many days, and have who answers for them left open', () => {
    const [one] = suggestExemptions([runs(podOf({ hostPID: true }), 'a')], GROUND, OPTIONS).exemptions;
    expect(one?.exemption.spec).toMatchObject({
      expires: '2026-12-24T00:00:00Z',
      owner: expect.stringContaining('TODO'),
      reason: expect.stringContaining('TODO'),
    });
  });

  it('are none for what no exemption helps', () => {
    const snapshot = snapshotOf([
      {
        apiVersion: 'cofferdam.dev/v1alpha1',
        kind: 'ClusterSandboxPolicy',
        metadata: { name: 'most' },
        spec: { minimumIsolation: 'confidential-vm' },
      },
    ]);
    const { exemptions, decisions } = suggestExemptions(
      [runs(podOf({ hostPID: true }), 'a')],
      { snapshot, view: VIEW },
      OPTIONS,
    );
    expect([exemptions, decisions.map(({ verdict }) => verdict)]).toEqual([[], ['reject']]);
  });
});

describe('however many run in one namespace, each', () => {
  /** How many decisions are made: each looks the namespace up once, and is told of. */
  function decisionsOn(all: readonly Runs[]): number {
    let [decisions, told] = [0, 0];
    const namespace: ClusterView['namespace'] = name => {
      decisions++;
      return VIEW.namespace(name);
    };
    const ground = { snapshot: snapshotOf(), view: { ...VIEW, namespace } };
    suggestExemptions(all, ground, { ...OPTIONS, decided: () => told++ });
    expect(told).toBe(decisions);
    return decisions;
  }
  const own = (i: number) => ({ name: 'a', image: `example.com/app-${i}:1` });

  it.each<[string, number, (i: number) => Pod]>([
    ['has an image of its own', 2, i => podOf({ hostPID: true, hostIPC: true }, `example.com/app-${i}:1`)],
    ['has a service account of its own', 1, i => podOf({ hostPID: true, serviceAccountName: `a${i}` })],
    ['has a path of its own', 1, i => podOf(hostPath(`/srv/${i}`))],
    ['has an image that all have, too', 2, i => podOf({ hostPID: true, containers: [own(i), SIDECAR] })],
  ])('is decided as often as its own findings ask for: %s', (_, findings, make) => {
    const many = 300;
    const all = Array.from({ length: many }, (_one, i) => runs(make(i), `w${i}`));
    // It is decided as it is, with all drafts, without each atom (is it needed?) and without each match (what is it for?), and at
    // last with what is suggested.
    expect(decisionsOn(all)).toBeLessThanOrEqual(many * (3 + 2 * findings));
  });
});

const worlds = fc.record({
  policies: rawPolicies,
  exemptions: rawExemptions,
  cluster: arbitraryCluster,
  pods: fc.array(richPod, { minLength: 1, maxLength: 5 }),
});

/** The decisions on the Pods with these exemptions beside the existing ones. */
function decidedWith(
  some: readonly SandboxExemption[],
  all: readonly Runs[],
  raw: readonly object[],
  view: Ground['view'],
): readonly Decision[] {
  const ground = { snapshot: snapshotOf([...raw, ...some]), view };
  return all.map(one => decideCreation(one, ground, NOW));
}

/** The indices of the Pods that are rejected with these exemptions beside the existing ones. */
const rejectedWith = (...asked: Parameters<typeof decidedWith>): readonly number[] =>
  decidedWith(...asked).flatMap(({ verdict }, i) => (verdict === 'reject' ? [i] : []));

it('names the exemption that lets a Pod in, where the draft for it was needless beside another', () => {
  const agent = { serviceAccountName: 'agent', ...hostPath('/srv/a') };
  const all = [runs(podOf(agent), 'a'), runs(podOf(hostPath('/srv/a')), 'b')];
  const { exemptions, decisions } = suggestExemptions(all, GROUND, OPTIONS);
  const names = exemptions.map(({ exemption }) => exemption.metadata.name);
  expect(decisions.map(({ exemptions: applied }) => applied.map(({ name }) => name))).toEqual([names, names]);
});

describe('of any cluster, with the suggested exemptions', () => {
  interface Told {
    readonly made: readonly SandboxExemption[];
    /** The indices of the Pods that are reported as still rejected. */
    readonly left: readonly number[];
    readonly rejected: (some: readonly SandboxExemption[]) => readonly number[];
    readonly told: readonly Decision[];
    readonly decidedWith: (some: readonly SandboxExemption[]) => readonly Decision[];
  }
  const each = (check: (told: Told) => void): void =>
    fc.assert(
      fc.property(worlds, ({ policies, exemptions, cluster, pods }) => {
        const all = pods.map((pod, i) => runs(pod, `w${i}`));
        const raw = [...policies, ...exemptions];
        const ground = { snapshot: snapshotOf(raw), view: cluster.view };
        const { exemptions: made, decisions } = suggestExemptions(all, ground, OPTIONS);
        check({
          made: made.map(({ exemption }) => exemption),
          left: decisions.flatMap(({ verdict }, i) => (verdict === 'reject' ? [i] : [])),
          rejected: some => rejectedWith(some, all, raw, cluster.view),
          told: decisions,
          decidedWith: some => decidedWith(some, all, raw, cluster.view),
        });
      }),
      { numRuns: 150 },
    );

  it('decisions are those with these in force, and name them as they are called', () => {
    each(({ made, told, decidedWith }) => {
      const names = ({ verdict, exemptions }: Decision) => [
        verdict,
        exemptions.map(({ name }) => name).sort(),
      ];
      expect(told.map(names)).toEqual(decidedWith(made).map(names));
    });
  });

  it('what is rejected is what is said to be, and nothing that was not before', () => {
    each(({ made, left, rejected }) => {
      expect(rejected(made)).toEqual(left);
      const before = rejected([]);
      expect(left.filter(i => !before.includes(i))).toEqual([]);
    });
  });

  it('taking any of them away, or anything that one waives, has something rejected that is not', () => {
    each(({ made, left, rejected }) => {
      const hurts = (some: readonly SandboxExemption[]): boolean =>
        rejected(some).some(i => !left.includes(i));
      for (const one of made) {
        const others = made.filter(other => other !== one);
        expect(hurts(others)).toBe(true);
        one.spec.waive.forEach((entry, i) => {
          const rest = one.spec.waive.filter((_entry, k) => k !== i);
          const narrower = (waive: SandboxExemption['spec']['waive']) =>
            hurts([...others, ...(waive.length > 0 ? [{ ...one, spec: { ...one.spec, waive } }] : [])]);
          expect(narrower(rest)).toBe(true);
          for (const value of entry.values ?? []) {
            const values = entry.values?.filter(other => other !== value) ?? [];
            expect(narrower(values.length > 0 ? [...rest, { ...entry, values }] : rest)).toBe(true);
          }
        });
      }
    });
  });
});
