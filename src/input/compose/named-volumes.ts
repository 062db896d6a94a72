import { posix } from 'node:path';
import { isMap, type Mapping } from '../../source/mapping.ts';
import type { ComposeFile, ComposePlace } from './field.ts';
import { bind, hostPathOf, isPath } from './paths.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';
import { type Filled, filledIn } from './variables.ts';

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
  // Docker refuses a path for a name; what takes it takes it for a path.
  const made = isPath(source.text) ? source : madeBy(defined, file);
  if ('text' in made) bind({ ...made, keys: source.keys }, mount, service, pod, file);
  else pod.volume(made.fields, mount, source.keys);
}

/** Compose 2 starts a relative path at the project, Compose 1 hands it on to the daemon, which works in the root directory. */
const ofDaemon = (device: Filled, place: ComposePlace): Filled =>
  device.open === undefined && hostPathOf(device.text, place) === undefined
    ? { text: posix.resolve('/', device.text) }
    : device;

const OWN = { fields: { emptyDir: {} } };
/** What shows the host in another way than by a path of its own. */
const ANYTHING = { fields: { hostPath: { path: '/' } } };

/**
 * What is mounted, or a path of the host that is. The driver "local" takes type, options and device of mount(8), by which a
 * volume may be a bind mount, a disk, or a view of the kernel: https://docs.docker.com/engine/storage/volumes/
 */
function madeBy(volume: Mapping, place: ComposePlace): { readonly fields: Fields } | Filled {
  const options = isMap(volume.driver_opts) ? volume.driver_opts : {};
  const option = (name: string): Filled => filledIn(String(options[name] ?? ''));
  const driver = filledIn(String(volume.driver ?? ''));
  // A path of the host to plugins that keep volumes where they are told (local-persist).
  const kept = option('mountpoint');
  if (kept.text !== '') return kept;
  const [type, device] = [option('type'), option('device')];
  if (!['', 'local'].includes(driver.text) && (driver.open === undefined || device.text === ''))
    return { fields: { csi: { driver: driver.text } } };
  if (isBind(option('o')) || ['', 'none'].includes(type.text))
    return device.text === '' ? OWN : ofDaemon(device, place);
  if (NETWORK.test(type.text)) return { fields: { nfs: { path: device.text } } };
  if (MEMORY.test(type.text)) return { fields: { emptyDir: { medium: 'Memory' } } };
  return DISK.test(type.text)
    ? { fields: { hostPath: { path: device.text, type: 'BlockDevice' } } }
    : ANYTHING;
}

/** The kernel passes over the type where this is among the flags (https://man7.org/linux/man-pages/man2/mount.2.html). */
const isBind = ({ text, open }: Filled): boolean =>
  open !== undefined || text.split(',').some(one => one === 'bind' || one === 'rbind');

/** File systems by what they take as a device; of any other, such as overlay or devtmpfs, the options may say what is shown. */
const NETWORK = /^(nfs[34]?|cifs|smb[23]?|smbfs)$/;
const MEMORY = /^(tmpfs|ramfs)$/;
const DISK = /^(ext[234]|xfs|btrfs|vfat|msdos|exfat|ntfs3?|iso9660|udf|squashfs|erofs|f2fs|hfsplus)$/;
