import { readFileSync } from 'node:fs';

/** Connections that may be open at once. */
export interface ConnectionRoom {
  readonly webhook: number;
  readonly probes: number;
}

/** Held connections would otherwise keep the kubelet's probes out, and the replica would be restarted for them. */
const PROBES = 100;
/** At rest a replica has some 25 files open; calls to the API server, and a certificate that is read anew, come on top. */
const OTHER_FILES = 64;
/** However few files may be open, some are for callers. */
const LEAST: ConnectionRoom = { webhook: 20, probes: 5 };

/**
 * Connections are files, and beyond what the system lets a process open the kernel's queue decides who is answered: those
 * that are held, not those that come. So fewer are let in than that, in the same proportion.
 *
 * @param wanted of the webhook, where files are enough
 * @param openFiles that the process may have
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
