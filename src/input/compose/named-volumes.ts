import { isMap, type Mapping } from '../../source/mapping.ts';
import type { ComposeFile } from './field.ts';
import { bind } from './paths.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';
import { filledIn } from './variables.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A volume of the file: Docker's own, or whatever its driver mounts. */
export function named(
  source: Word,
  mount: Fields,
  service: ServiceReader,
  pod: PodMaker,
  file: ComposeFile,
): void {
  const volume = Object.hasOwn(file.volumes, source.text) ? file.volumes[source.text] : undefined;
  const defined = isMap(volume) ? volume : {};
  if (defined.external !== undefined && defined.external !== false) {
    service.leftOut(
      source.keys,
      'found an external volume, of which this file does not say what it mounts: judged as one of its own',
      'Look at it ("docker volume inspect"), or define it in this file.',
    );
  }
  const made = madeBy(defined);
  if (typeof made === 'object') pod.volume(made, mount, source.keys);
  else {
    const { text, open } = filledIn(made);
    bind({ text, keys: source.keys, ...(open !== undefined && { open }) }, mount, service, pod, file);
  }
}

const OWN: Fields = { emptyDir: {} };

/**
 * What is mounted; a text for a path of the host. The driver "local" takes the options of mount(8), by which a volume may be
 * a bind mount or a disk: https://docs.docker.com/engine/storage/volumes/
 */
function madeBy(volume: Mapping): Fields | string {
  const driver = filledIn(String(volume.driver ?? 'local')).text;
  if (driver !== 'local') return { csi: { driver } };
  const options = isMap(volume.driver_opts) ? volume.driver_opts : {};
  const type = filledIn(String(options.type ?? '')).text;
  const device = String(options.device ?? '');
  if (device === '') return OWN;
  if (/^(nfs|cifs|smb)/.test(type)) return { nfs: { path: device } };
  return type === 'tmpfs' ? { emptyDir: { medium: 'Memory' } } : device;
}
