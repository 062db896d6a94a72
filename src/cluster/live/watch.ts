import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import { isNamed, type NamedObject } from '../../kube/object.ts';
import { isMap } from '../../source/mapping.ts';

export interface WatchHooks {
  readonly put: (object: NamedObject) => void;
  readonly remove: (object: NamedObject) => void;
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
  path: string,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<string> {
  const over = new AbortController();
  let reached = version;
  const line = (text: string): void => {
    if (over.signal.aborted) return;
    const event = parsed(text);
    // As a cut connection leaves it.
    if (!event) return;
    reached = take(event, hooks);
    if (reached === '') over.abort();
    else hooks.heard();
  };
  // With bookmarks, a resource that seldom changes is not resumed from a version long compacted away.
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

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const event: unknown = JSON.parse(text);
    return isMap(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the version of the event; empty where it cannot be understood, or is an ERROR, be it 410 or another */
function take({ type, object }: Record<string, unknown>, { put, remove }: WatchHooks): string {
  if (type === 'BOOKMARK') return isMap(object) && isMap(object.metadata) ? versionIn(object.metadata) : '';
  if (!isNamed(object)) return '';
  if (type === 'ADDED' || type === 'MODIFIED') put(object);
  else if (type === 'DELETED') remove(object);
  else return '';
  return versionIn(object.metadata);
}

const versionIn = ({ resourceVersion }: { readonly resourceVersion?: unknown }): string =>
  typeof resourceVersion === 'string' ? resourceVersion : '';
