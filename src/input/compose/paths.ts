import { posix } from 'node:path';
import { cleanHostPath, hostPathKind } from '../../signals/host-path-kinds.ts';
import type { ComposePlace } from './field.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader, Word } from './service.ts';

/** The beginning of a drive, a named pipe, a device or a share. */
const WINDOWS = /^(\p{L}:|\\\\|[\\/]{2}[.?][\\/])/u;

/**
 * Whether a source in the short syntax is a path of the host, and not the name of a volume (compose-go `isFilePath`): by its
 * first character, or as a path of Windows, wherever Compose runs.
 */
export const isPath = (text: string): boolean => /^[./~]/.test(text) || WINDOWS.test(text);

/**
 * Where a path of a file leads on the host. Undefined within the project's own folder, which belongs to the service as its
 * image does. A link out of the folder leads there, and a system directory is one wherever the project is. `~` is the home of
 * whoever starts the service.
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

/** In a system directory, such as /home, a project has to be at least this deep for its content to be its own. */
const FEWEST_PARTS = 2;
/** A home directory, which holds keys even if a Compose file is in it. */
const HOME = /^\/(home|var\/home|var\/roothome|Users)(\/[^/]+)?$/;

function isOwnOf(path: string, folder: string): boolean {
  if (folder === '/' || (path !== folder && !path.startsWith(`${folder}/`))) return false;
  const [kind, around] = [kindOf(path), kindOf(folder)];
  const isDeep = folder.split('/').filter(Boolean).length >= FEWEST_PARTS && !HOME.test(folder);
  return kind === 'other' || (kind === 'system' && around === 'system' && isDeep);
}

/** Mounts a file or folder of the host in the container. */
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
  // What belongs to the project is no obstacle to a sandbox.
  const volume = path === undefined ? { emptyDir: {} } : { hostPath: { path } };
  pod.volume(volume, mount, keys);
}
