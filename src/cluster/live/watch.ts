import type { Watch } from '@kubernetes/client-node';
import type { Connection } from '../../kube/connect.ts';
import { isNamed, type NamedObject } from '../../kube/object.ts';
import { isMap } from '../../source/mapping.ts';

export interface WatchHooks {
  /** What is handed on of an object in place of it; undefined hands on that it is gone. */
  readonly keep: (object: NamedObject) => object | undefined;
  /** A watch is about to be opened: what was listed before is in place. */
  readonly opening: () => void;
  readonly opened: () => void;
  /** An event or a bookmark came. */
  readonly heard: () => void;
  readonly stopped: () => boolean;
}

type Query = Parameters<Watch['watch']>[1];
type OnEvent = (phase: string, object: unknown) => void;

/** What makes `ListWatch` list again. */
const GONE = { statusCode: 410, message: 'the watch cannot go on' };

/**
 * The library's Watch with what its `ListWatch` lacks (client-node 2.0.1, dist/watch.js and dist/cache.js):
 * - objects are cut down before they are cached; ListWatch would hold each whole
 * - bookmarks are asked for, so that a resource which seldom changes is not resumed from a version long compacted away
 * - an event that is not understood ends the watch and lists anew; ListWatch would read `metadata` of undefined in an
 *   async callback, and the unhandled rejection would end the process
 * - `done` is called once, and also where authentication fails: ListWatch awaits it nowhere
 * - after `stop` nothing is opened: a list that was under way would go on to watch
 * Its own cut after 30 s of silence stays: it finds a connection that died without a word.
 */
export function cuttingWatch({ library, config }: Connection, hooks: WatchHooks): Watch {
  class CuttingWatch extends library.Watch {
    override async watch(path: string, query: Query, onEvent: OnEvent, done: (error: unknown) => void) {
      let over = false;
      let open: AbortController | undefined;
      const end = (error: unknown): void => {
        if (over) return;
        over = true;
        open?.abort();
        done(error);
      };
      const receive = (phase: string, object: unknown): void => {
        if (over) return;
        const event = readEvent(phase, object, hooks.keep);
        if (event) {
          hooks.heard();
          onEvent(event.phase, event.object);
        } else end(GONE);
      };
      if (hooks.stopped()) return new AbortController();
      hooks.opening();
      try {
        open = await super.watch(path, { ...query, allowWatchBookmarks: true }, receive, end);
      } catch (error) {
        end(error);
        return new AbortController();
      }
      if (over || hooks.stopped()) open.abort();
      else hooks.opened();
      return open;
    }
  }
  return new CuttingWatch(config);
}

/** Undefined where the watch must end: an event that cannot be understood, or an ERROR, be it 410 or another. */
function readEvent(phase: string, object: unknown, keep: WatchHooks['keep']) {
  switch (phase) {
    case 'BOOKMARK':
      return isMap(object) && isMap(object.metadata) ? { phase, object } : undefined;
    case 'ADDED':
    case 'MODIFIED': {
      if (!isNamed(object)) return undefined;
      const kept = keep(object);
      return kept ? { phase, object: kept } : { phase: 'DELETED', object };
    }
    case 'DELETED':
      return isNamed(object) ? { phase, object } : undefined;
    default:
      return undefined;
  }
}
