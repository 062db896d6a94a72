import { APP_ARMOR_PREFIX } from './app-armor.ts';
import type { Cel } from './cel.ts';
import { text, texts } from './guards.ts';

/** Keys of annotations that one runtime obeys, in lower case. */
export interface Family {
  readonly prefixes: readonly string[];
  /** Keys within the prefixes that do no harm; a family has them by name, or by form. */
  readonly allowed?: ReadonlySet<string>;
  /** The same of keys with a name within: an expression that JavaScript reads as RE2 does. */
  readonly allowedForm?: RegExp;
  /** A part within the key that marks it too. */
  readonly part?: string;
  /** Prefixes of keys that carry the part and do no harm. */
  readonly allowedPrefixes?: readonly string[];
}

/*
The families, each with the signal of its name in annotations.ts.
*/
export const FAMILIES = {
  gvisor: {
    prefixes: ['dev.gvisor.'],
    // Serves an emptyDir from the node, as any volume, so that what other programs write there is seen, and so are their
    // sockets as files: gVisor's documents give it to authors, and no flag or mount comes of it. The name is a volume's.
    // https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/configuration.md
    allowedForm: /^dev[.]gvisor[.]empty-dir[.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?[.]force-shared$/,
  },
  kata: {
    prefixes: ['io.katacontainers.'],
    allowed: new Set([
      // The size of the VM: numbers only, and inside the cgroup of the Pod.
      'io.katacontainers.config.hypervisor.default_vcpus',
      'io.katacontainers.config.hypervisor.default_max_vcpus',
      'io.katacontainers.config.hypervisor.default_memory',
      // These bear on a remote hypervisor alone: they choose among the instance sizes that the operator listed.
      'io.katacontainers.config.hypervisor.default_gpus',
      'io.katacontainers.config.hypervisor.default_gpu_model',
      // What a confidential VM is measured with: it keeps the host out of the VM, and every such Pod carries one.
      'io.katacontainers.config.hypervisor.cc_init_data',
      'io.katacontainers.config.agent.policy',
      // Seconds to wait for large images that are pulled inside the VM.
      'io.katacontainers.config.runtime.create_container_timeout',
    ]),
  },
  crio: {
    prefixes: ['io.kubernetes.cri-o.', 'seccomp-profile.kubernetes.cri-o.io', 'io.containers.trace-syscall'],
    part: '.crio.io',
    allowedPrefixes: ['cpu-', 'irq-', 'skip-gomaxprocs.'],
  },
  oci: { prefixes: ['run.oci.', 'org.systemd.property.', 'org.criu.', 'module.wasm.image/'] },
  cdi: { prefixes: ['cdi.k8s.io/', 'nvidia.cdi.k8s.io/'] },
  nri: {
    // Each with and without a slash behind: `devices.nri.io` alone is for all containers.
    prefixes: [
      ...['devices', 'mounts', 'cdi-devices', 'netdevices'].flatMap(kind => [
        `${kind}.noderesource.dev`,
        `${kind}.nri.io`,
      ]),
      'cdi.nri.io',
      'devices.gke.io',
    ],
  },
  hyperv: {
    prefixes: ['io.microsoft.virtualmachine.', 'io.microsoft.container.', 'microsoft.com/hostprocess-'],
  },
  untrustedWorkload: {
    prefixes: [
      'io.kubernetes.cri.untrusted-workload',
      'runtime-handler.cri.kubernetes.io',
      'io.containerd.cri.runtime-handler',
    ],
  },
} satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;

const NO_KEYS: ReadonlySet<string> = new Set();

/** @param key trimmed, in lower case */
export function matches(family: Family, key: string): boolean {
  if (family.prefixes.some(prefix => key.startsWith(prefix))) return !isAllowed(family, key);
  if (family.part === undefined || !key.includes(family.part)) return false;
  return !family.allowedPrefixes?.some(prefix => key.startsWith(prefix));
}

/** Long enough for a name of 63 to make a key (`dev.gvisor.empty-dir.NAME.force-shared`): an expression costs by length. */
const LONGEST_FORM = 97;

const isAllowed = ({ allowed = NO_KEYS, allowedForm }: Family, key: string): boolean =>
  allowed.has(key) || (allowedForm !== undefined && key.length <= LONGEST_FORM && allowedForm.test(key));

/** The same in CEL, of `k`; undefined where no key of the family is allowed. */
function isAllowedCel({ allowed, allowedForm }: Family): Cel | undefined {
  if (allowedForm !== undefined)
    return `size(k) <= ${LONGEST_FORM} && k.matches(${text(allowedForm.source)})`;
  return allowed && `k in ${texts(allowed)}`;
}

/** The same in CEL, of `k`. */
export function matchesCel(family: Family): Cel {
  const { prefixes, part, allowedPrefixes = [] } = family;
  const harmless = isAllowedCel(family);
  const begins = starts(prefixes) + (harmless ? ` && !(${harmless})` : '');
  return part ? `${begins} || k.contains(${text(part)}) && !${starts(allowedPrefixes)}` : begins;
}

/** Each with the name that it has in `FAMILIES`. */
export const NAMED: readonly (readonly [string, Family])[] = Object.entries<Family>(FAMILIES);
/** No key begins as two families do; a part may stand in any. */
const BY_PREFIX: Cel = NAMED.reduceRight<Cel>((others, [name, family]) => {
  const harmless = isAllowedCel(family);
  const own = harmless ? `(${harmless} ? '' : ${text(name)})` : text(name);
  return `${starts(family.prefixes)} ? ${own} : ${others}`;
}, "''");
/** Only keys of CRI-O are also known by a part. */
const HAS_PART: Cel = `k.contains(${text(FAMILIES.crio.part)}) && !${starts(FAMILIES.crio.allowedPrefixes)}`;
const PART: FamilyName = 'crio';
const ALSO = `+${PART}`;

/**
 * The family of each key of a list, as a list: by its prefix, by a part, or by both (`kata+crio`), since one loop over flat
 * names is asked for a name in one step.
 */
export const familiesCel = (keys: Cel): Cel =>
  `${keys}.map(a, a.trim().lowerAscii()).map(k, (${BY_PREFIX}) + (${HAS_PART} ? ${text(ALSO)} : ''))`;

/** Whether any of them is of this family. @param families what `familiesCel` is bound to */
export const anyOfFamily = (families: Cel, name: FamilyName): Cel =>
  name === PART
    ? `${families}.exists(l, l.endsWith(${text(name)}))`
    : `(${text(name)} in ${families} || ${text(name + ALSO)} in ${families})`;

function starts(prefixes: readonly string[]): Cel {
  return `(${prefixes.map(prefix => `k.startsWith(${text(prefix)})`).join(' || ')})`;
}

const begun = (prefix: string): string => prefix.slice(0, 18);

/**
 * What a key looks like that any guard has to look at: all that a family or AppArmor names, and a few more. One regular
 * expression is one step, where asking each family takes dozens, and hardly any key is one of these. The API server counts
 * its length into what an evaluation may cost, so that it is a short one: a dot of it is any character.
 */
const SUSPECT: string = [
  `^[^a-z]*(${[...Object.values<Family>(FAMILIES).flatMap(({ prefixes }) => prefixes), APP_ARMOR_PREFIX].map(begun).join('|')})`,
  ...Object.values<Family>(FAMILIES).flatMap(({ part }) => part ?? []),
].join('|');

/**
 * For a longer key, the families are asked at once: a regular expression costs by the length of both (cel-go
 * `MatchesString` in checker/cost.go), and 250 keys of 317 characters came to nearly all that an expression may cost.
 */
const LONG = 80;

/** True of a key that may be of a family. It may be true of others. */
export const isSuspect = (key: Cel): Cel =>
  `(size(${key}) > ${LONG} || ${key}.lowerAscii().matches(${text(SUSPECT)}))`;
