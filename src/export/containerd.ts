import { comment } from './comment.ts';
import { type Evidence, KATA_DEPLOY, RAN, TESTED, tell } from './evidence.ts';
import type { KataFiles, Runtime } from './runtimes.ts';
import { type Entry, entryOf, file, table } from './toml.ts';

/** Versions of containerd's configuration format: 2 for containerd 1.x, 3 for 2.x. */
export const CONTAINERD_VERSIONS = ['2', '3'] as const;
export type ContainerdVersion = (typeof CONTAINERD_VERSIONS)[number];

/** https://github.com/containerd/containerd/blob/main/docs/cri/config.md */
const CRI_PLUGIN: Readonly<Record<ContainerdVersion, string>> = {
  2: 'io.containerd.grpc.v1.cri',
  3: 'io.containerd.cri.v1.runtime',
};

const WHERE: Readonly<Record<ContainerdVersion, readonly string[]>> = {
  2: [
    'For containerd 1.x: paste it into /etc/containerd/config.toml, without the line "version".',
    'Not as an imported file: before containerd 2.0 an import replaces all other settings of the CRI plugin (https://github.com/containerd/containerd/pull/9982).',
  ],
  3: [
    'For containerd 2.x: a file in /etc/containerd/conf.d/. It adds to what is there. config.toml must have:',
    'imports = ["/etc/containerd/conf.d/*.toml"]',
  ],
};

/** The path of runsc.toml, for containerd and for CRI-O. */
export const RUNSC_TOML = '/etc/containerd/runsc.toml';

/** The part of containerd's configuration with a handler for each runtime. */
export function containerdPart(runtimes: readonly Runtime[], version: ContainerdVersion): string {
  return file(
    comment(...WHERE[version], 'Restart containerd afterwards.'),
    entryOf({ key: 'version', value: Number(version) }),
    ...runtimes.flatMap(runtime => handlerOf(runtime, version)),
    ...(runtimes.some(({ kata }) => kata?.devmapper) ? [SNAPSHOTTER] : []),
  );
}

function handlerOf(runtime: Runtime, version: ContainerdVersion): readonly string[] {
  const { title, handler, kata } = runtime;
  const path = ['plugins', CRI_PLUGIN[version], 'containerd', 'runtimes', handler];
  const entries = [...(kata ? shimOf(handler, kata) : RUNSC), ...safe(kata !== undefined)];
  const options = kata ? [{ key: 'ConfigPath', value: kata.config }] : RUNSC_OPTIONS;
  return [
    table(path, entries, `${title}.`, tell(evidenceOf(runtime, version))),
    table([...path, 'options'], options),
    // The reason is upstream's own: https://github.com/containerd/containerd/pull/12836
    ...(kata?.devmapper && version === '3' ? [imagesOf(handler)] : []),
  ];
}

function evidenceOf({ kata }: Runtime, version: ContainerdVersion): Evidence {
  if (!kata && version === '3') return RAN;
  const by = `${TESTED.containerd} reads it${version === '2' ? ' and converts it to version 3' : ''} (containerd config dump)`;
  return { kind: 'read', by, source: kata ? KATA_DEPLOY : GVISOR_GUIDE };
}

const GVISOR_GUIDE =
  'https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/quick_start.md';

const RUNSC: readonly Entry[] = [
  {
    key: 'runtime_type',
    value: 'io.containerd.runsc.v1',
    why: 'containerd-shim-runsc-v1, found on the PATH of containerd, as runsc is.',
  },
];

const RUNSC_OPTIONS: readonly Entry[] = [
  { key: 'TypeUrl', value: 'io.containerd.runsc.v1.options' },
  { key: 'ConfigPath', value: RUNSC_TOML, why: 'Written by: cofferdam export runsc' },
];

const shimOf = (handler: string, { shim, devmapper }: KataFiles): readonly Entry[] => [
  { key: 'runtime_type', value: `io.containerd.${handler}.v2` },
  { key: 'runtime_path', value: shim },
  ...(devmapper
    ? [
        {
          key: 'snapshotter',
          value: 'devmapper',
          why: 'Firecracker shares no directories: the image must reach the guest as a block device.',
        },
      ]
    : []),
];

const safe = (kata: boolean): readonly Entry[] => [
  {
    key: 'privileged_without_host_devices',
    value: true,
    why: kata
      ? 'Without it, a privileged container is given the disks of the host.'
      : 'Without it, a privileged container is given the devices of the host: on a GPU node, every GPU.',
  },
  {
    key: 'pod_annotations',
    value: [],
    why: kata
      ? "No annotation of a Pod reaches Kata. kata-deploy passes io.katacontainers.* on, which lets a Pod's author change the VM, kernel parameters included."
      : "No annotation of a Pod reaches runsc. gVisor's documents pass dev.gvisor.* on for some uses: with it, dev.gvisor.flag.host-uds alone opens the sockets of the host, whatever runsc.toml says.",
  },
];

/** In version 3, another plugin handles the images, and does not see the handler's snapshotter. */
const imagesOf = (handler: string): string =>
  table(
    ['plugins', 'io.containerd.cri.v1.images', 'runtime_platforms', handler],
    [{ key: 'snapshotter', value: 'devmapper' }],
    'Images for this handler are unpacked where it finds them.',
  );

const SNAPSHOTTER = table(
  ['plugins', 'io.containerd.snapshotter.v1.devmapper'],
  [
    { key: 'root_path', value: '/var/lib/containerd/devmapper' },
    { key: 'pool_name', value: 'devpool', why: 'The thin pool must exist before containerd starts.' },
    { key: 'base_image_size', value: '10GB' },
    { key: 'discard_blocks', value: true },
  ],
  'Not run. Source: https://github.com/containerd/containerd/blob/main/docs/snapshotters/devmapper.md',
);
