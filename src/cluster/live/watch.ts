import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import { isNamed } from '../../kube/object.ts';
import { readEvent } from '../../kube/object-text.ts';
import { isMap } from '../../source/mapping.ts';
import type { Store } from './store.ts';

/** Objects of one kind. */
export interface Watched {
  readonly kind: string;
  /** The path of the collection, such as `/api/v1/nodes`. */
  readonly path: string;
  /** True for a kind that the cluster may not have: then there are no objects of it. */
  readonly mayBeAbsent?: boolean;
  /** How many values of each object are read: the store is given the head of one with more. */
  readonly mostValues?: number;
}

export interface WatchHooks {
  /** Gets each object that is added, modified, deleted. */
  readonly store: Pick<Store, 'put' | 'remove'>;
  readonly opened: () => void;
  /** An event or a bookmark came. */
  readonly heard: () => void;
}

/**
 * Follows a collection from a version on, until the watch ends.
 * @returns the version from which it can be followed further; an empty one where it has to be listed anew
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
    const event = parsed(text, mostValues);
    // A cut connection leaves a line like this.
    if (!event) return;
    reached = take(event, hooks.store);
    if (reached === '') over.abort();
    else hooks.heard();
  };
  // Bookmarks keep a resource that seldom changes from being resumed from a version long compacted away.
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

/** @returns the version of the event; empty where it cannot be understood, or is an ERROR, be it 410 or another */
function take({ type, object }: Readonly<Record<string, unknown>>, store: WatchHooks['store']): string {
  if (type === 'BOOKMARK') return isMap(object) && isMap(object.metadata) ? versionIn(object.metadata) : '';
  if (!isNamed(object)) return '';
  if (type === 'ADDED' || type === 'MODIFIED') store.put(object, type === 'ADDED');
  else if (type === 'DELETED') store.remove(object);
  else return '';
  return versionIn(object.metadata);
}

const versionIn = ({ resourceVersion }: { readonly resourceVersion?: unknown }): string =>
  typeof resourceVersion === 'string' ? resourceVersion : '';
