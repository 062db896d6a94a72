import { nearest } from '../source/nearest.ts';

/** What stands between a container and the host kernel, weakest first. */
export const ISOLATIONS = ['host-kernel', 'app-kernel', 'vm', 'confidential-vm'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

const RANK: Readonly<Record<Isolation, number>> = {
  'host-kernel': 0,
  'app-kernel': 1,
  vm: 2,
  'confidential-vm': 3,
};

/** The position in the order; 0 for `host-kernel`. */
export const rank = (isolation: Isolation): number => RANK[isolation];

/** True when `a` isolates at least as well as `b`. */
export const atLeast = (a: Isolation, b: Isolation): boolean => RANK[a] >= RANK[b];

/** The stronger of two. */
export const strongest = (a: Isolation, b: Isolation): Isolation => (RANK[a] >= RANK[b] ? a : b);

/** True when the string is one of the four words. */
export const isIsolation = (word: unknown): word is Isolation =>
  typeof word === 'string' && Object.hasOwn(RANK, word);

/** Names of sandboxes that people write in place of an isolation. */
const MEANT: readonly (readonly [name: RegExp, isolation: Isolation])[] = [
  [/^(gvisor|runsc)/i, 'app-kernel'],
  [/^kata(-.*)?-(snp|tdx|sev|se|cc|coco)\b|^(confidential|coco)/i, 'confidential-vm'],
  [/^(kata|firecracker|qemu|cloud-hypervisor|microvm)/i, 'vm'],
  [/^(runc|none|host)/i, 'host-kernel'],
];

/** The isolation that was probably meant, by the name of a sandbox (`gvisor`) or a misspelling (`app-kernle`). */
export const meantIsolation = (word: string): Isolation | undefined =>
  MEANT.find(([name]) => name.test(word))?.[1] ?? ISOLATIONS.find(one => one === nearest(word, ISOLATIONS));
