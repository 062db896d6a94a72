import { builtinView } from '../cluster/builtin.ts';
import type { RuntimeClassFacts } from '../cluster/view.ts';
import { builtinProfileTable } from '../profiles/builtin.ts';

/** The well-known RuntimeClasses that parts are written for, in the order in which help lists them. */
export const RUNTIMES = [
  'gvisor',
  'kata-qemu-runtime-rs',
  'kata-clh-runtime-rs',
  'kata-dragonball',
  'kata-qemu',
  'kata-clh',
  'kata-fc',
] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** The paths of one kind of Kata's programs and settings on a node. */
export interface KataFiles {
  /** The absolute path of the shim. */
  readonly shim: string;
  /** The absolute path of its configuration file. */
  readonly config: string;
  /** Whether it is written in Go, which upstream has deprecated and ships in an archive of its own. */
  readonly go: boolean;
  /** Whether it shares no directories with its guest, so that images must be on block devices. */
  readonly devmapper: boolean;
}

/** A runtime as parts need it: the class and the profile from the built-in data, and for Kata its files. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly title: string;
  readonly handler: string;
  readonly runtimeClass: RuntimeClassFacts;
  /** Undefined for gVisor. */
  readonly kata: KataFiles | undefined;
}

/** The prefix of the release archives: https://github.com/kata-containers/kata-containers/blob/main/docs/installation.md */
const PREFIX = '/opt/kata';
const DEFAULTS = `${PREFIX}/share/defaults/kata-containers`;

const rust = (configuration: string): KataFiles => ({
  shim: `${PREFIX}/runtime-rs/bin/containerd-shim-kata-v2`,
  config: `${DEFAULTS}/runtime-rs/configuration-${configuration}.toml`,
  go: false,
  devmapper: false,
});

const go = (configuration: string, devmapper = false): KataFiles => ({
  shim: `${PREFIX}/bin/containerd-shim-kata-v2`,
  config: `${DEFAULTS}/configuration-${configuration}.toml`,
  go: true,
  devmapper,
});

const KATA: Readonly<Record<RuntimeName, KataFiles | undefined>> = {
  gvisor: undefined,
  'kata-qemu-runtime-rs': rust('qemu-runtime-rs'),
  'kata-clh-runtime-rs': rust('clh-runtime-rs'),
  'kata-dragonball': rust('dragonball'),
  'kata-qemu': go('qemu'),
  'kata-clh': go('clh'),
  'kata-fc': go('fc', true),
};

/** The handlers that need no devmapper snapshotter. Kata's documents describe Firecracker only with containerd's. */
export const WITHOUT_DEVMAPPER: readonly RuntimeName[] = RUNTIMES.filter(name => !KATA[name]?.devmapper);

/** @throws Error when the built-in data lacks the class, which a test excludes */
export function runtimeOf(name: RuntimeName): Runtime {
  const runtimeClass = builtinView().runtimeClass(name);
  if (!runtimeClass) throw new Error(`policies/runtimeclasses.yaml has no class ${name}`);
  const { handler } = runtimeClass;
  const kata = KATA[name];
  const { title } = builtinProfileTable().forHandler(handler);
  return { name, title: kata?.go ? `${title}, Go runtime` : title, handler, runtimeClass, kata };
}
