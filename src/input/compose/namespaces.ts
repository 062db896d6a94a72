import { isMap } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import type { ComposeFile, ReadField } from './field.ts';
import type { ServiceReader, Word } from './service.ts';
import { filledIn } from './variables.ts';

/*
Namespaces of the kernel: `host`, one of another service (`service:NAME`), one of any container (`container:NAME`), or none
of these. A service that shares another's is where that one is.
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
    } else if (word.text.startsWith('container:')) {
      unknownContainer(service, word);
    }
  };

/** Whether it is the host's, however many services lie between. */
function isHost(field: Shared, text: string, file: ComposeFile, seen: ReadonlySet<string>): boolean {
  if (text === 'host') return true;
  const other = /^service:(.*)$/s.exec(text)?.[1];
  if (other === undefined || seen.has(other)) return false;
  const found = Object.hasOwn(file.services, other) ? file.services[other] : undefined;
  if (!isMap(found)) return false;
  const next = filledIn(String(found[field] ?? ''));
  const joins = field === 'network_mode' && joinsHostNetwork(found.networks, file) !== undefined;
  return next.open !== undefined || joins || isHost(field, next.text, file, new Set([...seen, other]));
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

/** Docker's network "host", by whatever name the file knows it, is the host's. */
export const networks: ReadField = (service, pod, file) => {
  const given = service.service.networks;
  if (given === null) return;
  if (!isMap(given) && !Array.isArray(given)) {
    service.misshapen(service.at('networks'), given, 'a list or a map');
    return;
  }
  const joined = joinsHostNetwork(given, file);
  if (joined) pod.setSpec('hostNetwork', true, service.at('networks', ...joined));
};

function joinsHostNetwork(networks: unknown, file: ComposeFile): Keys | undefined {
  if (isMap(networks)) {
    const name = Object.keys(networks).find(one => isHostNetwork(one, file));
    return name === undefined ? undefined : [name];
  }
  if (!Array.isArray(networks)) return undefined;
  const at = networks.findIndex(one => isHostNetwork(String(one), file));
  return at < 0 ? undefined : [at];
}

function isHostNetwork(key: string, { networks }: ComposeFile): boolean {
  const network = Object.hasOwn(networks, key) ? networks[key] : undefined;
  if (!isMap(network)) return key === 'host';
  const { external } = network;
  const called = network.name ?? (isMap(external) ? external.name : undefined) ?? key;
  const isExternal = external !== undefined && external !== false;
  return (isExternal && filledIn(String(called)).text === 'host') || network.driver === 'host';
}

/** Namespaces that no Pod shares in this way, so that no signal weighs them. */
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
