import { isMap, type Mapping } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import type { ReadField } from './field.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';

/** `/dev/x[:/dev/y[:rwm]]`, `{source, target, permissions}`, or a device by its CDI name: `vendor.com/class=name`. */
export const devices: ReadField = (service, pod) => {
  for (const [item, keys] of service.items(service.service.devices, service.at('devices'))) {
    const source = isMap(item) ? item.source : item;
    const word = service.scalar(source, isMap(item) ? [...keys, 'source'] : keys, 'a string or a map');
    if (word) device(word, service, pod);
  }
};

function device(word: Word, service: ServiceReader, pod: PodMaker): void {
  const [, kind] = /^([a-z0-9.-]+\/[\w.-]+)=/i.exec(word.text) ?? [];
  if (kind !== undefined && word.open === undefined) {
    pod.limit(kind, '1', word.keys);
    return;
  }
  service.word(word, 'a device of the host');
  const [path = ''] = word.text.split(':');
  // A value that a variable hides counts as a device, whatever its name is.
  const known = word.open === undefined ? path : `/dev/${path}`;
  pod.volume({ hostPath: { path: known, type: 'CharDevice' } }, undefined, word.keys);
}

/** Devices that the container may create and open itself: it has MKNOD by default. */
export const deviceCgroupRules: ReadField = (service, pod) => {
  const field = 'device_cgroup_rules';
  for (const { keys } of service.words(service.service[field], service.at(field)))
    pod.volume({ hostPath: { path: '/dev', type: 'CharDevice' } }, undefined, keys);
};

const NVIDIA = 'nvidia.com/gpu';

/** `all`, or a list of requests as below. */
export const gpus: ReadField = (service, pod) => {
  const keys = service.at('gpus');
  const { gpus: given } = service.service;
  if (Array.isArray(given)) readRequests(given, keys, service, pod, ['gpu']);
  else if (service.scalar(given, keys, '"all" or a list')) pod.limit(NVIDIA, '1', keys);
};

/** Limits, and reserved devices. */
export const deploy: ReadField = (service, pod) => {
  const keys = service.at('deploy');
  const resources = service.map(service.map(service.service.deploy, keys)?.resources, [...keys, 'resources']);
  const limits = service.map(resources?.limits, [...keys, 'resources', 'limits']);
  amount('cpu', limits?.cpus, [...keys, 'resources', 'limits', 'cpus'], service, pod);
  amount('memory', limits?.memory, [...keys, 'resources', 'limits', 'memory'], service, pod);
  const reservations = service.map(resources?.reservations, [...keys, 'resources', 'reservations']);
  const at = [...keys, 'resources', 'reservations', 'devices'];
  readRequests(reservations?.devices, at, service, pod, []);
};

/** https://docs.docker.com/reference/compose-file/deploy/#devices */
function readRequests(
  given: unknown,
  keys: Keys,
  service: ServiceReader,
  pod: PodMaker,
  implied: readonly string[],
): void {
  for (const [item, at] of service.items(given, keys)) {
    const request = service.map(item, at);
    if (request) readRequest(request, at, service, pod, implied);
  }
}

function readRequest(
  request: Mapping,
  keys: Keys,
  service: ServiceReader,
  pod: PodMaker,
  implied: readonly string[],
): void {
  const driver = service.scalar(request.driver, [...keys, 'driver'])?.text ?? '';
  const ids = service.words(request.device_ids, [...keys, 'device_ids']);
  if (driver === 'cdi') {
    for (const word of ids) device(word, service, pod);
    return;
  }
  const asked = service.words(request.capabilities, [...keys, 'capabilities']).map(({ text }) => text);
  const capabilities = asked.length > 0 ? asked : implied;
  const isNvidia = driver === 'nvidia' || (driver === '' && capabilities.includes('gpu'));
  const resource = `${driver || 'docker'}.com/${capabilities[0] ?? 'device'}`.replaceAll(/[^\w./-]/g, '-');
  pod.limit(isNvidia ? NVIDIA : resource, '1', keys);
}

const limit =
  (field: string, resource: 'cpu' | 'memory'): ReadField =>
  (service, pod) =>
    amount(resource, service.service[field], service.at(field), service, pod);

export const memLimit = limit('mem_limit', 'memory');
export const cpus = limit('cpus', 'cpu');

/** Only the presence of a limit counts. */
function amount(
  resource: 'cpu' | 'memory',
  value: unknown,
  keys: Keys,
  service: ServiceReader,
  pod: PodMaker,
): void {
  const word = service.scalar(value, keys, 'a number or a string');
  if (word && !NOTHING.test(word.text)) pod.limit(resource, '1', keys);
}

/** Zero in any unit, which means no limit. */
const NOTHING = /^0*\.?0*[a-z]*$/i;
