import type { Cel } from './cel.ts';
import { anySecured, type Lens, replaceAll, text, texts, unwaived } from './guards.ts';

/** The class of an added capability. `bind` is NET_BIND_SERVICE, which is no finding at all. */
export type CapabilityClass =
  | 'bind'
  | 'baseline'
  | 'hostRoot'
  | 'hostKernel'
  | 'netAdmin'
  | 'netRaw'
  | 'other';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline, without NET_BIND_SERVICE. */
const BASELINE: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Capabilities beyond Baseline, by normalised name; any other name is `other`. */
const BEYOND: ReadonlyMap<string, CapabilityClass> = new Map<string, CapabilityClass>([
  // These are enough to become root on the host; in a sandbox they are harmless.
  ['ALL', 'hostRoot'],
  ['SYS_ADMIN', 'hostRoot'], // mount, cgroup release_agent, setns
  ['SYS_PTRACE', 'hostRoot'], // injects code into any process it sees
  ['DAC_READ_SEARCH', 'hostRoot'], // open_by_handle_at opens any file of the host
  // These affect the node's one kernel: they load code, touch hardware, trace, and set its clock, its log and its access
  // control.
  ['SYS_MODULE', 'hostKernel'],
  ['SYS_RAWIO', 'hostKernel'],
  ['BPF', 'hostKernel'],
  ['PERFMON', 'hostKernel'],
  ['SYS_TIME', 'hostKernel'],
  ['SYS_BOOT', 'hostKernel'],
  ['SYSLOG', 'hostKernel'],
  ['MAC_ADMIN', 'hostKernel'],
  ['MAC_OVERRIDE', 'hostKernel'],
  ['AUDIT_CONTROL', 'hostKernel'],
  ['AUDIT_READ', 'hostKernel'],
  ['NET_ADMIN', 'netAdmin'],
  ['NET_RAW', 'netRaw'],
]);

/**
 * The name as the runtimes read it: in upper case, without white space around it and without `CAP_`. containerd uses Go's
 * strings.ToUpper, for which U+017F and U+0131 are an S and an I; CRI-O accepts names with `CAP_`, too. Other look-alikes stay
 * unknown.
 */
export function normalise(raw: string): string {
  const trimmed = raw.trim();
  // No exemption can name it, as values have at most 4,096 characters, and a name of megabytes takes long to read.
  if (trimmed.length > LONGEST_VALUE) return trimmed;
  const name = trimmed.replaceAll('\u017f', 's').replaceAll('\u0131', 'i').replace(LETTERS, upper);
  return name.startsWith('CAP_') ? name.slice('CAP_'.length) : name;
}

const LONGEST_VALUE = 4096 + 'CAP_'.length;
const LETTERS = /[a-z]+/g;
const upper = (letters: string): string => letters.toUpperCase();

/**
 * The class of one entry of `capabilities.add`. A Baseline name in another spelling (`chown`, `CAP_CHOWN`) is `other`, as
 * Baseline and Pod Security Admission refuse it.
 */
export function classify(raw: string): CapabilityClass {
  if (raw === 'NET_BIND_SERVICE') return 'bind';
  if (BASELINE.has(raw)) return 'baseline';
  const known = BEYOND.get(raw);
  if (known) return known;
  const name = raw.trim();
  // No known name is this long, and one of megabytes takes long to read.
  return name.length > LONGEST ? 'other' : (BEYOND.get(normalise(name)) ?? 'other');
}

const LONGEST = 64;

/* The upper case of an entry `a` in CEL. Each entry is classified once, for all guards together. */
const UPPER: Cel = `${replaceAll(replaceAll('a.trim()', '\u017f', 's'), '\u0131', 'i')}.upperAscii()`;
/** `normalise` in CEL: the name that an exemption gives. */
const NORMALISED: Cel = `[${UPPER}].map(n, n.startsWith('CAP_') ? n.substring(4) : n)[0]`;
const GUARDED = ['hostRoot', 'hostKernel', 'netAdmin', 'netRaw'] as const;

const named = (wanted: CapabilityClass): readonly string[] =>
  [...BEYOND].filter(([, it]) => it === wanted).flatMap(([name]) => [name, `CAP_${name}`]);
/** `baseline`, which is no name in upper case, or the name to classify. */
const NAME: Cel = `a in ${texts(['NET_BIND_SERVICE', ...BASELINE])} ? 'baseline' : size(a.trim()) > ${LONGEST} ? 'OTHER' : ${UPPER}`;
const CLASS: Cel = GUARDED.reduceRight<Cel>(
  (others, wanted) => `n in ${texts(named(wanted))} ? ${text(wanted)} : ${others}`,
  "n == 'baseline' ? n : 'other'",
);
const BEYOND_BASELINE: Cel = `!(a in ${texts(['NET_BIND_SERVICE', ...BASELINE])})`;
const ADDED: Cel = 'c.?securityContext.?capabilities.?add.orValue([])';

/** The classes of added capabilities, as a list for each container of a list. */
export const capabilityClasses = (containers: Cel): Cel =>
  `${containers}.map(c, ${ADDED}.map(a, ${NAME}).map(n, ${CLASS}))`;

/** The guard of a class beyond Baseline. Only what an exemption may waive is tested again, one by one. */
export function capabilityGuard(wanted: CapabilityClass): (lens: Lens) => Cel {
  return lens => {
    // Whatever is not within Baseline is in one of the classes, so a gathered guard asks one question for all.
    if (lens.gather) return anySecured(lens, `${ADDED}.exists(a, ${BEYOND_BASELINE})`);
    const some = `${lens.made.capabilities}.exists(l, ${text(wanted)} in l)`;
    const found = `[${NAME}].exists(n, (${CLASS}) == ${text(wanted)})`;
    const unwaivedOne = unwaived(lens, found, NORMALISED, 'c');
    return unwaivedOne === found
      ? some
      : `${some} && ${anySecured(lens, `${ADDED}.exists(a, ${unwaivedOne})`)}`;
  };
}
