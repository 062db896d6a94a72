import { comment } from './comment.ts';
import { type Evidence, RAN, TESTED, tell } from './evidence.ts';
import { type Entry, entryOf, file, table } from './toml.ts';

/**
 * Flags of runsc. All of them are its defaults, written down so that neither a later default nor a hurried edit changes them
 * unnoticed. `character-device-policy` (default emulated-only) is left out, as runsc before 17 August 2026 does not know it.
 * Source: `runsc flags`, https://github.com/google/gvisor/blob/master/runsc/config/flags.go
 */
const FLAGS = [
  {
    key: 'platform',
    value: 'systrap',
    why: 'Runs on bare metal and in VMs. On bare metal, kvm makes system calls cheaper.',
  },
  { key: 'network', value: 'sandbox', why: '"host" would put the sandbox into the network of the host.' },
  {
    key: 'host-uds',
    value: 'none',
    why: 'No sockets of the host: that of containerd or Docker is root on the host.',
  },
  { key: 'host-fifo', value: 'none', why: 'No named pipes of the host.' },
  {
    key: 'net-raw',
    value: 'false',
    why: 'No raw sockets. "true" lets a container that has NET_RAW forge packets.',
  },
  {
    key: 'allow-flag-override',
    value: 'false',
    why: 'Pods choose no flags by annotation. The few that runsc allows even so, host-uds among them, are why no dev.gvisor.* annotation may reach it.',
  },
] as const satisfies readonly Entry[];

/** The same flags as arguments, for Docker. */
export const RUNSC_ARGUMENTS: readonly string[] = FLAGS.map(({ key, value }) => `--${key}=${value}`);

const READ: Evidence = {
  kind: 'read',
  by: `${TESTED.gvisor} takes each flag`,
  source: 'https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/crio.md',
};

const FOR_CRIO: readonly Entry[] = [
  { key: 'binary_name', value: '/usr/local/bin/runsc' },
  { key: 'grouping', value: true, why: 'Under CRI-O, containers find the sandbox of their Pod by it.' },
];

/** The configuration of containerd-shim-runsc-v1: `/etc/containerd/runsc.toml`. */
export function runscPart(crio: boolean): string {
  const evidence = crio ? READ : RAN;
  return file(
    comment('Flags of runsc, as containerd-shim-runsc-v1 hands them over.', tell(evidence)),
    ...(crio ? [FOR_CRIO.map(entryOf).join('\n')] : []),
    table(['runsc_config'], FLAGS),
  );
}
