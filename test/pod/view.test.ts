import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { eachContainer, eachSecurityContext } from '../../src/pod/visit.ts';

const pod = (spec: object): Pod => ({ metadata: { name: 'p' }, spec }) as unknown as Pod;
const view = (spec: object) => viewPod(pod(spec), 'default');

describe('viewPod', () => {
  it('lists containers of every kind with their paths', () => {
    const { containers } = view({
      initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
      containers: [{ name: 'c' }],
      ephemeralContainers: [{ name: 'e' }],
    });
    expect(containers.map(({ kind, name, path }) => [kind, name, path])).toEqual([
      ['init', 'i', 'spec.initContainers[0]'],
      ['sidecar', 's', 'spec.initContainers[1]'],
      ['container', 'c', 'spec.containers[0]'],
      ['ephemeral', 'e', 'spec.ephemeralContainers[0]'],
    ]);
  });

  it.each([
    [{}, 'default'],
    [{ serviceAccountName: '' }, 'default'],
    [{ serviceAccountName: '', serviceAccount: '' }, 'default'],
    [{ serviceAccountName: '', serviceAccount: 'old' }, 'old'],
    [{ serviceAccountName: 'new', serviceAccount: 'old' }, 'new'],
  ])('takes the account of %j, as the API server does, for %s', (spec, account) => {
    expect(view(spec).serviceAccount).toBe(account);
  });

  it("lets a container's setting win over the Pod's, field by field", () => {
    const [first, second] = view({
      securityContext: { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        { name: 'a', securityContext: { runAsNonRoot: false, runAsUser: 1000 } },
        { name: 'b', securityContext: { seccompProfile: { type: 'Unconfined' } } },
      ],
    }).containers;
    expect(first?.effective).toMatchObject({
      runAsNonRoot: false,
      runAsUser: 1000,
      seccompType: 'RuntimeDefault',
    });
    expect(second?.effective).toMatchObject({ runAsNonRoot: true, runAsUser: 0, seccompType: 'Unconfined' });
  });

  it.each<[string, object, boolean]>([
    ['adds the token volume that the API server will add', {}, true],
    ['leaves it out when the Pod opts out', { automountServiceAccountToken: false }, false],
    [
      'leaves it out when every container mounts something there already',
      {
        containers: [
          {
            name: 'c',
            volumeMounts: [{ name: 't', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          },
        ],
      },
      false,
    ],
  ])('%s', (_, more, expected) => {
    const { volumes } = view({ containers: [{ name: 'c' }], ...more });
    expect(volumes.some(volume => volume.implied)).toBe(expected);
  });

  it('knows the namespace of the request, not the one in the object', () => {
    const forged = {
      metadata: { name: 'p', namespace: 'kube-system' },
      spec: { containers: [{ name: 'c' }] },
    };
    expect(viewPod(forged as unknown as Pod, 'shop').namespace).toBe('shop');
  });
});

describe('the visitors', () => {
  const both = view({
    securityContext: {},
    initContainers: [{ name: 'i', securityContext: {} }],
    containers: [{ name: 'c' }],
  });

  it('name the container of a finding', () => {
    expect(eachContainer(both, c => ({ path: c.path }))).toEqual([
      { path: 'spec.initContainers[0]', container: 'i' },
      { path: 'spec.containers[0]', container: 'c' },
    ]);
  });

  it("see the Pod's securityContext and those that containers have", () => {
    expect(eachSecurityContext(both, (_, path) => ({ path }))).toEqual([
      { path: 'spec' },
      { path: 'spec.initContainers[0]', container: 'i' },
    ]);
  });
});
