import type { V1Pod, V1PodList } from '@kubernetes/client-node';
import { namespace, runtimeClass } from '../../support/objects.ts';
import { CHART, helm, helmOk, type Values } from './helm.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import { ownImage } from './own-image.ts';
import { poll } from './poll.ts';
import { E2E_LABEL, MODE_LABEL } from './settings.ts';

/** The namespace of the release. */
export const HOME = 'cofferdam-e2e-release';
/** A namespace of mode enforce, and one with the default mode: the API server asks there, too. */
export const ENFORCED = 'cofferdam-e2e-rollout';
export const ELSEWHERE = 'cofferdam-e2e-elsewhere';
/** The class that Pods of a high risk get there. */
export const SANDBOX = 'cofferdam-e2e-rollout-gvisor';

const OURS = { [E2E_LABEL]: 'true' };

/** Creates what the tests need beside the release. Namespaces of other tests then have no mode, so nothing happens there. */
export async function makeObjects(): Promise<void> {
  const items = [
    namespace(HOME, OURS),
    namespace(ENFORCED, { ...OURS, [MODE_LABEL]: 'enforce' }),
    namespace(ELSEWHERE, { ...OURS, [MODE_LABEL]: 'warn' }),
    runtimeClass(SANDBOX, 'runsc', { metadata: { name: SANDBOX, labels: OURS } }),
  ];
  await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  await poll('the namespaces have service accounts', async () => {
    const found = await kubectlOk([
      'get',
      'serviceaccounts',
      '-A',
      '-o',
      'name',
      '--field-selector=metadata.name=default',
    ]);
    return found.length > 0 ? true : undefined;
  });
}

/** A version: the folder of its chart, and the reference of its image. */
export interface ReleaseOf {
  readonly chart: string;
  readonly image: string;
}

/** Installs the chart with these values, or upgrades to them, and waits until every replica is ready and is a new one. */
export async function release(values: Values, version?: ReleaseOf): Promise<void> {
  const { chart, image } = version ?? { chart: CHART, image: await ownImage() };
  const [repository, tag] = image.split(/:(?=[^/:]+$)/);
  const all = { image: { repository, tag }, defaultMode: 'off', crds: { keep: false }, ...values };
  const args = ['upgrade', '--install', 'cofferdam', chart, '-n', HOME, '--take-ownership', '-f', '-'];
  await helmOk([...args, '--wait', '--timeout', '3m'], all);
  await settled();
}

/** Installs from nothing: whatever a killed run left is removed first. */
export async function install(values: Values, version?: ReleaseOf): Promise<void> {
  await removeRelease();
  await makeObjects();
  await release(values, version);
}

export async function removeRelease(): Promise<void> {
  await helm(['uninstall', 'cofferdam', '-n', HOME, '--wait', '--ignore-not-found']);
  await kubectlOk(['delete', 'namespaces', HOME, ENFORCED, ELSEWHERE, '--ignore-not-found']);
  await kubectlOk(['delete', 'runtimeclass', SANDBOX, '--ignore-not-found']);
}

/** The replicas, including those that are about to end. */
export async function replicas(): Promise<readonly V1Pod[]> {
  const selector = 'app.kubernetes.io/name=cofferdam,app.kubernetes.io/component=webhook';
  const { items } = JSON.parse(
    await kubectlOk(['get', 'pods', '-n', HOME, '-l', selector, '-o', 'json']),
  ) as V1PodList;
  return items;
}

export const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: word }) => type === 'Ready' && word === 'True') ?? false;

/** Waits until all replicas are ready, and none of the earlier ones is left. */
export async function settled(count?: number): Promise<readonly V1Pod[]> {
  return poll(
    'every replica is ready, and the others are gone',
    async () => {
      const { spec } = JSON.parse(
        await kubectlOk(['get', 'deployment', 'cofferdam', '-n', HOME, '-o', 'json']),
      );
      const pods = await replicas();
      return pods.length === (count ?? spec.replicas) && pods.every(isReady) ? pods : undefined;
    },
    120,
  );
}

export const scale = (count: number): Promise<string> =>
  kubectlOk(['scale', 'deployment', 'cofferdam', '-n', HOME, `--replicas=${count}`]);

/** The metrics of a replica. */
export async function metricsOf(replica: V1Pod): Promise<string> {
  const path = `/api/v1/namespaces/${HOME}/pods/http:${replica.metadata?.name}:8080/proxy/metrics`;
  return (await kubectl(['get', '--raw', path])).stdout;
}

export async function metric(replica: V1Pod, name: string): Promise<number> {
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await metricsOf(replica))?.[1]);
}
