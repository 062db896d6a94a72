import type { Api } from '../../kube/api.ts';
import { hasStatus, KubeError } from '../../kube/error.ts';
import { isNamed } from '../../kube/object.ts';
import { readEvent } from '../../kube/object-text.ts';
import { isMap } from '../../source/mapping.ts';
import { clean } from '../../source/text.ts';
import type { Store } from './store.ts';

/** Objects of one kind. */
export interface Watched {
  readonly kind: string;
  /** The path of the collection, such as `/api/v1/nodes`. */
  readonly path: string;
  /** True for a kind that the cluster may lack; then there are no objects of it. */
  readonly mayBeAbsent?: boolean;
  /** The most values that are read of an object; of one with more, the store receives the head. */
  readonly mostValues?: number;
}

export interface WatchHooks {
  /** Receives each object that is added, modified or deleted. */
  readonly store: Pick<Store, 'put' | 'remove'>;
  readonly opened: () => void;
  /** Called when an event or a bookmark has come. */
  readonly heard: () => void;
  /** Called when what came ends the watch, for another reason than that its version is too old. */
  readonly failed: (error: unknown) => void;
}

/**
 * Follows a collection from a version on, until the watch ends.
 * @returns the version from which it can be followed further; an empty one where it has to be listed again
 * @throws KubeError
 */
export async function watchFrom(
  version: string,
  api: Api,
  { path, mostValues }: Pick<Watched, 'path' | 'mostValues'>,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<string> {
  const over = new AbortController();
  let reached = version;
  const line = (text: Buffer): void => {
    if (over.signal.aborted) return;
    const { version: next = '', problem } = take(parsed(text, mostValues), reached, hooks.store);
    reached = next;
    if (reached !== '') {
      hooks.heard();
      return;
    }
    over.abort();
    if (problem !== undefined) hooks.failed(new KubeError(`the watch of ${path} brought ${problem}`));
  };
  // Bookmarks keep the watch of a resource that seldom changes from resuming at a version that was compacted away long ago.
  const query = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version });
  const call = { path: `${path}?${query}`, signal: AbortSignal.any([signal, over.signal]) };
  try {
    await api.lines(call, { opened: hooks.opened, line });
  } catch (error) {
    if (hasStatus(error, 410)) return '';
    if (!over.signal.aborted) throw error;
  }
  return reached;
}

function parsed(text: Buffer, mostValues: number | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const event = readEvent(text, mostValues);
    return isMap(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** The version of an event, or why it cannot be followed further; neither where the watch is too old. */
interface Taken {
  readonly version?: string;
  readonly problem?: string;
}
const NO_EVENT: Taken = { problem: 'what is no event' };

function take(
  event: Readonly<Record<string, unknown>> | undefined,
  after: string,
  store: WatchHooks['store'],
): Taken {
  const { type, object } = event ?? {};
  if (!isMap(object)) return NO_EVENT;
  if (type === 'ERROR')
    return object.code === 410 ? {} : { problem: `an error: ${clean(String(object.message))}` };
  const version = isMap(object.metadata) ? object.metadata.resourceVersion : undefined;
  if (typeof version !== 'string' || version === '') return NO_EVENT;
  // This is another history than the one that was followed, such as that of a restored backup.
  if (isBefore(version, after)) return { problem: `version ${clean(version)} after version ${after}` };
  if (type === 'BOOKMARK') return { version };
  if (!isNamed(object)) return NO_EVENT;
  if (type === 'ADDED' || type === 'MODIFIED') store.put(object, type === 'ADDED');
  else if (type === 'DELETED') store.remove(object);
  else return NO_EVENT;
  return { version };
}

/** Versions only grow, and are decimal numbers of any length (KEP-5504). */
const isBefore = (version: string, other: string): boolean =>
  /^\d+$/.test(version) && /^\d+$/.test(other) && BigInt(version) < BigInt(other);
