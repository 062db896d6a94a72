import * as confinement from './confinement.ts';
import * as devices from './devices.ts';
import type { ReadField } from './field.ts';
import * as files from './files.ts';
import * as labels from './labels.ts';
import * as namespaces from './namespaces.ts';
import * as start from './start.ts';
import * as volumes from './volumes.ts';

/*
Every field of a service (https://github.com/compose-spec/compose-spec/blob/main/05-services.md), and how it is judged. A field
that is in neither list is reported, as it may be newer.
*/

/** Fields that bear on the verdict, in the order in which they are read. */
export const JUDGED: Readonly<Record<string, ReadField>> = {
  extends: start.elsewhere('extends'),
  provider: start.provider,
  image: start.image,
  build: start.build,
  runtime: start.runtime,
  platform: start.platform,
  privileged: confinement.privileged,
  cap_add: confinement.capAdd,
  cap_drop: confinement.capDrop,
  security_opt: confinement.securityOpt,
  sysctls: confinement.sysctls,
  user: confinement.user,
  post_start: confinement.postStart,
  pre_stop: confinement.preStop,
  develop: confinement.develop,
  network_mode: namespaces.networkMode,
  networks: namespaces.networks,
  pid: namespaces.pid,
  ipc: namespaces.ipc,
  uts: namespaces.uts,
  cgroup: namespaces.cgroup,
  devices: devices.devices,
  device_cgroup_rules: devices.deviceCgroupRules,
  gpus: devices.gpus,
  deploy: devices.deploy,
  mem_limit: devices.memLimit,
  cpus: devices.cpus,
  volumes: volumes.volumes,
  volumes_from: volumes.volumesFrom,
  tmpfs: volumes.tmpfs,
  secrets: files.secrets,
  configs: files.configs,
  env_file: files.envFile,
  use_api_socket: volumes.useApiSocket,
  labels: labels.labels,
  label_file: labels.labelFile,
  annotations: labels.annotations,
  'x-cofferdam-risk': labels.risk,
};

/** Fields whose absence means something, too: a service without `networks` has a default network. */
export const ALWAYS: ReadonlySet<string> = new Set(['networks']);

/** Fields that bear on no verdict, by the reason. */
const NOT_JUDGED: Readonly<Record<string, readonly string[]>> = {
  'says when and how many of it are started, and shown': [
    ...['attach', 'container_name', 'depends_on', 'healthcheck', 'logging', 'profiles', 'pull_policy'],
    ...['pull_refresh_after', 'restart', 'scale', 'stop_grace_period', 'stop_signal'],
  ],
  'is of the process in the container': [
    ...['command', 'entrypoint', 'environment', 'group_add', 'init', 'models', 'stdin_open'],
    ...['tty', 'ulimits', 'working_dir'],
  ],
  // A published port is forwarded to the container, which has a network of its own. It is no hostPort of a Pod, by which a Pod
  // takes a port of its node that an administrator may not have planned.
  'is of a network of its own, into which ports are forwarded': [
    ...['dns', 'dns_opt', 'dns_search', 'domainname', 'expose', 'external_links', 'extra_hosts', 'hostname'],
    ...['links', 'mac_address', 'ports'],
  ],
  'only takes away, or shares out': [
    ...['blkio_config', 'cgroup_parent', 'cpu_count', 'cpu_percent', 'cpu_period', 'cpu_quota'],
    ...['cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpuset', 'mem_reservation', 'mem_swappiness'],
    ...['memswap_limit', 'oom_kill_disable', 'oom_score_adj', 'pids_limit', 'read_only', 'shm_size'],
    ...['storage_opt'],
  ],
  // It switches off that root in the container is nobody on the host, which is not the default of Kubernetes either.
  'is the default of Kubernetes, too': ['userns_mode'],
  'is for Windows alone': ['credential_spec', 'isolation'],
};

export const UNJUDGED: ReadonlySet<string> = new Set(Object.values(NOT_JUDGED).flat());
