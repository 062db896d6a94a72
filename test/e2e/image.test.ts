import type { V1Container, V1Node, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { create, read, running } from './support/client.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT, ownImage } from './support/own-image.ts';
import { container, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { makeNamespace } from './support/running.ts';
import { GVISOR_CLASS } from './support/settings.ts';

const NAMESPACE = 'cofferdam-e2e-image';
/** A node pulls no more than this. */
const MOST_MEGABYTES = 60;
const MIB = 2 ** 20;

/** Restricted, without a user: the image names one. */
const RESTRICTED: Partial<V1PodSpec> = {
  restartPolicy: 'Never',
  terminationGracePeriodSeconds: 30,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
};
const CONFINED: Partial<V1Container> = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '2', memory: '320Mi' } },
};

let image: string;
beforeAll(async () => {
  image = await ownImage();
  await makeNamespace(NAMESPACE);
  const enforced = 'pod-security.kubernetes.io/enforce=restricted';
  await kubectlOk(['label', '--overwrite', 'namespace', NAMESPACE, enforced]);
}, BUILD_TIMEOUT);

/** A Pod of the image with nothing but arguments. */
function ofImage(name: string, args: readonly string[], spec: Partial<V1PodSpec>, tweak = {}): V1Pod {
  const { command: _, ...rest } = container({ ...CONFINED, image, args: [...args], ...tweak });
  return pod(name, { namespace: NAMESPACE, spec: { ...RESTRICTED, containers: [rest], ...spec } });
}

const inNamespace = (...args: readonly string[]) => [...args, '-n', NAMESPACE];
const logs = (name: string): Promise<string> => kubectlOk(inNamespace('logs', name));

/** Exit code of the container, once it has ended. */
const exitCode = (ended: V1Pod): Promise<number> =>
  poll(`${ended.metadata?.name} ends`, async () => {
    const { status } = await read(ended);
    return status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
  });

describe.each<[string, Partial<V1PodSpec>, number]>([
  ['on the host kernel', {}, 160],
  // gVisor counts the program itself as resident, too.
  ['in gVisor', { runtimeClassName: GVISOR_CLASS }, 220],
])('the image %s, Restricted and with a read-only root', (where, spec, mostMemory) => {
  const suffix = where.replaceAll(' ', '-').toLowerCase();

  it.each<[string, readonly string[], RegExp]>([
    ['version', ['--version'], /^\d+\.\d+\.\d+\S*\n$/],
    ['help', ['--help'], /^Usage: cofferdam \[options\] \[command\]/],
    ['export', ['export', 'runtimeclasses', '--runtime', 'gvisor'], /^ *handler: runsc$/m],
    ['review', ['review', '/cofferdam/policies/samples/01-shop.yaml'], /^1 object judged: 1 admit\.$/m],
  ])('answers %s', async (name, args, printed) => {
    const started = ofImage(`${name}-${suffix}`, args, spec);
    await create(started);
    expect([await exitCode(started), await logs(`${name}-${suffix}`)]).toEqual([
      0,
      expect.stringMatching(printed),
    ]);
  });

  describe('serves', () => {
    const name = `serve-${suffix}`;
    const exec = (...command: readonly string[]) =>
      kubectl(['exec', name, '-n', NAMESPACE, '--', ...command]);
    const evaluate = async (script: string): Promise<string> => (await exec('node', '-p', script)).stdout;
    let served: V1Pod;

    beforeAll(async () => {
      const args = ['serve', '--self-signed', '--address', '0.0.0.0', '--shutdown-delay', '1'];
      const probe = (path: string) => ({ httpGet: { path, port: 8080 }, periodSeconds: 1 });
      served = await running(
        ofImage(name, args, spec, { readinessProbe: probe('/readyz'), livenessProbe: probe('/livez') }),
      );
    });

    it('and judges a Pod', async () => {
      const review = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: '1',
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          operation: 'CREATE',
          namespace: NAMESPACE,
          name: 'bad',
          userInfo: { username: 'someone' },
          object: pod('bad', { namespace: NAMESPACE, spec: UNCONTAINABLE }),
        },
      };
      const { response } = JSON.parse(await evaluate(post(review)));
      expect(response).toMatchObject({ uid: '1', allowed: false });
    });

    it('as the first process, which replaced itself by one with a small heap', async () => {
      const command = await evaluate('fs.readFileSync("/proc/1/cmdline", "utf8")');
      expect(command.split('\0')).toContain('--heap-growing-percent=20');
      expect(await evaluate('[process.getuid(), process.getgid()].join()')).toBe('65532,65532\n');
    });

    it('within its memory', async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/http:${name}:8080/proxy/metrics`;
      const metrics = await kubectlOk(['get', '--raw', path]);
      const resident = Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
      expect(resident / MIB).toBeGreaterThan(1);
      expect(resident / MIB).toBeLessThan(mostMemory);
    });

    it('without a shell, and without a file that it may write', async () => {
      expect((await exec('sh', '-c', 'true')).code).not.toBe(0);
      const { stderr } = await exec('node', '-e', 'fs.writeFileSync("/cofferdam/x", "")');
      expect(stderr).toMatch(/EROFS|EACCES/);
    });

    it('until it is told to end: it drains, and ends well', async () => {
      await exec('node', '-e', 'process.kill(1, "SIGTERM")');
      expect(await exitCode(served)).toBe(0);
      expect(await logs(name)).toMatch(/"msg":"stopping".*"msg":"stopped"/s);
    });
  });
});

/** A script that sends it to the webhook that runs beside, and has the answer for its value. */
const post = (review: object): string => `
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, rejectUnauthorized: false };
  const request = https.request('https://127.0.0.1:8443/mutate/enforce', options, answer => answer.pipe(process.stdout));
  request.end(${JSON.stringify(JSON.stringify(review))}), ''`;

it(`is small: under ${MOST_MEGABYTES} MB to pull`, async () => {
  const size = await poll('a node lists the image', async () => {
    const { items } = JSON.parse(await kubectlOk(['get', 'nodes', '-o', 'json'])) as {
      items: readonly V1Node[];
    };
    const images = items.flatMap(({ status }) => status?.images ?? []);
    return images.find(({ names }) => names?.includes(image))?.sizeBytes;
  });
  expect(size / 1_000_000).toBeLessThan(MOST_MEGABYTES);
});
