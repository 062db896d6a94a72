import type { Transcript } from './transcript.ts';

/** Something that was seen, in words. */
export type Mark = string;

/**
 * The build of the kernel that gVisor claims, which is the same in all releases. Its release was 4.4.0 until April 2026 and has
 * been 4.19.0-gvisor since (5.15.0-gvisor with RDMA). Source: gvisor pkg/sentry/kernel/version/version.go.
 */
const GVISOR_BUILD = '#1 SMP Sun Jan 10 15:06:54 PST 2016';
/** The first line of its log. Source: gvisor pkg/sentry/kernel/syslog.go. */
const GVISOR_LOG = 'Starting gVisor...';

/** The marks of gVisor. Without a build or release of gVisor's kernel, its log is not believed. */
export function gvisorMarks({ builds, release, log, mounts }: Transcript): readonly Mark[] {
  const kernel = builds.some(build => build.includes(GVISOR_BUILD))
    ? [`kernel build ${GVISOR_BUILD} is gVisor's`]
    : release?.endsWith('-gvisor')
      ? [`kernel release ${release} is gVisor's`]
      : [];
  const logged = log.includes(GVISOR_LOG) ? [`dmesg: ${GVISOR_LOG}`] : [];
  // `dmesg` prints nothing but the log; beside the build of another kernel, the log is a fake.
  if (kernel.length === 0) return builds.length === 0 ? logged : [];
  const gofer = mounts.find(
    ({ type, options }) => type === '9p' && /(^|,)(trans=fd|directfs)(,|$)/.test(options),
  );
  return [...kernel, ...logged, ...(gofer ? [`mount ${gofer.target} is 9p from gVisor's gofer`] : [])];
}

/** Whether only the kernel's log says that it is gVisor's. */
export const fakesGvisor = (transcript: Transcript): boolean =>
  transcript.log.includes(GVISOR_LOG) && gvisorMarks(transcript).length === 0;

/**
 * Parameters with which Kata boots its guests. Source: kata-containers src/runtime/virtcontainers/kata_agent.go,
 * src/agent/src/config.rs.
 */
const KATA_PARAMETER = /(?:^|\s)(systemd\.unit=kata-containers\.target|agent\.[a-z_]+(?:=\S*)?)/;
/** The tag of the file system that Kata shares with a guest: src/runtime/virtcontainers/kata_agent.go. */
const KATA_SHARE = /^kataShared$/;

/** The marks of a guest of Kata Containers. */
export function kataMarks({ commandLine = '', mounts }: Transcript): readonly Mark[] {
  const parameter = KATA_PARAMETER.exec(commandLine)?.[1];
  const share = mounts.find(({ source }) => KATA_SHARE.test(source));
  return [
    ...(parameter ? [`kernel parameter ${parameter} is Kata's`] : []),
    ...(share ? [`mount ${share.target} is ${share.type} from ${share.source}, Kata's`] : []),
  ];
}

/** The names of VMMs in the tables that their guests boot from: DMI vendor, or OEM of the ACPI tables. */
const VMM_TABLES: readonly (readonly [string, RegExp])[] = [
  ['QEMU', /^DMI: QEMU|^ACPI: .*\bBOCHS\b/],
  ['Cloud Hypervisor', /^DMI: Cloud Hypervisor|^ACPI: .*\bCLOUDH\b/],
  ['Firecracker', /^ACPI: .*\bFIRECK\b/],
  ['Hyper-V', /Hypervisor detected: Microsoft Hyper-V/],
];
/** The parameters of Firecracker without ACPI: docs/kernel-policy and src/vmm/src/vmm_config/boot_source.rs (the defaults). */
const FIRECRACKER = ['reboot=k', 'panic=1', 'pci=off'];

/** The virtual machine monitor, if it shows. It is a hint and proves no sandbox, as nodes may be VMs, too. */
export function vmmHint({ log, commandLine = '' }: Transcript): string | undefined {
  const named = VMM_TABLES.find(([, pattern]) => log.some(line => pattern.test(line)));
  if (named) return named[0];
  const words = commandLine.split(/\s+/);
  return FIRECRACKER.every(word => words.includes(word)) ? 'Firecracker' : undefined;
}

/** Source: linux arch/x86/mm/mem_encrypt.c (print_mem_encrypt_feature_info), arch/x86/coco/tdx/tdx.c. */
const ENCRYPTED = /Memory Encryption Features active:.*\b(SEV-SNP|Intel TDX)\b/;

/** The memory encryption that the guest's kernel reports to be active. */
export function encryptionHint({ log }: Transcript): string | undefined {
  for (const line of log) {
    const found = ENCRYPTED.exec(line)?.[1];
    if (found) return found;
  }
  return undefined;
}

/**
 * True when a guest's kernel log is complete, so that what it does not say is not so. This holds only on x86: IBM Secure
 * Execution logs nothing of the kind.
 */
export const wouldTellEncryption = ({ log, builds }: Transcript): boolean =>
  log.some(line => line.startsWith('Linux version ')) && builds.some(build => build.includes(' x86_64'));
