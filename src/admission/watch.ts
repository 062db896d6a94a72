import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

export interface WatchOptions {
  /** The least time between two looks without a notification, in milliseconds. */
  readonly pollMs?: number;
  /** How long things must be quiet before a change is reported: an editor writes in steps, and so does the kubelet. */
  readonly settleMs?: number;
}

/**
 * Calls `changed` after a file, or something in a folder, has changed. Notifications only prompt a look; polling finds what
 * they miss: a mounted Secret or ConfigMap is a symbolic link that is swapped (kubelet volume/util atomic_writer.go), and
 * network file systems send no notifications.
 *
 * @returns a function that ends the watch
 */
export function watchPaths(
  paths: readonly string[],
  changed: () => void,
  { pollMs = 10_000, settleMs = 100 }: WatchOptions = {},
): () => void {
  let seen = fingerprint(paths);
  let settling: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = fingerprint(paths);
    if (now === seen) return;
    seen = now;
    clearTimeout(settling);
    settling = setTimeout(changed, settleMs).unref();
  };
  const watchers = [...new Set(paths.map(folderOf))].flatMap(folder => watchFolder(folder, look));
  const poll = setInterval(look, pollMs).unref();
  return () => {
    clearInterval(poll);
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}

/** Watches a folder. One that cannot be watched is polled. */
function watchFolder(folder: string, look: () => void): FSWatcher[] {
  try {
    return [watch(folder, { persistent: false }, look).on('error', () => undefined)];
  } catch {
    return [];
  }
}

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
}

/** A text that changes when a file is written, replaced, added or removed. */
const fingerprint = (paths: readonly string[]): string => paths.flatMap(marks).join('\n');

/** Folders are read to the bottom, as `readSources` does: links to folders and hidden names are passed over. */
function marks(path: string): string[] {
  try {
    const stat = statSync(path, { bigint: true });
    if (!stat.isDirectory()) return [`${path} ${stat.ino} ${stat.size} ${stat.mtimeNs}`];
    return readdirSync(path, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .flatMap(entry => {
        const inside = join(path, entry.name);
        const linksToFolder = entry.isSymbolicLink() && statSync(inside).isDirectory();
        return linksToFolder ? [] : marks(inside);
      });
  } catch {
    // It does not exist, or went away between two calls, which whoever reads it next will report.
    return [`${path} -`];
  }
}
