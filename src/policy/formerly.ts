import { type HostPathKind, hostPathKind } from '../signals/host-path-kinds.ts';
import type { SignalId } from '../signals/signal.ts';

/** What an exemption waives: some values of each signal, or all. */
export type Waivers = Map<SignalId, ReadonlySet<string> | 'all'>;

/*
Signals that were split. An exemption that names the former signal keeps waiving what it waived; otherwise an upgrade would
refuse Pods that are exempt. If it names values, these are waived under the signals that they belong to now. If it names none,
all values that belonged to that signal are, as far as they can be listed. Paths below /dev/shm and the like, or below
/run/systemd/resolve, cannot be listed, and hostPathPublic as a whole has more values than it took from hostPathSystem: those
that are alike on every host.
*/
const NOW: Readonly<Record<SignalId, Readonly<Record<SignalId, readonly string[] | 'all'>>>> = {
  hostPathSystem: { hostPathPublic: 'all' },
  hostPathSocket: {
    hostPathService: 'all',
    hostPathPublic: ['/run', '/var/run'].flatMap(run => [
      `${run}/systemd/resolve`,
      `${run}/systemd/resolve/resolv.conf`,
      `${run}/systemd/journal/dev-log`,
    ]),
  },
  hostPathDevice: {
    hostPathPublic: ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/log'],
    hostPath: ['/dev/shm', '/dev/mqueue', '/dev/hugepages'],
  },
};
const SIGNAL_OF: Readonly<Partial<Record<HostPathKind, SignalId>>> = {
  public: 'hostPathPublic',
  service: 'hostPathService',
  other: 'hostPath',
};

/**
 * Adds what one entry of an exemption waives: the signal, and those that its findings belong to now. Each entry is added by
 * itself, so that one with values waives these whatever another entry for the same signal says.
 */
export function addWaived(waivers: Waivers, signal: SignalId, values: readonly string[] | 'all'): void {
  add(waivers, signal, values);
  const now = NOW[signal] ?? {};
  if (values === 'all') {
    for (const [name, those] of Object.entries(now)) add(waivers, name, those);
    return;
  }
  for (const value of values) {
    const name = SIGNAL_OF[hostPathKind({}, value)];
    if (name !== undefined && now[name]) add(waivers, name, [value]);
  }
}

function add(waivers: Waivers, signal: SignalId, values: readonly string[] | 'all'): void {
  const known = waivers.get(signal);
  if (known === 'all') return;
  waivers.set(signal, values === 'all' ? 'all' : new Set([...(known ?? []), ...values]));
}
