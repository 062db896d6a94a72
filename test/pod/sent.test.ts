import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { readPod } from '../../src/pod/read.ts';
import { asSent } from '../../src/pod/sent/index.ts';
import { richPod } from '../arbitraries/rich-pods.ts';

/*
test/e2e/parity.test.ts holds all of it against what a real API server sends; here stands what each part is for.
*/

const specOf = (spec: object): Record<string, unknown> =>
  asSent({ spec: { containers: [{ name: 'a', image: 'a' }], ...spec } } as Pod).spec as Record<
    string,
    unknown
  >;
const containerOf = (container: object): unknown =>
  (specOf({ containers: [{ name: 'a', image: 'a', ...container }] }).containers as readonly unknown[])[0];

describe('a Pod as an API server sends it', () => {
  it('has what it fills in of the smallest one', () => {
    const { spec, ...rest } = asSent({ spec: { containers: [{ name: 'a', image: 'a' }] } } as Pod);
    expect(rest).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: {}, status: {} });
    const { containers, tolerations, volumes, ...fields } = spec ?? {};
    expect(fields).toEqual({
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
    });
    expect([containers, tolerations, volumes]).toMatchObject([
      [{ terminationMessagePolicy: 'File', resources: {}, volumeMounts: [{ readOnly: true }] }],
      [{ tolerationSeconds: 300 }, { tolerationSeconds: 300 }],
      [{ projected: { defaultMode: 420 } }],
    ]);
  });

  it.each([
    ['hostNetwork', false],
    ['nodeName', ''],
    ['hostAliases', []],
    ['nodeSelector', {}],
    ['affinity', null],
  ])('has no %s where that is %o, as Go leaves it out', (field, value) => {
    expect(specOf({ [field]: value })).not.toHaveProperty(field);
  });

  it.each([
    ['hostUsers', false],
    ['automountServiceAccountToken', false],
    ['terminationGracePeriodSeconds', 0],
    ['runtimeClassName', ''],
    ['securityContext', {}],
  ])('has %s where that is %o, as a pointer says what it points to', (field, value) => {
    expect(specOf({ [field]: value })).toHaveProperty(field, value);
  });

  it('has every entry of a map, also what is empty or null', () => {
    const pod = { metadata: { labels: { a: '', b: null } }, spec: { containers: [{ name: 'a' }] } };
    expect(asSent(pod as unknown as Pod).metadata?.labels).toEqual({ a: '', b: '' });
  });

  it('requests what it is limited to, in the words of the API server', () => {
    const resources = { limits: { cpu: 0.5, memory: '1024Mi' }, requests: { memory: '64Mi' } };
    expect(containerOf({ resources })).toMatchObject({
      resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '64Mi' } },
    });
  });

  it.each([
    ['a', 'Always'],
    ['a:latest', 'Always'],
    ['registry:5000/a', 'Always'],
    ['a:1', 'IfNotPresent'],
    [`a@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('pulls %s %s', (image, imagePullPolicy) => {
    expect(containerOf({ image })).toMatchObject({ imagePullPolicy });
  });

  it('has a claim of its own also where that has no spec yet, as validation comes after webhooks', () => {
    const { volumes } = specOf({ volumes: [{ name: 'a', ephemeral: { volumeClaimTemplate: {} } }] });
    expect((volumes as readonly unknown[])[0]).toEqual({
      name: 'a',
      ephemeral: { volumeClaimTemplate: { spec: { volumeMode: 'Filesystem' } } },
    });
  });

  it('has ports of the host where it is on its network', () => {
    const containers = [{ name: 'a', ports: [{ containerPort: 80 }] }];
    expect(specOf({ containers, hostNetwork: true })).toMatchObject({
      containers: [{ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }],
    });
  });

  it('mounts no token where it opts out, and none where one is mounted', () => {
    expect(specOf({ automountServiceAccountToken: false })).not.toHaveProperty('volumes');
    const mount = { name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
    const containers = [{ name: 'a', volumeMounts: [mount] }];
    expect(specOf({ containers, volumes: [{ name: 'own', emptyDir: {} }] }).volumes).toHaveLength(1);
  });

  it('tolerates for a while what it does not tolerate by itself', () => {
    const keys = (tolerations: readonly object[]) =>
      (specOf({ tolerations }).tolerations as readonly { key?: string }[]).map(({ key }) => key);
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists' };
    expect(keys([own])).toEqual([own.key, 'node.kubernetes.io/unreachable']);
    expect(keys([{ operator: 'Exists' }])).toEqual([undefined]);
  });

  it('has what its RuntimeClass adds, but for what it has already', () => {
    const toleration = { key: 'vm', operator: 'Exists' };
    const pod = {
      spec: { containers: [{ name: 'a' }], tolerations: [toleration], nodeSelector: { a: 'b' } },
    };
    const added = { nodeSelector: { c: 'd' }, tolerations: [toleration], overhead: { memory: '1Gi' } };
    const { spec } = asSent(pod as unknown as Pod, added);
    expect(spec).toMatchObject({ nodeSelector: { a: 'b', c: 'd' }, overhead: { memory: '1Gi' } });
    expect(spec?.tolerations).toHaveLength(3);
  });

  it('is sent the same where it was sent before, is a Pod still, and what was given stays as it was', () => {
    fc.assert(
      fc.property(richPod, pod => {
        const before = JSON.stringify(pod);
        const sent = asSent(pod);
        expect(readPod(sent)).toEqual({ pod: sent });
        expect(asSent(sent)).toEqual(sent);
        expect(JSON.stringify(pod)).toBe(before);
      }),
    );
  });
});
