import { isMap } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import type { ComposeFile, ReadField } from './field.ts';
import { mapIn } from './look-up.ts';
import { type Other, otherService, serviceOfContainer } from './others.ts';
import type { ServiceReader, Word } from './service.ts';
import { type Filled, filledIn } from './variables.ts';

/*
Namespaces of the kernel: `host`, that of another service (`service:NAME`), that of any container (`container:NAME`), or none of
these. A service that shares another's is in the same one. `ns:PATH` is Podman's, and may be any.
*/

type Shared = 'network_mode' | 'pid' | 'ipc';

const FIELDS: Readonly<Record<Shared, string>> = {
  network_mode: 'hostNetwork',
  pid: 'hostPID',
  ipc: 'hostIPC',
};

const sharing =
  (field: Shared): ReadField =>
  (service, pod, file) => {
    const word = service.text(field);
    if (!word) return;
    if (word.open !== undefined) service.word(word, '"host"');
    if (word.open !== undefined || isHost(field, word.text, file, new Set([service.name]))) {
      pod.setSpec(FIELDS[field], true, word.keys);
    } else if (/^container:/.test(word.text) && !otherOf(word.text, file)) {
      unknownContainer(service, word);
    }
  };

/** The service of this file whose namespace is shared. */
function otherOf(text: string, file: ComposeFile): Other | undefined {
  const [, kind, name = ''] = /^(service|container):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return kind === 'service' ? otherService(name, file) : serviceOfContainer(name, file);
}

/** Whether it is the host's, through any number of services. */
function isHost(field: Shared, text: string, file: ComposeFile, seen: ReadonlySet<string>): boolean {
  if (text === 'host' || text.startsWith('ns:')) return true;
  const other = otherOf(text, file);
  if (!other || seen.has(other.name)) return false;
  const next = filledIn(String(other.service[field] ?? ''));
  if (field === 'network_mode' && next.text === '')
    return hostNetworkAmong(other.service.networks, file) !== undefined;
  return next.open !== undefined || isHost(field, next.text, file, new Set([...seen, other.name]));
}

const unknownContainer = (service: ServiceReader, { keys }: Word): void =>
  service.leftOut(
    keys,
    'shares a namespace with a container that is not in this file: judged as if that one had its own',
    'Name a service of this file, or look at that container.',
  );

export const networkMode = sharing('network_mode');
export const pid = sharing('pid');
export const ipc = sharing('ipc');

/** Docker's network "host" is the host's, by whatever name the file refers to it. */
export const networks: ReadField = (service, pod, file) => {
  const given = service.service.networks;
  if (given != null && !isMap(given) && !Array.isArray(given)) {
    service.misshapen(service.at('networks'), given, 'a list or a map');
    return;
  }
  if (isSet(service.service.network_mode)) return;
  const joined = hostNetworkAmong(given, file);
  if (!joined) return;
  const keys = joined.isDefault ? ['networks', DEFAULT] : service.at('networks', ...joined.keys);
  if (joined.open !== undefined)
    service.word({ text: '', open: joined.open, keys }, 'the network of the host');
  pod.setSpec('hostNetwork', true, keys);
};

const isSet = (mode: unknown): boolean => mode !== undefined && mode !== null && mode !== '';

/** The network of a service that names none: https://docs.docker.com/compose/how-tos/networking/ */
const DEFAULT = 'default';

/** A network that is or may be the host's. */
interface Joined {
  /** Its path, from the service's networks. */
  readonly keys: Keys;
  readonly isDefault: boolean;
  /** The variable because of which it may be. */
  readonly open?: string;
}

function hostNetworkAmong(given: unknown, file: ComposeFile): Joined | undefined {
  const all: readonly (readonly [Filled, string | number])[] = isMap(given)
    ? Object.keys(given).map(name => [{ text: name }, name])
    : (Array.isArray(given) ? given : []).map((name, i) => [filledIn(String(name)), i]);
  const isDefault = all.length === 0;
  for (const [name, key] of isDefault ? [[{ text: DEFAULT }, DEFAULT] as const] : all) {
    const open = name.open ?? hostNetwork(name.text, file);
    if (open !== false) return { keys: [key], isDefault, ...(open !== true && { open }) };
  }
  return undefined;
}

/** Whether a network is the host's, or the variable because of which it may be. */
function hostNetwork(key: string, { networks }: ComposeFile): boolean | string {
  const network = mapIn(networks, key);
  if (!network) return key === 'host';
  const { external } = network;
  const isExternal = external !== undefined && external !== false;
  const called = network.name ?? (isMap(external) ? external.name : undefined) ?? key;
  const words = [...(isExternal ? [called] : []), ...(network.driver == null ? [] : [network.driver])];
  const filled = words.map(word => filledIn(String(word)));
  return filled.some(({ text }) => text === 'host') || (filled.find(({ open }) => open)?.open ?? false);
}

/** Namespaces that no Pod can share in this way, so that no signal weighs them. */
export const uts: ReadField = service => {
  const word = service.text('uts');
  if (word && (word.open !== undefined || word.text === 'host')) {
    service.leftOut(
      word.keys,
      "shares the host's name (UTS namespace), which no signal weighs: judged without it",
      'Leave it out: hostname sets a name of its own.',
    );
  }
};

export const cgroup: ReadField = service => {
  const word = service.text('cgroup');
  if (word && (word.open !== undefined || word.text === 'host')) {
    service.leftOut(
      word.keys,
      'sees the cgroups of the host, which no signal weighs: judged without it',
      'Leave it out: private is what Docker does by itself on hosts with cgroup v2.',
    );
  }
};
