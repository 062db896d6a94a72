import type { Keys } from '../../source/path.ts';
import type { ReadField } from './field.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';

export const privileged: ReadField = (service, pod) => {
  const keys = service.at('privileged');
  if (service.flag(service.service.privileged, keys, true)) pod.secure('privileged', true, keys);
};

const capabilities =
  (list: 'add' | 'drop'): ReadField =>
  (service, pod) => {
    const field = `cap_${list}`;
    for (const word of service.words(service.service[field], service.at(field))) {
      // An unknown value may add all of them, and drop none.
      if (word.open !== undefined) service.word(word, list === 'add' ? '"ALL"' : 'nothing');
      if (word.open === undefined) pod.capability(list, nameOf(word.text), word.keys);
      else if (list === 'add') pod.capability(list, 'ALL', word.keys);
    }
  };

/** Docker accepts names in any case, with and without their prefix. */
const nameOf = (text: string): string => text.trim().toUpperCase().replace(/^CAP_/, '');

export const capAdd = capabilities('add');
export const capDrop = capabilities('drop');

/**
 * `UID[:GID]` or names. A name is assumed to be another user than root, unless it is root; without a user, that of the image
 * counts.
 */
export const user: ReadField = (service, pod) => {
  const word = service.text('user');
  const [who = ''] = word?.text.split(':') ?? [];
  if (!word || word.open !== undefined || who === '') return;
  const isRoot = who === 'root' || /^[+-]?0+$/.test(who);
  if (!isRoot) pod.secure('runAsNonRoot', true, word.keys);
  if (/^\d{1,9}$/.test(who) || isRoot) pod.secure('runAsUser', isRoot ? 0 : Number(who), word.keys);
};

export const sysctls: ReadField = (service, pod) => {
  const field = 'sysctls';
  for (const { key, value } of service.entries(service.service[field], service.at(field)))
    pod.sysctl(key, value.text, value.keys);
};

/**
 * https://docs.docker.com/reference/cli/docker/container/run/#security-opt: `key=value`, or the older `key:value`. If a key
 * occurs several times, the last one counts, except where an earlier one confines less.
 */
export const securityOpt: ReadField = (service, pod) => {
  const field = 'security_opt';
  for (const word of service.words(service.service[field], service.at(field))) {
    const [, key = '', value = ''] = /^([a-z-]+)(?:[=:](.*))?$/s.exec(word.text) ?? [];
    const option = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (option && word.open === undefined) option(value, pod, word, service);
    else if (word.open !== undefined) unconfined(service, pod, word);
    else unknownOption(service, word);
  }
};

type Option = (value: string, pod: PodMaker, word: Word, service: ServiceReader) => void;

const OPTIONS: Readonly<Record<string, Option>> = {
  'no-new-privileges': (value, pod, { keys }) => {
    // Docker accepts the words of Go's strconv.ParseBool.
    pod.secure('allowPrivilegeEscalation', !/^(|1|t|true)$/i.test(value), keys);
  },
  seccomp: (value, pod, { keys }, service) => {
    if (value === 'builtin') return;
    if (value !== 'unconfined') {
      // Compose reads it from the folder of the file, so it is no profile that an administrator put on the host.
      service.leftOut(
        keys,
        'found a profile that is not read: judged as "seccomp=unconfined", as it may let everything pass',
        'Leave it out: the profile of Docker is then in force.',
      );
    }
    pod.secure('seccompProfile', { type: 'Unconfined' }, keys);
  },
  apparmor: (value, pod, { keys }) => {
    if (value === '' || value === 'docker-default') return;
    const profile =
      value === 'unconfined' ? { type: 'Unconfined' } : { type: 'Localhost', localhostProfile: value };
    pod.secure('appArmorProfile', profile, keys);
  },
  label: (value, pod, word, service) => {
    const [, part = '', text = ''] = /^(\w+)(?::(.*))?$/s.exec(value) ?? [];
    // A process without a label runs as spc_t, which is not confined.
    if (part === 'disable') return label(pod, 'type', 'spc_t', word);
    if (['user', 'role', 'type', 'level'].includes(part)) return label(pod, part, text, word);
    return unknownOption(service, word);
  },
  // This is the older form of `label=disable`.
  disable: (_, pod, word) => label(pod, 'type', 'spc_t', word),
  systempaths: (value, pod, word, service) => {
    if (value === 'unconfined') pod.secure('procMount', 'Unmasked', word.keys);
    else unknownOption(service, word);
  },
  'writable-cgroups': (value, pod, { keys }) => {
    if (value !== 'false') pod.secure('cgroupOptions', { mountMode: 'ReadWrite' }, keys);
  },
  // This is Podman's, which accepts Compose files, too.
  unmask: (_, pod, { keys }) => pod.secure('procMount', 'Unmasked', keys),
  mask: () => undefined,
  credentialspec: () => undefined,
};

function label(pod: PodMaker, part: string, text: string, { keys }: Word): void {
  const before = (pod.security.seLinuxOptions ?? {}) as Readonly<Record<string, string>>;
  pod.secure('seLinuxOptions', { ...before, [part]: text }, keys);
}

function unconfined(service: ServiceReader, pod: PodMaker, word: Word): void {
  service.word(word, '"seccomp=unconfined"');
  pod.secure('seccompProfile', { type: 'Unconfined' }, word.keys);
}

const unknownOption = (service: ServiceReader, { keys }: Word): void =>
  service.leftOut(
    keys,
    `found an option that is not known, expected one of ${Object.keys(OPTIONS).join(', ')}: judged without it`,
    'Correct it, or leave it out.',
  );

/** Docker's own profile is in force by default, like that of Kubernetes with RuntimeDefault. */
export const DEFAULT_SECCOMP = { type: 'RuntimeDefault' };

/** Commands that run in the container beside its own, and may have more privileges. */
const hooks =
  (field: string): ReadField =>
  (service, pod) => {
    for (const [hook, keys] of service.items(service.service[field], service.at(field)))
      readHook(hook, keys, service, pod);
  };

function readHook(hook: unknown, keys: Keys, service: ServiceReader, pod: PodMaker): void {
  const map = service.map(hook, keys);
  if (map && service.flag(map.privileged, [...keys, 'privileged'], true))
    pod.secure('privileged', true, [...keys, 'privileged']);
}

export const postStart = hooks('post_start');
export const preStop = hooks('pre_stop');

/**
 * The command that `docker compose watch` runs after it has copied changes:
 * https://docs.docker.com/reference/compose-file/develop/#exec
 */
export const develop: ReadField = (service, pod) => {
  const keys = service.at('develop');
  const at = [...keys, 'watch'];
  for (const [watch, of] of service.items(service.map(service.service.develop, keys)?.watch, at))
    readHook(service.map(watch, of)?.exec, [...of, 'exec'], service, pod);
};
