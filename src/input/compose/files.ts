import { isMap } from '../../source/mapping.ts';
import type { ComposeFile, ReadField } from './field.ts';
import { mapIn } from './look-up.ts';
import { bind, hostPathOf } from './paths.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';
import { filledIn } from './variables.ts';

/** Secrets and configs of a service: Docker mounts each as a file, which may be a file of the host. */
const files =
  (field: 'secrets' | 'configs'): ReadField =>
  (service, pod, file) => {
    for (const [item, keys] of service.items(service.service[field], service.at(field))) {
      const word = isMap(item)
        ? service.scalar(item.source, [...keys, 'source'])
        : service.scalar(item, keys, 'a string or a map');
      if (word) mountFile(word, field, service, pod, file);
    }
  };

export const secrets = files('secrets');
export const configs = files('configs');

/** The content of such files gets into the container, where no signal looks; files of the host are reported. */
export const envFile: ReadField = (service, _, file) => {
  const field = 'env_file';
  for (const [item, keys] of service.items(service.service[field], service.at(field), true)) {
    const word = isMap(item)
      ? service.scalar(item.path, [...keys, 'path'])
      : service.scalar(item, keys, 'a string or a map');
    if (!word || word.open !== undefined || hostPathOf(word.text, file) === undefined) continue;
    service.leftOut(
      word.keys,
      'has in its environment what a file outside of the project holds, which no signal weighs: judged without it',
      'Keep what it needs in a file of the project.',
    );
  }
};

function mountFile(
  word: Word,
  field: 'secrets' | 'configs',
  service: ServiceReader,
  pod: PodMaker,
  file: ComposeFile,
): void {
  // A variable may stand for any name in the file.
  const given = word.open === undefined ? filledIn(String(mapIn(file[field], word.text)?.file ?? '')) : word;
  const mount = { mountPath: `/run/secrets/${word.text}` };
  if (given.text === '') pod.volume({ emptyDir: {} }, mount, word.keys);
  else bind({ ...given, keys: word.keys }, mount, service, pod, file);
}
