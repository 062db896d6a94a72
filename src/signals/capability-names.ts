import type { Cel } from './cel.ts';
import { anySecured, type Lens, replaceAll, text, texts, unwaived } from './guards.ts';

/** What an added capability means. `bind` is NET_BIND_SERVICE, which is no finding at all. */
export type CapabilityClass =
  | 'bind'
  | 'baseline'
  | 'hostRoot'
  | 'hostKernel'
  | 'netAdmin'
  | 'netRaw'
  | 'other';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline, NET_BIND_SERVICE apart. */
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

/** Beyond Baseline, by normalised name; any other name is `other`. */
const BEYOND: ReadonlyMap<string, CapabilityClass> = new Map<string, CapabilityClass>([
  // Enough to become root on the host; a sandbox can give them harmlessly.
  ['ALL', 'hostRoot'],
  ['SYS_ADMIN', 'hostRoot'], // mount, cgroup release_agent, setns
  ['SYS_PTRACE', 'hostRoot'], // injects code into any process it sees
  ['DAC_READ_SEARCH', 'hostRoot'], // open_by_handle_at opens any file of the host
  // Act on the one kernel of the node: load code, touch hardware, trace, its clock, its log, its access control.
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
 * The name as the runtimes take it: in upper case, without white space around it and without `CAP_`.
 * containerd upper-cases with Go's strings.ToUpper, for which U+017F and U+0131 are an S and an I; CRI-O takes names
 * with `CAP_` too. Other look-alikes stay what they are: unknown.
 */
export function normalise(raw: string): string {
  const trimmed = raw.trim();
  // No exemption can name it (values of 4,096 characters), and one of megabytes takes long to read.
  if (trimmed.length > LONGEST_VALUE) return trimmed;
  const name = trimmed.replaceAll('\u017f', 's').replaceAll('\u0131', 'i').replace(LETTERS, upper);
  return name.startsWith('CAP_') ? name.slice('CAP_'.length) : name;
}

const LONGEST_VALUE = 4096 + 'CAP_'.length;
const LETTERS = /[a-z]+/g;
const upper = (letters: string): string => letters.toUpperCase();

/**
 * The class of one entry of `capabilities.add`. A Baseline name in another spelling (`chown`, `CAP_CHOWN`) is `other`:
 * Pod Security Admission refuses it, and so does Baseline.
 */
export function classify(raw: string): CapabilityClass {
  if (raw === 'NET_BIND_SERVICE') return 'bind';
  if (BASELINE.has(raw)) return 'baseline';
  const known = BEYOND.get(raw);
  if (known) return known;
  const name = raw.trim();
  // No name that anybody knows is as long, and one of megabytes takes long to read.
  return name.length > LONGEST ? 'other' : (BEYOND.get(normalise(name)) ?? 'other');
}

const LONGEST = 64;

/*
The same in CEL, over an entry `a`. Each is classified once, for all guards together.
*/
const UPPER: Cel = `${replaceAll(replaceAll('a.trim()', '\u017f', 's'), '\u0131', 'i')}.upperAscii()`;
/** Does what `normalise` does: what an exemption names. */
const NORMALISED: Cel = `[${UPPER}].map(n, n.startsWith('CAP_') ? n.substring(4) : n)[0]`;
const GUARDED = ['hostRoot', 'hostKernel', 'netAdmin', 'netRaw'] as const;

const named = (wanted: CapabilityClass): readonly string[] =>
  [...BEYOND].filter(([, it]) => it === wanted).flatMap(([name]) => [name, `CAP_${name}`]);
/** `baseline`, which no name in upper case is, or the name to classify. */
const NAME: Cel = `a in ${texts(['NET_BIND_SERVICE', ...BASELINE])} ? 'baseline' : size(a.trim()) > ${LONGEST} ? 'OTHER' : ${UPPER}`;
const CLASS: Cel = GUARDED.reduceRight<Cel>(
  (others, wanted) => `n in ${texts(named(wanted))} ? ${text(wanted)} : ${others}`,
  "n == 'baseline' ? n : 'other'",
);
const BEYOND_BASELINE: Cel = `!(a in ${texts(['NET_BIND_SERVICE', ...BASELINE])})`;
const ADDED: Cel = 'c.?securityContext.?capabilities.?add.orValue([])';

/** The class of each capability that is added, in a list for each container of a list. */
export const capabilityClasses = (containers: Cel): Cel =>
  `${containers}.map(c, ${ADDED}.map(a, ${NAME}).map(n, ${CLASS}))`;

/** The guard of a class beyond Baseline. Only what an exemption may waive is looked for again, one by one. */
export function capabilityGuard(wanted: CapabilityClass): (lens: Lens) => Cel {
  return lens => {
    // Whatever is not of Baseline is of one of the classes: gathered, one question serves them all.
    if (lens.gather) return anySecured(lens, `${ADDED}.exists(a, ${BEYOND_BASELINE})`);
    const some = `${lens.made.capabilities}.exists(l, ${text(wanted)} in l)`;
    const found = `[${NAME}].exists(n, (${CLASS}) == ${text(wanted)})`;
    const unwaivedOne = unwaived(lens, found, NORMALISED, 'c');
    return unwaivedOne === found
      ? some
      : `${some} && ${anySecured(lens, `${ADDED}.exists(a, ${unwaivedOne})`)}`;
  };
}
