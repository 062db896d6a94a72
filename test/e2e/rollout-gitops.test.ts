import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { helmOk, type Rendered, templateArgs } from './support/helm.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { storedGuard } from './support/leader.ts';
import { BUILD_TIMEOUT, ownImage } from './support/own-image.ts';
import { poll } from './support/poll.ts';
import { HOME, makeObjects, removeRelease, settled } from './support/release.ts';

/*
What Argo CD, Flux and pipelines do: manifests are rendered, applied, compared with the cluster, and applied again, for ever.
Others write into the same objects: the leader into the guard, cert-manager's cainjector into the webhook configurations,
Kubernetes' controllers and defaults everywhere. None of it may ever be a difference.
*/

let manifests: readonly Rendered[];

async function render(): Promise<readonly Rendered[]> {
  const [repository, tag] = (await ownImage()).split(/:(?=[^/:]+$)/);
  const values = { image: { repository, tag }, defaultMode: 'off', crds: { keep: false } };
  // With a look at the cluster, whose cert-manager is older than 1.12: its cainjector drops matchConditions.
  const looking = ['--dry-run=server', '--api-versions', 'cert-manager.io/v1'];
  const text = await helmOk(await templateArgs(HOME, '--no-hooks', ...looking), values);
  return parseAllDocuments(text).flatMap(document => (document.toJSON() as Rendered | null) ?? []);
}

const asList = (items: readonly Rendered[]) => ({ apiVersion: 'v1', kind: 'List', items });
/** Argo CD and Flux take fields over from whoever else has set them. */
const APPLY = {
  'on the server': ['--server-side', '--force-conflicts', '--field-manager=argocd-controller'],
  'on the client': [],
} as const;
type Way = keyof typeof APPLY;

const apply = (way: Way): Promise<string> =>
  kubectlOk(['apply', ...APPLY[way], '-f', '-'], asList(manifests));

/** The changes that would be made, as a person reads them. kubectl exits with 1 where there is any. */
async function difference(way: Way): Promise<string> {
  const { code, stdout, stderr } = await kubectl(['diff', ...APPLY[way], '-f', '-'], asList(manifests));
  if (code !== 0 && code !== 1) throw new Error(stderr);
  return stdout;
}

interface Stored {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly generation?: number;
    readonly resourceVersion: string;
  };
}

/** The generation of each object, which moves with its content; its version, where it has no generation. */
async function versions(): Promise<Readonly<Record<string, string>>> {
  const { items } = JSON.parse(await kubectlOk(['get', '-o', 'json', '-f', '-'], asList(manifests))) as {
    items: readonly Stored[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata }) => [
      `${kind}/${metadata.name}`,
      String(metadata.generation ?? metadata.resourceVersion),
    ]),
  );
}

/** Everything that others write was written: the guard by the leader, what the API server trusts by cert-manager. */
async function written(): Promise<void> {
  await settled();
  await poll('the leader has written the guard', async () => {
    const { spec } = await storedGuard();
    return spec.validations ? true : undefined;
  });
  await poll('cert-manager has written what the API server trusts', async () => {
    const path = 'jsonpath={.webhooks[*].clientConfig.caBundle}';
    const bundles = await kubectlOk(['get', 'mutatingwebhookconfiguration', 'zz-cofferdam', '-o', path]);
    return bundles.trim() === '' ? undefined : true;
  });
}

beforeAll(async () => {
  await removeRelease();
  manifests = await render();
}, BUILD_TIMEOUT);
afterAll(removeRelease);

describe.each(['on the server', 'on the client'] as const)('manifests that are applied %s', way => {
  beforeAll(async () => {
    await makeObjects();
    await apply(way);
    await written();
  });
  afterAll(async () => {
    await kubectlOk(['delete', '--ignore-not-found', '-f', '-'], asList(manifests));
  });

  it('are no different from the cluster once everybody else has written', async () => {
    expect(await difference(way)).toBe('');
  });

  it('change nothing when they are applied again, and again', async () => {
    const before = await versions();
    expect(Object.keys(before)).toHaveLength(manifests.length);
    await apply(way);
    await apply(way);
    expect(await versions()).toEqual(before);
  });

  it('show what somebody has changed by hand, and put it back', async () => {
    await kubectlOk(['scale', 'deployment', 'cofferdam', '-n', HOME, '--replicas=1']);
    expect(await difference(way)).toContain('replicas');
    await apply(way);
    expect(await difference(way)).toBe('');
    await settled();
  });
});
