import type { PodSpec } from '../pod/kube.ts';
import type { PodView } from '../pod/view.ts';
import { NOTHING } from '../pod/visit.ts';
import { anyOfPod, guarded, texts, unwaived } from './guards.ts';
import { itemOccurrences } from './items.ts';
import { removingHolder } from './mend.ts';
import type { Signal } from './signal.ts';

type Sysctl = NonNullable<NonNullable<PodSpec['securityContext']>['sysctls']>[number];

/*
Settings of the kernel. Some are the namespace's own, the rest are the host's.

Field:   spec.securityContext.sysctls[*].name
Allowed: the names below, spelt so (as Pod Security Admission compares them; with slashes they are not known)
Level:   Baseline
*/
const SAFE: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports', // 1.27
  'net.ipv4.tcp_keepalive_time', // this one and the next three: 1.29
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem', // 1.32
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_slow_start_after_idle', // 1.37
  'net.ipv4.tcp_notsent_lowat',
]);
const SOURCE = 'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/';

export const sysctlUnsafe: Signal = {
  id: 'sysctlUnsafe',
  category: 'exposure',
  weight: 30,
  title: 'Unsafe sysctl',
  reason: 'the setting may be that of the whole host, or switch off a defence of the kernel',
  fix: 'remove the sysctl, or set it on the node',
  mend: removingHolder,
  source: SOURCE,
  ...guarded(lens => {
    const found = unwaived(lens, `!(s.?name.orValue('') in ${texts(SAFE)})`, "s.?name.orValue('')", 'pod');
    return anyOfPod(lens, `${lens.pod}.spec.?securityContext.?sysctls.orValue([]).exists(s, ${found})`);
  }),
  inspect: pod => sysctls(pod, isUnsafe),
};

/** Safe on the host kernel; gVisor ignores it. */
export const sysctlSafe: Signal = {
  id: 'sysctlSafe',
  category: 'requirement',
  weight: 0,
  title: 'Safe sysctl',
  reason: 'a setting of the kernel must take effect in the Pod',
  fix: 'remove the sysctl if the default value will do',
  source: SOURCE,
  inspect: pod => sysctls(pod, isSafe),
};

const sysctls = (pod: PodView, judge: (sysctl: Sysctl) => string | undefined) =>
  itemOccurrences(pod.spec.securityContext?.sysctls, judge, 'spec.securityContext', '.sysctls', '.name') ??
  NOTHING;

const nameOf = (sysctl: Sysctl): string => sysctl.name ?? '';
const isUnsafe = (sysctl: Sysctl) => (SAFE.has(nameOf(sysctl)) ? undefined : nameOf(sysctl));
const isSafe = (sysctl: Sysctl) => (SAFE.has(nameOf(sysctl)) ? nameOf(sysctl) : undefined);
