import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import { draftedExemption, toFillIn } from '../../src/decision/draft-exemption.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { arbitraryPod } from '../arbitraries/pods.ts';
import { clusterPolicy } from '../arbitraries/policies.ts';
import { arbitraryView } from '../arbitraries/views.ts';
import { decided, NOW, podOf } from '../report/decided.ts';
import { runtimeClassText } from '../support/manifests.ts';
import { createOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const draftExemption = (...given: Parameters<typeof draftedExemption>): string => {
  const draft = draftedExemption(...given);
  return draft ? stringify(draft) : '';
};
const SUBJECT = { kind: 'DaemonSet', name: 'node_Exporter/x', namespace: 'shop' };
const HOST_PID = { spec: 'hostPID: true' };

describe('a drafted exemption', () => {
  it('names the namespace, the service account, the images, the signals and their values', () => {
    const given = {
      spec: 'hostPID: true\n  volumes: [{name: a, hostPath: {path: /proc}}, {name: b, hostPath: {path: /sys/fs}}]',
      container: 'image: "ghcr.io:443/acme/exporter:1.2"',
    };
    expect(
      draftExemption(decided(given), { ...SUBJECT, serviceAccount: 'exporter' }, podOf(given), NOW),
    ).toBe(`apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata:
  name: shop-node-exporter-x
spec:
  match:
    namespaces:
      - shop
    serviceAccounts:
      - exporter
    images:
      - ghcr.io:443/acme/exporter
  waive:
    - signal: hostPathSystem
      values:
        - /proc
        - /sys/fs
    - signal: hostPID
  owner: TODO who answers for it
  reason: TODO why DaemonSet node_Exporter/x must have it
  expires: 2027-02-22T00:00:00Z
`);
  });

  it('names no images where the template has no containers of its own, as operators add them', () => {
    const pod = { metadata: { name: 'web' }, spec: { containers: [], hostPID: true } } as unknown as Pod;
    const decision = decide(createOf(pod), snapshotOf(), builtinView(), NOW);
    expect(draftedExemption(decision, SUBJECT, pod, NOW)?.spec.match).toEqual({ namespaces: ['shop'] });
  });

  it('does not narrow to the service account that every Pod has', () => {
    const draft = draftExemption(
      decided({ spec: 'hostPID: true' }),
      { ...SUBJECT, serviceAccount: 'default' },
      podOf({ spec: 'hostPID: true' }),
      NOW,
    );
    expect(draft).not.toContain('serviceAccounts');
  });

  it.each([
    [
      'a container alone, by its image',
      { initContainers: '[{name: b, image: b:1, securityContext: {privileged: true}}]' },
      ['b'],
    ],
    [
      'the whole Pod, by the images of all its containers',
      { initContainers: '[{name: b, image: b:1}]\n  hostPID: true' },
      ['b', 'app'],
    ],
    [
      'an image that no list can name',
      { initContainers: '[{name: b, image: "B B"}]\n  hostPID: true' },
      undefined,
    ],
  ])('is for %s', (_, { initContainers }, images) => {
    const cluster = runtimeClassText('gvisor', 'runsc');
    const given = { spec: `initContainers: ${initContainers}`, cluster };
    const draft = draftExemption(decided(given), SUBJECT, podOf(given), NOW);
    const spec = readDocuments(draft, 'draft').documents.map(({ value }) => value)[0];
    expect(spec).toHaveProperty('spec.match', { namespaces: ['shop'], ...(images && { images }) });
  });

  const GVISOR = runtimeClassText('gvisor', 'runsc');
  const PRIVILEGED_INIT = 'initContainers: [{name: b, image: b:1, securityContext: {privileged: true}}]';

  it('is not for images of which nothing is waived, whatever else is found of them', () => {
    const given = {
      ...{ spec: PRIVILEGED_INIT, cluster: GVISOR },
      container: 'image: "app:1", securityContext: {runAsNonRoot: false}',
    };
    const draft = draftedExemption(decided(given), SUBJECT, podOf(given), NOW);
    expect(draft?.spec).toMatchObject({ match: { images: ['b'] }, waive: [{ signal: 'privileged' }] });
  });

  it('is not for what another exemption waives already', () => {
    const policies = `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: app}
spec:
  match: {namespaces: [shop], images: [app]}
  waive: [{signal: privileged}]
  owner: o
  reason: r
  expires: 2027-01-01T00:00:00Z
`;
    const given = {
      ...{ spec: PRIVILEGED_INIT, cluster: GVISOR, policies },
      container: 'image: "app:1", securityContext: {privileged: true}',
    };
    const draft = draftedExemption(decided(given), SUBJECT, podOf(given), NOW);
    expect(draft?.spec).toMatchObject({ match: { images: ['b'] }, waive: [{ signal: 'privileged' }] });
  });

  const waived = (given: Parameters<typeof decided>[0]) =>
    draftedExemption(decided(given), SUBJECT, podOf(given), NOW)?.spec.waive.map(({ signal }) => signal);
  const mounting = (...paths: string[]) =>
    `volumes: [${paths.map((path, i) => `{name: v${i}, hostPath: {path: ${path}}}`).join(', ')}]`;
  const PRIVILEGED = 'securityContext: {privileged: true}';
  const exempting = (name: string, signal: string) => `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: ${name}}
spec: {match: {namespaces: [shop]}, waive: [{signal: ${signal}}], owner: o, reason: r, expires: 2027-01-01T00:00:00Z}
---
`;

  it('names a value as the manifest does, where it is known by that', () => {
    const values = (...paths: string[]) => {
      const given = { spec: mounting(...paths) };
      return draftedExemption(decided(given), SUBJECT, podOf(given), NOW)?.spec.waive.flatMap(
        one => one.values ?? [],
      );
    };
    expect(values('/proc/', '/proc//sys')).toEqual(['/proc/', '/proc//sys']);
    expect(values('/./')).toEqual(['/']);
  });

  it('goes on in another entry where one cannot hold all values, and names no more images than it may', () => {
    const container = (i: number) => `{name: c${i}, image: "c${i}:1"}`;
    const given = (count: number, images: number) => ({
      spec: `initContainers: [${Array.from({ length: images }, (_, i) => container(i)).join(', ')}]\n  ${mounting(
        ...Array.from({ length: count }, (_, i) => `/etc/${i}`),
      )}`,
    });
    const spec = (count: number, images: number) => {
      const some = given(count, images);
      return draftedExemption(decided(some), SUBJECT, podOf(some), NOW)?.spec;
    };
    const sizes = (count: number) => spec(count, 0)?.waive.map(one => one.values?.length);
    expect([sizes(64), sizes(65), sizes(140)]).toEqual([[64], [64, 1], [64, 64, 12]]);
    expect(new Set(spec(140, 0)?.waive.flatMap(one => one.values ?? [])).size).toBe(140);
    // One more image is the Pod's own.
    expect(spec(1, 63)?.match.images).toHaveLength(64);
    expect(spec(1, 64)?.match).toEqual({ namespaces: ['shop'] });
  });

  it('leaves in a VM what a VM can do, and takes out of it what would be blind there', () => {
    expect(waived({ spec: mounting('/etc'), container: PRIVILEGED })).toEqual(['hostPathSystem']);
    expect(waived({ spec: mounting('/sys'), container: PRIVILEGED })).toEqual([
      'hostPathSystem',
      'privileged',
    ]);
    expect(waived({ spec: mounting('/dev/kmsg', '/etc'), container: PRIVILEGED })).toEqual([
      ...['hostPathDevice', 'hostPathSystem', 'privileged'],
    ]);
  });

  it('is for the rest, where an exemption shows only half of what its Pod is there for', () => {
    const policies = exempting('agents', 'hostPathSystem');
    expect(waived({ spec: mounting('/sys'), container: PRIVILEGED, policies })).toEqual(['privileged']);
  });

  it('goes by another name than one that there is, which it would take the place of', () => {
    const given = {
      spec: mounting('/sys'),
      container: PRIVILEGED,
      policies: exempting('shop-node-exporter-x', 'hostPathSystem'),
    };
    expect(draftedExemption(decided(given), SUBJECT, podOf(given), NOW)?.metadata.name).toBe(
      'shop-node-exporter-x-2',
    );
    const taken = ['shop-node-exporter-x', 'shop-node-exporter-x-2'];
    expect(draftedExemption(decided(given), SUBJECT, podOf(given), NOW, taken)?.metadata.name).toBe(
      'shop-node-exporter-x-3',
    );
  });

  it.each([
    [
      'what it exposes, where that alone asks for more than it isolates',
      mounting('/etc'),
      '',
      ['hostPathSystem'],
    ],
    ['what else asks for more', mounting('/etc'), PRIVILEGED, ['hostPathSystem', 'privileged']],
    [
      'no more than that',
      mounting('/etc'),
      'securityContext: {privileged: true, capabilities: {add: [NET_ADMIN]}}',
      ['hostPathSystem', 'privileged'],
    ],
  ])('for a class that the Pod names is for %s', (_, spec, container, signals) => {
    expect(waived({ spec: `runtimeClassName: gvisor\n  ${spec}`, container })).toEqual(signals);
  });

  it.each([
    ['a class that does not show it', 'kata-qemu', mounting('/sys')],
    ['a class that does not do it', 'gvisor', 'hostNetwork: true'],
  ])('is no help in %s', (_, name, spec) => {
    expect(waived({ spec: `runtimeClassName: ${name}\n  ${spec}` })).toBeUndefined();
  });

  it('cannot be broken by a hostile name', () => {
    const name = 'x"\n  waive: [{signal: privileged}]\n#\u001b[2K';
    const draft = draftExemption(decided(HOST_PID), { ...SUBJECT, name }, podOf(HOST_PID), NOW);
    const values = readDocuments(draft, 'draft').documents.map(({ value }) => value);
    expect(values).toMatchObject([{ spec: { waive: [{ signal: 'hostPID' }] } }]);
  });
});

describe('there is no draft', () => {
  it.each([
    ['namespace', { namespace: '<namespace>' }],
    ['service account', { serviceAccount: '{{ .Values.account }}' }],
    ['namespace', { namespace: '<namespace>', serviceAccount: '{{ .Values.account }}' }],
  ] as const)('as long as a %s is to be filled in', (what, placeholders) => {
    const subject = { ...SUBJECT, ...placeholders };
    expect(draftExemption(decided(HOST_PID), subject, podOf(HOST_PID), NOW)).toBe('');
    expect(toFillIn(subject)).toBe(what);
    expect(toFillIn({ ...SUBJECT, serviceAccount: 'exporter' })).toBeUndefined();
  });

  it.each([
    ['for a Pod that is admitted', {}],
    ['for a Pod that is given a sandbox', { container: 'securityContext: {privileged: true}' }],
    [
      'where another class would do',
      { spec: 'runtimeClassName: gvisor', container: 'securityContext: {privileged: true}' },
    ],
    [
      'where a label asks for a sandbox and a volume stands against every class',
      {
        labels: 'cofferdam.dev/risk: high',
        container: 'volumeDevices: [{name: x, devicePath: /dev/x}]',
        spec: 'volumes: [{name: x, persistentVolumeClaim: {claimName: x}}]',
        cluster: runtimeClassText('gvisor', 'runsc'),
      },
    ],
  ])('%s', (_, given) => {
    expect(draftExemption(decided(given), SUBJECT, podOf(given), NOW)).toBe('');
  });
});

it('lets the Pod in, whatever the Pod, the policies and the classes', () => {
  let drafts = 0;
  fc.assert(
    fc.property(
      arbitraryPod,
      arbitraryView,
      fc.array(clusterPolicy('extra'), { maxLength: 1 }),
      (pod, view, more) => {
        const before = decide(createOf(pod), snapshotOf(more), view, NOW);
        const draft = draftExemption(before, SUBJECT, pod, NOW);
        // A class that is claimed to be injected stays on the Pod, so that the host kernel is no way out for it.
        const claimed = before.outcome === 'nothing-contains' && pod.spec?.runtimeClassName;
        fc.pre(draft !== '' && !claimed);
        drafts++;
        const exemption = readDocuments(draft, 'draft').documents[0]?.value as object;
        const after = decide(createOf(pod), snapshotOf([...more, exemption]), view, NOW);
        if (after.outcome !== 'unavailable') expect(after.verdict).not.toBe('reject');
      },
    ),
    { numRuns: 100 },
  );
  expect(drafts).toBeGreaterThan(0);
});
