import type { Isolation } from '../profiles/isolation.ts';
import { encryptionHint, fakesGvisor, gvisorMarks, kataMarks, vmmHint } from './marks.ts';
import type { Transcript } from './transcript.ts';

/** The kernel of the machine that the container runs on, as known from outside. */
export interface HostKernel {
  /** Its name in sentences: `node node1`. */
  readonly name: string;
  /** `status.nodeInfo.kernelVersion` of a Node. */
  readonly release: string | undefined;
  /** `status.nodeInfo.bootID` of a Node. */
  readonly bootId: string | undefined;
}

/** What a transcript shows about the kernel that a container runs on. */
export interface Seen {
  /** Undefined when it does not distinguish a sandbox from the host kernel. */
  readonly isolation: Isolation | undefined;
  /** The names of products: `gVisor`, `Kata`, `QEMU`. */
  readonly products: readonly string[];
  /** One phrase for each mark, the most telling first. */
  readonly evidence: readonly string[];
}

/**
 * Distinguishes a sandbox from a container by what is seen inside. Pure. Sharing the host's kernel outweighs every mark:
 * whatever runs inside can fake marks, but a sandbox cannot show by chance the boot id of a kernel that it does not run on. It
 * means nothing here that a node is a VM itself.
 *
 * @param host undefined when nothing is known of it, so that only marks decide
 */
export function classify(transcript: Transcript, host?: HostKernel): Seen {
  const kernel = compareKernels(transcript, host);
  const gvisor = gvisorMarks(transcript);
  const kata = kataMarks(transcript);
  if (kernel.same === true) {
    const fakes = [...gvisor, ...kata].map(mark => `and yet: ${mark}`);
    return { isolation: 'host-kernel', products: [], evidence: [...kernel.evidence, ...fakes] };
  }
  if (gvisor.length > 0) {
    return { isolation: 'app-kernel', products: ['gVisor'], evidence: [...gvisor, ...kernel.evidence] };
  }
  if (kernel.same === false || kata.length > 0)
    return virtualMachine(transcript, [...kata, ...kernel.evidence]);
  const fake = fakesGvisor(transcript) ? ['dmesg says gVisor, and the build of the kernel does not'] : [];
  return { isolation: undefined, products: [], evidence: [...fake, ...kernel.evidence] };
}

interface KernelsCompared {
  /** Undefined where it cannot be determined. */
  readonly same: boolean | undefined;
  readonly evidence: readonly string[];
}

/**
 * The same boot id means the same running kernel. A different one means less: some system containers hide that of their host
 * (LXD mounts another over it), so the release must differ, too.
 */
function compareKernels({ release, bootId }: Transcript, host: HostKernel | undefined): KernelsCompared {
  const releases = equal(release, host?.release);
  const boots = equal(bootId, host?.bootId);
  const name = host?.name ?? 'the host';
  const evidence = [
    ...(boots === undefined ? [] : [`boot id ${bootId} is ${boots ? '' : 'not '}that of ${name}`]),
    ...(release === undefined ? [] : [releaseWords(release, releases, host)]),
  ];
  if (boots === true) return { same: true, evidence };
  if (releases === true) return { same: boots === false ? undefined : true, evidence };
  return { same: releases, evidence };
}

function releaseWords(release: string, same: boolean | undefined, host: HostKernel | undefined): string {
  if (same === undefined) return `kernel release ${release}`;
  if (same) return `kernel release ${release} is that of ${host?.name}`;
  return `kernel release ${release}; ${host?.name} runs ${host?.release}`;
}

const equal = (a: string | undefined, b: string | undefined): boolean | undefined =>
  a && b ? a === b : undefined;

function virtualMachine(transcript: Transcript, marks: readonly string[]): Seen {
  const vmm = vmmHint(transcript);
  const encryption = encryptionHint(transcript);
  return {
    isolation: encryption ? 'confidential-vm' : 'vm',
    products: [...(kataMarks(transcript).length > 0 ? ['Kata'] : []), ...[vmm, encryption].filter(isThere)],
    evidence: [
      ...marks,
      ...(encryption
        ? [`its kernel says that memory is encrypted (${encryption}); attestation alone proves it`]
        : []),
      ...(vmm ? [`what it booted from names ${vmm}`] : []),
    ],
  };
}

const isThere = (word: string | undefined): word is string => word !== undefined;
