import { APP_ARMOR_PREFIX } from './app-armor.ts';
import type { Cel } from './cel.ts';
import { text, texts } from './guards.ts';

/** The keys of annotations that one runtime obeys, in lower case. */
export interface Family {
  readonly prefixes: readonly string[];
  /** Harmless keys within the prefixes. */
  readonly allowed?: ReadonlySet<string>;
  /** The form of harmless keys that contain a name: an expression that JavaScript reads as RE2 does. */
  readonly allowedForm?: RegExp;
  /** A part within a key that marks it, too. */
  readonly part?: string;
  /** Prefixes of keys that contain the part and are harmless. */
  readonly allowedPrefixes?: readonly string[];
}

/* The families, each under the name that its signal in annotations.ts uses. */
export const FAMILIES = {
  gvisor: {
    prefixes: ['dev.gvisor.'],
    // It serves an emptyDir from the node, like any volume, so that what other programs write there is seen, and so are their
    // sockets, as files. gVisor's documents recommend it to authors, and it sets no flag and no mount. The name is that of a
    // volume. https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/configuration.md
    allowedForm: /^dev[.]gvisor[.]empty-dir[.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?[.]force-shared$/,
  },
  kata: {
    prefixes: ['io.katacontainers.'],
    allowed: new Set([
      // These give the size of the VM: only numbers, and within the cgroup of the Pod.
      'io.katacontainers.config.hypervisor.default_vcpus',
      'io.katacontainers.config.hypervisor.default_max_vcpus',
      'io.katacontainers.config.hypervisor.default_memory',
      // These affect only a remote hypervisor: they choose among the instance sizes that the operator has listed.
      'io.katacontainers.config.hypervisor.default_gpus',
      'io.katacontainers.config.hypervisor.default_gpu_model',
      // A confidential VM is measured with this: it keeps the host out of the VM, and every such Pod has one.
      'io.katacontainers.config.hypervisor.cc_init_data',
      'io.katacontainers.config.agent.policy',
      // This is how many seconds to wait for large images that are pulled inside the VM.
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
    // Each is there with and without a slash at its end: `devices.nri.io` alone is for all containers.
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

/** @param key in lower case, without white space around it */
export function matches(family: Family, key: string): boolean {
  if (family.prefixes.some(prefix => key.startsWith(prefix))) return !isAllowed(family, key);
  if (family.part === undefined || !key.includes(family.part)) return false;
  return !family.allowedPrefixes?.some(prefix => key.startsWith(prefix));
}

/**
 * Long enough for a key with a name of 63 characters (`dev.gvisor.empty-dir.NAME.force-shared`): the cost of an expression
 * grows with the length.
 */
const LONGEST_FORM = 97;

const isAllowed = ({ allowed = NO_KEYS, allowedForm }: Family, key: string): boolean =>
  allowed.has(key) || (allowedForm !== undefined && key.length <= LONGEST_FORM && allowedForm.test(key));

/** The harmless keys in CEL, for a key `k`; undefined where the family has none. */
function isAllowedCel({ allowed, allowedForm }: Family): Cel | undefined {
  if (allowedForm !== undefined)
    return `size(k) <= ${LONGEST_FORM} && k.matches(${text(allowedForm.source)})`;
  return allowed && `k in ${texts(allowed)}`;
}

/** `matches` in CEL, for a key `k`. */
export function matchesCel(family: Family): Cel {
  const { prefixes, part, allowedPrefixes = [] } = family;
  const harmless = isAllowedCel(family);
  const begins = starts(prefixes) + (harmless ? ` && !(${harmless})` : '');
  return part ? `${begins} || k.contains(${text(part)}) && !${starts(allowedPrefixes)}` : begins;
}

/** The families, each with its name in `FAMILIES`. */
export const NAMED: readonly (readonly [string, Family])[] = Object.entries<Family>(FAMILIES);
/** No key begins like two families; a part may be in any key. */
const BY_PREFIX: Cel = NAMED.reduceRight<Cel>((others, [name, family]) => {
  const harmless = isAllowedCel(family);
  const own = harmless ? `(${harmless} ? '' : ${text(name)})` : text(name);
  return `${starts(family.prefixes)} ? ${own} : ${others}`;
}, "''");
/** Only keys of CRI-O are also recognised by a part. */
const HAS_PART: Cel = `k.contains(${text(FAMILIES.crio.part)}) && !${starts(FAMILIES.crio.allowedPrefixes)}`;
const PART: FamilyName = 'crio';
const ALSO = `+${PART}`;

/**
 * The family of each key in a list, as a list: by its prefix, by a part, or by both (`kata+crio`), as a loop over plain names
 * can test for a name in one step.
 */
export const familiesCel = (keys: Cel): Cel =>
  `${keys}.map(a, a.trim().lowerAscii()).map(k, (${BY_PREFIX}) + (${HAS_PART} ? ${text(ALSO)} : ''))`;

/**
 * Whether any key is of this family.
 * @param families the variable that `familiesCel` is bound to
 */
export const anyOfFamily = (families: Cel, name: FamilyName): Cel =>
  name === PART
    ? `${families}.exists(l, l.endsWith(${text(name)}))`
    : `(${text(name)} in ${families} || ${text(name + ALSO)} in ${families})`;

function starts(prefixes: readonly string[]): Cel {
  return `(${prefixes.map(prefix => `k.startsWith(${text(prefix)})`).join(' || ')})`;
}

const begun = (prefix: string): string => prefix.slice(0, 18);

/**
 * The form of keys that a guard has to look at: all keys of a family or of AppArmor, and a few more. One regular expression is
 * one step, where testing each family takes dozens, and hardly any key is one of these. It is short, as the API server counts
 * its length into what an evaluation may cost; a dot in it is any character.
 */
const SUSPECT: string = [
  `^[^a-z]*(${[...Object.values<Family>(FAMILIES).flatMap(({ prefixes }) => prefixes), APP_ARMOR_PREFIX].map(begun).join('|')})`,
  ...Object.values<Family>(FAMILIES).flatMap(({ part }) => part ?? []),
].join('|');

/**
 * A longer key is tested against the families at once: a regular expression costs by the length of both (cel-go `MatchesString`
 * in checker/cost.go), and 250 keys of 317 characters cost nearly all that an expression may.
 */
const LONG = 80;

/** True for a key that may belong to a family; it may be true for others. */
export const isSuspect = (key: Cel): Cel =>
  `(size(${key}) > ${LONG} || ${key}.lowerAscii().matches(${text(SUSPECT)}))`;
