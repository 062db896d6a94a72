import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  guarded,
  HOME,
  passes,
  patch,
  refusalOf,
  startGuard,
  stopGuard,
  tryOut,
} from './support/guard-ground.ts';
import { kubectl, kubectlOk, type Output } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { IMAGE } from './support/settings.ts';

beforeAll(startGuard);
afterAll(stopGuard);

describe('what is added to a stored Pod', () => {
  const stored = guarded('stored', { labels: { team: 'a' } });
  const old = guarded('old', { finalizers: ['example.com/held'], spec: { hostPID: true } });
  const raw = (path: string, body: object): Promise<Output> =>
    kubectl(['create', '--raw', `/api/v1/namespaces/${HOME}/${path}?dryRun=All`, '-f', '-'], body);
  const bind = (metadata: object) => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'stored', ...metadata },
    target: { kind: 'Node', name: 'nobody' },
  });

  beforeAll(async () => {
    await kubectlOk(['create', '-f', '-'], stored);
    // The Pod existed before its namespace was in mode enforce.
    await kubectlOk(['label', 'namespace', HOME, '--overwrite', 'cofferdam.dev/mode=off']);
    await poll('the namespace is off', async () =>
      (await tryOut('x', { spec: { hostPID: true } })).code === 0 ? true : undefined,
    );
    await kubectlOk(['create', '-f', '-'], old);
    await kubectlOk(['label', 'namespace', HOME, '--overwrite', 'cofferdam.dev/mode=enforce']);
    await poll('the namespace is enforced', async () =>
      (await tryOut('x', { spec: { hostPID: true } })).code === 0 ? undefined : true,
    );
  });
  afterAll(async () => {
    await kubectl([
      'patch',
      'pod',
      'old',
      '-n',
      HOME,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]);
  });

  const debug = (...profile: readonly string[]) =>
    kubectl(['debug', '-n', HOME, 'stored', '--image', IMAGE, ...profile, '--', 'sleep', '1']);
  const WITH_BASELINE =
    'and has host-kernel without a RuntimeClass. Leave it out, as kubectl debug --profile=baseline does, or make the Pod anew in a class that contains it.';

  it('bypass 1: a privileged ephemeral container', async () => {
    expect(await refusalOf(debug('--profile=sysadmin'))).toBe(
      `the Pod needs isolation vm because of privileged, ${WITH_BASELINE}`,
    );
  });

  it('kubectl debug as it is by default is refused, as Baseline does, and told of the profile that is not', async () => {
    // Newer versions of kubectl add this by themselves; 1.30 does not.
    const profile = process.env.KUBERNETES === '1.30' ? ['--profile=general'] : [];
    expect(await refusalOf(debug(...profile))).toBe(
      `the Pod needs isolation app-kernel because of capabilityHostRoot, ${WITH_BASELINE}`,
    );
    expect((await debug('--profile=baseline')).code).toBe(0);
  });

  it('bypass 3: new resources through pods/resize pass', async () => {
    const body = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '20m' } } }] } };
    expect(
      await kubectl([
        'patch',
        'pod',
        'stored',
        '-n',
        HOME,
        '--subresource=resize',
        '-p',
        JSON.stringify(body),
      ]),
    ).toMatchObject({ code: 0 });
  });

  it('bypass 9: a label that an exemption or a policy reads, or one of this project, through a status or a binding', async () => {
    for (const [key, value] of [
      ['agent', 'yes'],
      ['exposure', 'public'],
      ['cofferdam.dev/risk', 'low'],
    ] as const) {
      const metadata = { labels: { [key]: value } };
      const said = `not to be set through a status or a binding: ${key}. Set it on the Pod itself, where it is judged.`;
      expect(await refusalOf(patch('stored', { metadata }, '--subresource=status'))).toBe(said);
      expect(await refusalOf(raw('pods/stored/binding', bind(metadata)))).toBe(said);
      expect(await refusalOf(raw('bindings', bind(metadata)))).toBe(said);
    }
  });

  it.each([
    'dev.gvisor.flag.host-uds',
    'io.katacontainers.config.hypervisor.path',
    'cofferdam.dev/injected-runtime-class',
  ])('bypass 11 and 12: an annotation through an update, a status or a binding: %s', async key => {
    const metadata = { annotations: { [key]: 'x' } };
    expect(await refusalOf(patch('stored', { metadata }, '--subresource=status'))).toContain(key);
    expect(await refusalOf(raw('pods/stored/binding', bind(metadata)))).toContain(key);
    expect(await refusalOf(raw('bindings', bind(metadata)))).toContain(key);
    if (!key.startsWith('cofferdam.dev/')) {
      expect(await refusalOf(patch('stored', { metadata }))).toContain('Annotation');
    }
  });

  it('lets pass what CNIs, schedulers and the API server itself write', async () => {
    const metadata = {
      annotations: { 'k8s.v1.cni.cncf.io/network-status': '[]' },
      labels: { 'topology.kubernetes.io/zone': 'a', other: 'b' },
    };
    await passes(patch('stored', { metadata, status: { message: 'x' } }, '--subresource=status'));
    expect(await raw('pods/stored/binding', bind(metadata))).toMatchObject({ code: 0 });
    expect(await raw('bindings', bind(metadata))).toMatchObject({ code: 0 });
  });

  it('bypass 10: what the stored Pod claims excuses nothing, and what it has is not judged again', async () => {
    await passes(patch('old', { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } }));
    expect(
      await refusalOf(patch('old', { metadata: { annotations: { 'dev.gvisor.spec.x': 'y' } } })),
    ).toContain('gvisorAnnotation');
  });

  it('never keeps a Pod that is being deleted', async () => {
    await kubectlOk(['delete', 'pod', 'old', '-n', HOME, '--now', '--wait=false']);
    await passes(patch('old', { metadata: { finalizers: null, annotations: { 'dev.gvisor.spec.x': 'y' } } }));
  });
});
