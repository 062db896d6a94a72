import { isMap, type Mapping } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import type { ComposeFile, ReadField } from './field.ts';
import { configs, secrets } from './files.ts';
import { named } from './named-volumes.ts';
import { otherService, serviceOfContainer } from './others.ts';
import { bind, isPath } from './paths.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';

type Mount = Readonly<Record<string, unknown>>;

export const volumes: ReadField = (service, pod, file) => {
  for (const [item, keys] of service.items(service.service.volumes, service.at('volumes'))) {
    if (isMap(item)) readLong(item, keys, service, pod, file);
    else {
      const word = service.scalar(item, keys, 'a string or a map');
      if (word) readShort(word, service, pod, file);
    }
  }
};

/** `[SOURCE:]TARGET[:MODE]`, where a Windows drive has a colon of its own: Compose takes any letter before a colon for one. */
const PARTS = /^(?:(\p{L}:[^:]*|[^:]*):)?(\p{L}:[^:]*|[^:]*?)(?::([^:]*))?$/su;
/** The same, where a variable at the beginning may hold any of these parts. */
const [SOURCE, TARGET, MODE] = [1, 2, 3];

function readShort(word: Word, service: ServiceReader, pod: PodMaker, file: ComposeFile): void {
  const parts = PARTS.exec(word.text);
  if (!parts) {
    service.error(
      word.keys,
      'found too many parts, expected [SOURCE:]TARGET[:MODE]',
      'Correct it, or use the long syntax.',
    );
    return;
  }
  const target = parts[TARGET] ?? '';
  const source = parts[SOURCE];
  const options = (parts[MODE] ?? '').split(',');
  if (source === undefined || source === '') {
    // It is an anonymous volume, unless all of it is a variable.
    if (word.open === undefined) pod.volume({ emptyDir: {} }, { mountPath: target }, word.keys);
    else bind(word, { mountPath: '' }, service, pod, file);
    return;
  }
  const mount = { mountPath: target, ...propagating(options.map(propagationOf).find(Boolean)) };
  const isOpen = word.open !== undefined && source.includes('$');
  const told = { text: source, keys: word.keys, ...(isOpen && { open: word.open }) };
  if (told.open !== undefined || isPath(source)) bind(told, mount, service, pod, file);
  else named(told, mount, service, pod, file);
}

/** https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation */
const PROPAGATION: Readonly<Record<string, string>> = {
  shared: 'Bidirectional',
  rshared: 'Bidirectional',
  slave: 'HostToContainer',
  rslave: 'HostToContainer',
};

const propagationOf = (word: string): string | undefined =>
  Object.hasOwn(PROPAGATION, word) ? PROPAGATION[word] : undefined;

const propagating = (mountPropagation: string | undefined): Mount =>
  mountPropagation === undefined ? {} : { mountPropagation };

function readLong(item: Mapping, keys: Keys, service: ServiceReader, pod: PodMaker, file: ComposeFile): void {
  const type = service.scalar(item.type, [...keys, 'type']) ?? { text: 'volume', keys };
  const source = service.scalar(item.source, [...keys, 'source']);
  const mount = longMount(item, keys, service);
  switch (type.open === undefined ? type.text : 'bind') {
    case 'bind':
    case 'npipe':
      if (source) bind(source, mount, service, pod, file);
      else service.misshapen([...keys, 'source'], item.source, 'a path');
      return;
    case 'volume':
      if (source?.open !== undefined) bind(source, mount, service, pod, file);
      else if (source) named(source, mount, service, pod, file);
      else pod.volume({ emptyDir: {} }, mount, keys);
      return;
    case 'tmpfs':
      pod.volume({ emptyDir: { medium: 'Memory' } }, mount, keys);
      return;
    case 'image':
      pod.volume({ image: { reference: source?.text ?? '' } }, mount, keys);
      return;
    case 'cluster':
      pod.volume({ csi: { driver: 'cluster' } }, mount, keys);
      return;
    default:
      service.error(
        [...keys, 'type'],
        'found a type of mount that is not known, expected bind, volume, tmpfs, image, npipe or cluster',
        'Correct it.',
      );
  }
}

function longMount(item: Mapping, keys: Keys, service: ServiceReader): Mount {
  const target = service.scalar(item.target, [...keys, 'target']);
  const bound = service.map(item.bind, [...keys, 'bind']);
  const propagation = service.scalar(bound?.propagation, [...keys, 'bind', 'propagation']);
  if (propagation) service.word(propagation, '"rshared"');
  const volume = service.map(item.volume, [...keys, 'volume']) ?? service.map(item.image, [...keys, 'image']);
  const subPath = service.scalar(volume?.subpath, [...keys, 'volume', 'subpath']);
  const known = propagation?.open === undefined ? propagationOf(propagation?.text ?? '') : 'Bidirectional';
  return {
    mountPath: target?.text ?? '',
    ...propagating(known),
    ...(subPath && { subPath: subPath.text }),
  };
}

/** `NAME`, `NAME:ro`, `service:NAME`, `container:NAME`. */
export const volumesFrom: ReadField = (service, pod, file) =>
  readVolumesFrom(service, pod, file, new Set([service.name]));

/** Everything that is mounted in another service, including what it has from others. */
function readVolumesFrom(service: ServiceReader, pod: PodMaker, file: ComposeFile, seen: Set<string>): void {
  const field = 'volumes_from';
  for (const word of service.words(service.service[field], service.at(field))) {
    if (word.open !== undefined) {
      bind(word, { mountPath: '' }, service, pod, file);
      continue;
    }
    const [first = '', second = ''] = word.text.split(':');
    const other =
      first === 'container'
        ? serviceOfContainer(second, file)
        : otherService(first === 'service' ? second : first, file);
    if (!other) {
      service.leftOut(
        word.keys,
        'has the volumes of a container that is not in this file: judged without them',
        'Name a service of this file, or give it the volumes themselves.',
      );
    } else if (!seen.has(other.name)) {
      seen.add(other.name);
      const reader = service.as(other.service, word.keys);
      for (const read of [volumes, secrets, configs, useApiSocket]) read(reader, pod, file);
      readVolumesFrom(reader, pod, file, seen);
    }
  }
}

export const tmpfs: ReadField = (service, pod) => {
  for (const { text, keys } of service.words(service.service.tmpfs, service.at('tmpfs'), true))
    pod.volume({ emptyDir: { medium: 'Memory' } }, { mountPath: text.split(':')[0] }, keys);
};

/** Docker's own socket, with the credentials of whoever starts it. */
export const useApiSocket: ReadField = (service, pod) => {
  const keys = service.at('use_api_socket');
  if (service.flag(service.service.use_api_socket, keys, true))
    pod.volume({ hostPath: { path: '/var/run/docker.sock' } }, { mountPath: '/var/run/docker.sock' }, keys);
};
