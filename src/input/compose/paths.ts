import { posix } from 'node:path';
import { cleanHostPath, hostPathKind } from '../../signals/host-path-kinds.ts';
import type { ComposePlace } from './field.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';

/** A drive, a named pipe, a device or a share. */
const WINDOWS = /^(\p{L}:|\\\\|[\\/]{2}[.?][\\/])/u;

/**
 * Whether a source of the short syntax is a path of the host, and not the name of a volume (compose-go `isFilePath`): by its
 * first sign, or as a path of Windows, wherever Compose runs.
 */
export const isPath = (text: string): boolean => /^[./~]/.test(text) || WINDOWS.test(text);

/**
 * Where a path of a file leads on the host. What lies in the project's own folder belongs to the service as its image does:
 * undefined. A link that leads out of it leads there, and a system directory is one wherever the project lies. `~` is the
 * home of whoever starts it.
 */
export function hostPathOf(source: string, place: ComposePlace): string | undefined {
  if (source.startsWith('~')) return `/home/${source}`;
  if (WINDOWS.test(source)) return source;
  const full = posix.resolve(place.folder, source);
  const real = place.realPath(full);
  const isOwn = isOwnOf(full, place.folder) && isOwnOf(real, place.realPath(place.folder));
  return isOwn ? undefined : real;
}

const kindOf = (path: string): string => hostPathKind({ path }, cleanHostPath(path));

/** A project that lies in a system directory itself, such as /home, has to lie so deep for what is in it to be its own. */
const FEWEST_PARTS = 2;
/** Somebody's home holds keys, even where a Compose file lies in it. */
const HOME = /^\/(home|var\/home|var\/roothome|Users)(\/[^/]+)?$/;

function isOwnOf(path: string, folder: string): boolean {
  if (folder === '/' || (path !== folder && !path.startsWith(`${folder}/`))) return false;
  const [kind, around] = [kindOf(path), kindOf(folder)];
  const isDeep = folder.split('/').filter(Boolean).length >= FEWEST_PARTS && !HOME.test(folder);
  return kind === 'other' || (kind === 'system' && around === 'system' && isDeep);
}

/** A file or folder of the host in the container. */
export function bind(
  source: Word,
  mount: Readonly<Record<string, unknown>>,
  service: ServiceReader,
  pod: PodMaker,
  place: ComposePlace,
): void {
  const { text, open, keys } = source;
  service.word(source, 'a path of the host');
  const path = open === undefined ? hostPathOf(text, place) : text;
  // What is its own is in no sandbox's way.
  const volume = path === undefined ? { emptyDir: {} } : { hostPath: { path } };
  pod.volume(volume, mount, keys);
}
