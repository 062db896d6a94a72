import { posix } from 'node:path';
import { isMap, type Mapping } from '../../source/mapping.ts';
import type { ComposeFile, ComposePlace } from './field.ts';
import { mapIn } from './look-up.ts';
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
  // Docker refuses a path as a name; whatever accepts it takes it for a path.
  const made = isPath(source.text) ? source : madeByAny(source.text, file);
  if ('text' in made) bind({ ...made, keys: source.keys }, mount, service, pod, file);
  else pod.volume(made.fields, mount, source.keys);
}

/** Compose 2 resolves a relative path from the project; Compose 1 passes it on to the daemon, which runs in the root directory. */
const ofDaemon = (device: Filled, place: ComposePlace): Filled =>
  device.open === undefined && hostPathOf(device.text, place) === undefined
    ? { text: posix.resolve('/', device.text) }
    : device;

/** What any definition with the same name to Docker mounts, as the one that is created first counts. */
function madeByAny(key: string, file: ComposeFile): Made {
  const own = mapIn(file.volumes, key) ?? {};
  const made = madeBy(own, file);
  return made === OWN ? (sharedWith(own, key, file) ?? OWN) : made;
}

type Made = ReturnType<typeof madeBy>;

/** Definitions that mount something, by the names that Docker may know them by. */
interface Mounting {
  readonly byName: ReadonlyMap<string, Made>;
  /** Without a name of their own, their name is that of the project before their key, which the file need not contain. */
  readonly byKey: ReadonlyMap<string, Made>;
  /** A name that ends like this may be that of the project with a key. */
  readonly byEnd: ReadonlyMap<string, Made>;
  readonly any?: Made;
  /** A definition whose name is a variable. */
  readonly open?: Made;
}

function sharedWith(own: Mapping, key: string, file: ComposeFile): Made | undefined {
  const { byName, byKey, byEnd, any, open } = mountingIn(file);
  const name = filledIn(String(own.name ?? ''));
  if (name.open !== undefined) return any;
  if (name.text === '') return byEnd.get(key) ?? open;
  return (
    byName.get(name.text) ??
    endsOf(name.text)
      .map(end => byKey.get(end))
      .find(Boolean) ??
    open
  );
}

const known = new WeakMap<Mapping, Mounting>();

function mountingIn(file: ComposeFile): Mounting {
  const found = known.get(file.volumes) ?? lookForMounting(file);
  known.set(file.volumes, found);
  return found;
}

function lookForMounting(file: ComposeFile): Mounting {
  const all = Object.keys(file.volumes).flatMap(key => {
    const volume = mapIn(file.volumes, key) ?? {};
    const made = madeBy(volume, file);
    return made === OWN ? [] : [{ key, made, name: filledIn(String(volume.name ?? '')) }];
  });
  const named = all.filter(({ name }) => name.text !== '' && name.open === undefined);
  const [any, open] = [all[0]?.made, all.find(({ name }) => name.open !== undefined)?.made];
  return {
    byName: new Map(named.map(({ name, made }) => [name.text, made])),
    byKey: new Map(all.filter(({ name }) => name.text === '').map(({ key, made }) => [key, made])),
    byEnd: new Map(named.flatMap(({ name, made }) => endsOf(name.text).map(end => [end, made] as const))),
    ...(any && { any }),
    ...(open && { open }),
  };
}

/** Names of projects have few of them. */
const MOST_UNDERSCORES = 16;

/** The part after each underscore. */
function endsOf(name: string): readonly string[] {
  const parts = name.split('_', MOST_UNDERSCORES);
  return parts.map((_, i) => name.slice(parts.slice(0, i).join('_').length + 1)).slice(1);
}

const OWN = { fields: { emptyDir: {} } };
/** Something that shows the host in another way than by a path. */
const ANYTHING = { fields: { hostPath: { path: '/' } } };

/**
 * What is mounted, or the path of the host that is. The driver "local" takes type, options and device of mount(8), so a volume
 * may be a bind mount, a disk, or a view of the kernel: https://docs.docker.com/engine/storage/volumes/
 */
function madeBy(volume: Mapping, place: ComposePlace): { readonly fields: Fields } | Filled {
  const options = isMap(volume.driver_opts) ? volume.driver_opts : {};
  const option = (name: string): Filled => filledIn(String(options[name] ?? ''));
  const driver = filledIn(String(volume.driver ?? ''));
  const [type, device] = [option('type'), option('device')];
  if (!['', 'local'].includes(driver.text) && (driver.open === undefined || device.text === '')) {
    // Plugins mount what an option names: local-persist its mountpoint, bindfs its sourcePath.
    const path = Object.keys(options).map(option).find(isOfHost);
    return path ?? { fields: { csi: { driver: driver.text } } };
  }
  if (isBind(option('o')) || ['', 'none'].includes(type.text))
    return device.text === '' ? OWN : ofDaemon(device, place);
  if (NETWORK.test(type.text)) return { fields: { nfs: { path: device.text } } };
  if (MEMORY.test(type.text)) return { fields: { emptyDir: { medium: 'Memory' } } };
  return DISK.test(type.text)
    ? { fields: { hostPath: { path: device.text, type: 'BlockDevice' } } }
    : ANYTHING;
}

/**
 * Whether an option is a path of the host, and not a share of another one (`//nas/films`), or begins with a variable, which may
 * be such a path.
 */
const isOfHost = ({ text, open }: Filled): boolean =>
  /^(~|\/(?!\/))/.test(text) || (open !== undefined && text.startsWith('$'));

/** The kernel ignores the type if this is among the flags (https://man7.org/linux/man-pages/man2/mount.2.html). */
const isBind = ({ text, open }: Filled): boolean =>
  open !== undefined || text.split(',').some(one => one === 'bind' || one === 'rbind');

/** File systems whose device is not the host's; for any other, such as overlay or devtmpfs, the options may say what is shown. */
const NETWORK = /^(nfs[34]?|cifs|smb[23]?|smbfs)$/;
const MEMORY = /^(tmpfs|ramfs)$/;
const DISK = /^(ext[234]|xfs|btrfs|vfat|msdos|exfat|ntfs3?|iso9660|udf|squashfs|erofs|f2fs|hfsplus)$/;
