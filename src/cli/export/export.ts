import { type Command, Option } from 'commander';
import { CONTAINERD_VERSIONS, type ContainerdVersion, containerdPart } from '../../export/containerd.ts';
import { crioPart } from '../../export/crio.ts';
import { dockerPart } from '../../export/docker.ts';
import { runscPart } from '../../export/runsc.ts';
import { runtimeClassesPart } from '../../export/runtime-classes.ts';
import { RUNTIMES, WITHOUT_DEVMAPPER } from '../../export/runtimes.ts';
import { choosing } from '../console/choices.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo } from '../console/io.ts';
import { exportGuard } from './guard.ts';
import {
  EXIT,
  type ExportOptions,
  part,
  type RuntimeOptions,
  runtimeOption,
  runtimesOf,
  write,
} from './options.ts';

const HELP = `
Each part says whether this project's tests run it, or from where it is taken. docs/nodes.md puts them together.

${EXIT}

Examples:
  cofferdam export runtimeclasses --runtime gvisor --runtime kata-qemu | kubectl apply -f -
  cofferdam export containerd --runtime gvisor --output-file /etc/containerd/conf.d/gvisor.toml
  cofferdam export runsc --output-file /etc/containerd/runsc.toml
  cofferdam export guard --from-cluster | kubectl apply --server-side -f -
`;

/** Registers `cofferdam export`, and a command below it for each part. */
export function exportCommand(program: Command, io: CliIo): void {
  const parent = program
    .command('export')
    .summary('write what clusters and nodes need for sandboxes')
    .description(
      'Writes RuntimeClasses, and settings of containerd, runsc, Docker and CRI-O for gVisor and Kata Containers, with the safe values and why they are safe; and the guard and the locks as admission policies.',
    )
    .addHelpText('after', helpBelow(HELP));
  runtimeClasses(parent, io);
  containerd(parent, io);
  runsc(parent, io);
  docker(parent, io);
  crio(parent, io);
  exportGuard(parent, io);
}

function runtimeClasses(parent: Command, io: CliIo): void {
  part(parent, 'runtimeclasses', 'RuntimeClasses, with overhead and scheduling', [
    '--runtime gvisor --runtime kata-clh-runtime-rs | kubectl apply -f -',
  ])
    .addOption(runtimeOption(RUNTIMES))
    .action((options: RuntimeOptions) => write(runtimeClassesPart(runtimesOf(options)), options, io));
}

function containerd(parent: Command, io: CliIo): void {
  part(parent, 'containerd', "a part of containerd's config.toml", [
    '--runtime gvisor --output-file /etc/containerd/conf.d/gvisor.toml',
    '--runtime kata-fc --containerd-version 2',
  ])
    .addOption(runtimeOption(RUNTIMES))
    .addOption(
      choosing(
        new Option(
          '--containerd-version <number>',
          'version of the configuration: 3 for containerd 2.x, 2 for 1.x',
        ),
        CONTAINERD_VERSIONS,
      ).default('3'),
    )
    .action((options: RuntimeOptions & { readonly containerdVersion: ContainerdVersion }) =>
      write(containerdPart(runtimesOf(options), options.containerdVersion), options, io),
    );
}

function runsc(parent: Command, io: CliIo): void {
  part(parent, 'runsc', "gVisor's runsc.toml", ['--output-file /etc/containerd/runsc.toml', '--crio'])
    .option('--crio', 'write it as CRI-O needs it')
    .action((options: ExportOptions & { readonly crio?: boolean }) =>
      write(runscPart(options.crio ?? false), options, io),
    );
}

function docker(parent: Command, io: CliIo): void {
  part(parent, 'docker', "the runtimes of Docker's daemon.json", ['--runtime gvisor > daemon.json'])
    .addOption(runtimeOption(WITHOUT_DEVMAPPER))
    .action(async (options: RuntimeOptions) => {
      const { text, notes } = dockerPart(runtimesOf(options));
      await write(text, options, io);
      for (const note of notes) io.err(`${note}\n`);
    });
}

function crio(parent: Command, io: CliIo): void {
  part(parent, 'crio', "a part of CRI-O's configuration", [
    '--runtime kata-qemu-runtime-rs --output-file /etc/crio/crio.conf.d/50-kata.conf',
  ])
    .addOption(runtimeOption(WITHOUT_DEVMAPPER))
    .action((options: RuntimeOptions) => write(crioPart(runtimesOf(options)), options, io));
}
