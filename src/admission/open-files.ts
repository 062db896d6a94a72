import { readFileSync } from 'node:fs';

/** How many connections may be open at once. */
export interface ConnectionRoom {
  readonly webhook: number;
  readonly probes: number;
}

/**
 * Connections to the probes. Without a bound, held ones would keep the kubelet's probes out, and the replica would be
 * restarted.
 */
const PROBES = 100;
/** A replica at rest has some 25 files open; calls to the API server, and a certificate that is read again, need more. */
const OTHER_FILES = 64;
/** However few files may be open, some of them are for callers. */
const LEAST: ConnectionRoom = { webhook: 20, probes: 5 };

/**
 * Connections are files. Once a process has as many open as the system allows, new connections wait in the kernel's queue while
 * held ones stay, so fewer are let in than that, in the same proportion.
 *
 * @param wanted connections of the webhook, where there are files enough
 * @param openFiles how many the process may have open
 */
export function connectionRoom(wanted: number, openFiles = openFilesLimit()): ConnectionRoom {
  const share = Math.min(1, (openFiles - OTHER_FILES) / (wanted + PROBES));
  return {
    webhook: Math.min(wanted, Math.max(LEAST.webhook, Math.floor(wanted * share))),
    probes: Math.max(LEAST.probes, Math.floor(PROBES * share)),
  };
}

/**
 * How many files this process may have open (`ulimit -n`, proc(5)); infinite where the system does not say. Node raises
 * the soft limit to the hard one when it starts.
 */
export function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
