import { isMap } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import type { ComposeFile, ReadField } from './field.ts';
import { hostPathOf, isPath } from './paths.ts';
import type { ServiceReader, Word } from './service.ts';

export const image: ReadField = (service, pod) => {
  const word = service.text('image');
  if (!word) return;
  pod.container.image = word.text;
  pod.from('spec.containers[0].image', word.keys);
};

/** What a build may do on the host does not belong to the container, and is not judged. */
export const build: ReadField = (service, pod, file) => {
  const keys = service.at('build');
  const { build: given } = service.service;
  // No registry is asked for an image that is built here.
  pod.container.image ??= `${service.name}:built`;
  for (const context of contextsOf(given, keys, service)) tellOutside(context, service, file);
  if (given === null || typeof given !== 'object') return;
  const map = service.map(given, keys);
  const isRisky =
    service.flag(map?.privileged, [...keys, 'privileged'], true) ||
    service.items(map?.entitlements, [...keys, 'entitlements']).length > 0 ||
    service.scalar(map?.network, [...keys, 'network'])?.text === 'host';
  if (isRisky) {
    service.leftOut(
      keys,
      'builds with privileges or in the network of the host, which is not judged: only what runs is',
      'Build without them, or where nothing else runs.',
    );
  }
};

/** The folders from which a build takes its files. */
function contextsOf(given: unknown, keys: Keys, service: ServiceReader): readonly Word[] {
  if (!isMap(given)) return [service.scalar(given, keys)].filter(word => word !== undefined);
  const more = 'additional_contexts';
  const context = service.scalar(given.context, [...keys, 'context']);
  const others = service.entries(given[more] ?? [], [...keys, more]).map(({ value }) => value);
  return [...(context ? [context] : []), ...others];
}

/** Files there may get into the image, where no signal looks. */
function tellOutside(context: Word, service: ServiceReader, file: ComposeFile): void {
  if (context.open !== undefined || !isPath(context.text)) return;
  if (hostPathOf(context.text, file) === undefined) return;
  service.leftOut(
    context.keys,
    'builds with files from outside of the project, which no signal weighs: judged without it',
    'Keep what it needs in the project.',
  );
}

/** The runtime of the container. A variable that is left is no sandbox. */
export const runtime: ReadField = (service, pod) => {
  const word = service.text('runtime');
  if (!word || word.text === '') return;
  service.word(word, 'the default of the daemon');
  if (word.open === undefined) pod.setSpec('runtimeClassName', word.text, word.keys);
};

export const platform: ReadField = (service, pod) => {
  const word = service.text('platform');
  if (word?.text.startsWith('windows')) pod.setSpec('os', { name: 'windows' }, word.keys);
};

/** Fields that refer to another file, or another service, for a part of this one. */
export const elsewhere =
  (field: string): ReadField =>
  service =>
    service.error(
      service.at(field),
      'found what is said elsewhere, expected a service with all that it has, so it was not judged',
      'Review what is made of it: docker compose config | cofferdam review -',
    );

/** A service whose containers Compose does not start. */
export const provider: ReadField = service => {
  // Docker runs a service whose provider is null like any other.
  if (service.service.provider === null) return;
  service.leftOut(
    service.at('provider'),
    'is made by a provider and not by Docker, so it was not judged',
    'Look at what the provider runs.',
  );
};
