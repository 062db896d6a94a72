import { anyContainer, type Lens, replaceAll, texts, unwaived } from './guards.ts';
import type { Cel } from './signal.ts';

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
  const name = raw.trim().replaceAll('\u017f', 's').replaceAll('\u0131', 'i').replace(LETTERS, upper);
  return name.startsWith('CAP_') ? name.slice('CAP_'.length) : name;
}

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
  return name.length > 64 ? 'other' : (BEYOND.get(normalise(name)) ?? 'other');
}

/** The guard of a class beyond Baseline: the same as `classify`, over entries `a`. */
export function capabilityGuard(wanted: CapabilityClass): (lens: Lens) => Cel {
  const prefixed = (names: Iterable<string>) => [...names].flatMap(name => [name, `CAP_${name}`]);
  const members = [...BEYOND].filter(([, it]) => it === wanted).map(([name]) => name);
  const match =
    wanted === 'other'
      ? `!(a in ${texts(['NET_BIND_SERVICE', ...BASELINE])}) && !(${UPPER} in ${texts(prefixed(BEYOND.keys()))})`
      : `${UPPER} in ${texts(prefixed(members))}`;
  return lens => {
    const found = unwaived(lens, match, NORMALISED, 'c');
    return anyContainer(lens, `c.?securityContext.?capabilities.?add.orValue([]).exists(a, ${found})`);
  };
}

const UPPER: Cel = `${replaceAll(replaceAll('a.trim()', '\u017f', 's'), '\u0131', 'i')}.upperAscii()`;
/** As `normalise` has it: what an exemption names. */
const NORMALISED: Cel = `[${UPPER}].map(n, n.startsWith('CAP_') ? n.substring(4) : n)[0]`;
