import type { SecurityContext } from '../pod/kube.ts';
import { eachSecurityContext, type Occurrence } from '../pod/visit.ts';
import { anySecurityContext, guarded, type Lens, texts } from './guards.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

type Options = NonNullable<SecurityContext['seLinuxOptions']>;

/*
The mandatory access control of Fedora and Red Hat nodes.

Fields:  spec.securityContext.seLinuxOptions.type, and the same of every container
Allowed: undefined, '', container_t, container_init_t, container_kvm_t, container_engine_t (since 1.31)
Fields:  seLinuxOptions.user, seLinuxOptions.role
Allowed: undefined, ''
Level:   Baseline
*/
const SOURCE = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline';
const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

export const seLinuxOptions: Signal = {
  id: 'seLinuxOptions',
  category: 'exposure',
  weight: 30,
  title: 'SELinux type, user or role',
  phrase: 'an SELinux type, user or role',
  reason: 'a type, user or role of its own can step out of the confinement of containers',
  fix: 'remove seLinuxOptions.type, user and role; level may stay',
  mend: removing,
  source: SOURCE,
  ...guarded(lens =>
    [
      ofOptions(lens, 'type', value => `!(${value} in ${texts(TYPES)})`),
      ofOptions(lens, 'user', value => `${value} != ''`),
      ofOptions(lens, 'role', value => `${value} != ''`),
    ].join(' || '),
  ),
  inspect: pod => eachSecurityContext(pod, beyondBaseline),
};

function ofOptions(lens: Lens, field: 'type' | 'user' | 'role', predicate: (value: string) => string) {
  const value = (s: string) => `${s}.?seLinuxOptions.?${field}.orValue('')`;
  return anySecurityContext(lens, s => predicate(value(s)), value);
}

/** A label within Baseline still matters: gVisor refuses it, and Kata does not apply it. */
export const seLinuxLabel: Signal = {
  id: 'seLinuxLabel',
  category: 'requirement',
  weight: 0,
  title: 'SELinux label',
  phrase: 'an SELinux label',
  reason: 'the container must run under an SELinux label',
  fix: 'remove seLinuxOptions, so that the default label of the runtime applies',
  source: SOURCE,
  inspect: pod => eachSecurityContext(pod, label),
};

const within = (options: Options): boolean =>
  TYPES.includes(options.type ?? '') && !options.user && !options.role;

function beyondBaseline(context: SecurityContext, path: string): readonly Occurrence[] | undefined {
  const options = context.seLinuxOptions;
  if (!options || within(options)) return undefined;
  const hits: Occurrence[] = [];
  const at = `${path}.securityContext.seLinuxOptions`;
  if (options.type && !TYPES.includes(options.type)) hits.push({ path: `${at}.type`, value: options.type });
  if (options.user) hits.push({ path: `${at}.user`, value: options.user });
  if (options.role) hits.push({ path: `${at}.role`, value: options.role });
  return hits;
}

function label(context: SecurityContext, path: string): Occurrence | undefined {
  const options = context.seLinuxOptions;
  if (!options || !within(options) || !(options.type || options.level)) return undefined;
  return { path: `${path}.securityContext.seLinuxOptions`, value: options.type || options.level || '' };
}
