import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { builtinView } from '../../src/cluster/builtin.ts';
import { CONTAINERD_VERSIONS, containerdPart } from '../../src/export/containerd.ts';
import { crioPart } from '../../src/export/crio.ts';
import { dockerPart } from '../../src/export/docker.ts';
import { RUNSC_ARGUMENTS, runscPart } from '../../src/export/runsc.ts';
import { runtimeClassesPart } from '../../src/export/runtime-classes.ts';
import { RUNTIMES, runtimeOf, WITHOUT_DEVMAPPER } from '../../src/export/runtimes.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';

const ALL = RUNTIMES.map(runtimeOf);
const SHARING = WITHOUT_DEVMAPPER.map(runtimeOf);

type Tree = { readonly [key: string]: Tree };
const treeOf = (toml: string): Tree => parse(toml) as unknown as Tree;

describe.each(ALL.map(runtime => [runtime.name, runtime] as const))('%s', (_, { handler }) => {
  const profile = builtinProfileTable().forHandler(handler);

  it('has a profile that isolates', () => {
    expect(profile.isolation).toMatch(/^(app-kernel|vm)$/);
  });

  it.each(CONTAINERD_VERSIONS)('is safe under containerd, version %s', version => {
    const tree = treeOf(containerdPart(ALL, version));
    const plugin = { 2: 'io.containerd.grpc.v1.cri', 3: 'io.containerd.cri.v1.runtime' }[version];
    expect(tree.version).toBe(Number(version));
    expect(tree.plugins?.[plugin]?.containerd?.runtimes?.[handler]).toMatchObject({
      runtime_type: handler === 'runsc' ? 'io.containerd.runsc.v1' : `io.containerd.${handler}.v2`,
      // What the built-in profile promises of Kata's handlers, and gVisor needs on a node with GPUs.
      privileged_without_host_devices: true,
      pod_annotations: [],
      options: { ConfigPath: expect.stringMatching(/^\/.*\.toml$/) },
    });
  });
});

it.each(SHARING.map(({ handler }) => handler))('%s is safe under CRI-O', handler => {
  const tree = treeOf(crioPart(SHARING));
  expect(tree.crio?.runtime?.runtimes?.[handler]).toMatchObject({
    runtime_type: 'vm',
    privileged_without_host_devices: true,
  });
  expect(tree.crio?.runtime?.runtimes?.[handler]).not.toHaveProperty('allowed_annotations');
});

it('switches SELinux off under CRI-O where gVisor is among the runtimes, and nowhere else', () => {
  const selinux = (...names: readonly (typeof RUNTIMES)[number][]): unknown =>
    treeOf(crioPart(names.map(runtimeOf))).crio?.runtime?.selinux;
  expect(selinux('gvisor', 'kata-qemu')).toBe(false);
  expect(selinux('kata-qemu')).toBeUndefined();
});

it.each(CONTAINERD_VERSIONS)(
  'gives Firecracker, and no other, the devmapper snapshotter: version %s',
  version => {
    const text = containerdPart(ALL, version);
    const handlers = Object.entries(
      treeOf(text).plugins?.[version === '3' ? 'io.containerd.cri.v1.runtime' : 'io.containerd.grpc.v1.cri']
        ?.containerd?.runtimes ?? {},
    );
    expect(handlers.filter(([, one]) => one.snapshotter).map(([name]) => name)).toEqual(['kata-fc']);
    expect(treeOf(text).plugins?.['io.containerd.snapshotter.v1.devmapper']).toBeDefined();
    expect(treeOf(containerdPart(SHARING, version)).plugins).not.toHaveProperty([
      'io.containerd.snapshotter.v1.devmapper',
    ]);
  },
);

it('tells the image plugin of containerd 2.x of the snapshotter too', () => {
  expect(treeOf(containerdPart(ALL, '3')).plugins?.['io.containerd.cri.v1.images']).toEqual({
    runtime_platforms: { 'kata-fc': { snapshotter: 'devmapper' } },
  });
});

it('opens nothing of the host to runsc, in its file and on the command line of Docker alike', () => {
  const flags = treeOf(runscPart(false)).runsc_config ?? {};
  expect(flags).toMatchObject({ 'host-uds': 'none', network: 'sandbox', 'allow-flag-override': 'false' });
  expect(RUNSC_ARGUMENTS).toEqual(Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`));
});

it('keeps the values of runsc as strings, which its shim asks for', () => {
  const values = Object.values(treeOf(runscPart(true)).runsc_config ?? {});
  expect(values.map(value => typeof value)).toEqual(values.map(() => 'string'));
});

it('writes the RuntimeClasses of the built-in view, whole', () => {
  const written = parseAllDocuments(runtimeClassesPart(ALL)).map(document => document.toJS());
  const facts = written.map(({ metadata, handler, overhead, scheduling }) => ({
    name: metadata.name,
    handler,
    nodeSelector: scheduling?.nodeSelector ?? {},
    tolerations: [],
    ...(overhead && { overhead: overhead.podFixed }),
  }));
  expect(facts).toEqual(RUNTIMES.map(name => builtinView().runtimeClass(name)));
});

it('names an absolute path for every program that Docker is to start', () => {
  const { runtimes } = JSON.parse(dockerPart(SHARING).text);
  expect(Object.keys(runtimes)).toEqual(SHARING.map(({ handler }) => handler));
  for (const one of Object.values<Record<string, string>>(runtimes)) {
    expect(one.path ?? one.runtimeType).toMatch(/^\//);
  }
});
