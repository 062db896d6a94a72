import { describe, expect, it } from 'vitest';
import { JUDGED, UNJUDGED } from '../../../src/input/compose/fields.ts';
import { fileWith, findingsOf, readCompose, toldOf } from './services.ts';

/*
Each field of a service, with what is found in it, at its place in the Compose file.
*/

type Row = readonly [field: string, lines: string, found: readonly string[], rest?: string];

const SOCKET = 'hostPathSocket';

const ROWS: readonly Row[] = [
  ['image', 'command: a', []],
  ['build', 'build: .', []],
  ['privileged', 'privileged: true', ['privileged services.web.privileged = true']],
  ['privileged', 'privileged: "yes"', ['privileged services.web.privileged = true']],
  ['privileged', 'privileged: false', []],
  ['cap_add', 'cap_add: [SYS_ADMIN]', ['capabilityHostRoot services.web.cap_add[0] = SYS_ADMIN']],
  [
    'cap_add',
    'cap_add: [chown, CAP_NET_ADMIN]',
    [
      'capabilityNetAdmin services.web.cap_add[1] = NET_ADMIN',
      'capabilityBaseline services.web.cap_add[0] = CHOWN',
    ],
  ],
  ['cap_add', 'cap_add: [ALL]', ['capabilityHostRoot services.web.cap_add[0] = ALL']],
  ['cap_drop', 'cap_drop: [ALL]', []],
  [
    'security_opt',
    'security_opt: [seccomp=unconfined]',
    ['seccompUnconfined services.web.security_opt[0] = Unconfined'],
  ],
  [
    'security_opt',
    'security_opt: ["seccomp:unconfined"]',
    ['seccompUnconfined services.web.security_opt[0] = Unconfined'],
  ],
  ['security_opt', 'security_opt: [seccomp=builtin]', []],
  [
    'security_opt',
    'security_opt: [seccomp=./profile.json]',
    ['seccompUnconfined services.web.security_opt[0] = Unconfined'],
  ],
  [
    'security_opt',
    'security_opt: [no-new-privileges:true, apparmor=unconfined]',
    ['appArmorUnconfined services.web.security_opt[1] = Unconfined'],
  ],
  ['security_opt', 'security_opt: ["apparmor:docker-default"]', []],
  [
    'security_opt',
    'security_opt: ["apparmor:mine"]',
    ['appArmorLocalhost services.web.security_opt[0] = mine'],
  ],
  [
    'security_opt',
    'security_opt: ["label:disable"]',
    ['seLinuxOptions services.web.security_opt[0] = spc_t'],
  ],
  [
    'security_opt',
    'security_opt: ["label=type:spc_t"]',
    ['seLinuxOptions services.web.security_opt[0] = spc_t'],
  ],
  [
    'security_opt',
    'security_opt: ["label=level:s0:c1"]',
    ['seLinuxLabel services.web.security_opt[0] = s0:c1'],
  ],
  [
    'security_opt',
    'security_opt: [systempaths=unconfined]',
    ['procMount services.web.security_opt[0] = Unmasked'],
  ],
  [
    'security_opt',
    'security_opt: [writable-cgroups=true]',
    ['writableCgroups services.web.security_opt[0] = ReadWrite'],
  ],
  [
    'sysctls',
    'sysctls: {net.ipv4.ip_forward: 1}',
    ['sysctlUnsafe services.web.sysctls["net.ipv4.ip_forward"] = net.ipv4.ip_forward'],
  ],
  ['sysctls', 'sysctls: [kernel.shmmax=1]', ['sysctlUnsafe services.web.sysctls[0] = kernel.shmmax']],
  [
    'sysctls',
    'sysctls: [net.ipv4.tcp_syncookies=0]',
    ['sysctlSafe services.web.sysctls[0] = net.ipv4.tcp_syncookies'],
  ],
  ['user', 'user: "0:0"', ['runAsRoot services.web.user = 0']],
  ['user', 'user: root', ['runAsRoot services.web.user = 0']],
  ['user', 'user: 1000', []],
  ['network_mode', 'network_mode: host', ['hostNetwork services.web.network_mode = true']],
  ['network_mode', 'network_mode: none', []],
  [
    'network_mode',
    'network_mode: service:other',
    ['hostNetwork services.web.network_mode = true'],
    '  other: {image: b, network_mode: "service:third"}\n  third: {image: c, network_mode: host}\n',
  ],
  [
    'network_mode',
    'network_mode: service:other',
    ['hostNetwork services.web.network_mode = true'],
    '  other: {image: b, networks: [outside]}\nnetworks: {outside: {external: true, name: host}}\n',
  ],
  ['network_mode', 'network_mode: service:other', [], '  other: {image: b, network_mode: "service:web"}\n'],
  [
    'networks',
    'networks: [outside]',
    ['hostNetwork services.web.networks[0] = true'],
    'networks: {outside: {external: true, name: host}}\n',
  ],
  [
    'networks',
    'networks: {outside: {}}',
    ['hostNetwork services.web.networks.outside = true'],
    'networks: {outside: {external: {name: host}}}\n',
  ],
  [
    'networks',
    'networks: [outside]',
    ['hostNetwork services.web.networks[0] = true'],
    'networks: {outside: {driver: host}}\n',
  ],
  ['networks', 'networks: [front]', [], 'networks: {front: {name: host}}\n'],
  ['pid', 'pid: host', ['hostPID services.web.pid = true']],
  ['pid', 'pid: service:other', ['hostPID services.web.pid = true'], '  other: {image: b, pid: host}\n'],
  ['ipc', 'ipc: host', ['hostIPC services.web.ipc = true']],
  ['ipc', 'ipc: shareable', []],
  ['uts', 'uts: ""', []],
  ['cgroup', 'cgroup: private', []],
  ['devices', 'devices: ["/dev/sda:/dev/xvda:rwm"]', ['hostPathDevice services.web.devices[0] = /dev/sda']],
  [
    'devices',
    'devices: [{source: /dev/kvm, target: /dev/kvm}]',
    ['hostPathDevice services.web.devices[0].source = /dev/kvm'],
  ],
  ['devices', 'devices: [nvidia.com/gpu=all]', ['gpu services.web.devices[0] = nvidia.com/gpu']],
  [
    'devices',
    'devices: [acme.example/sensor=one]',
    ['extendedResource services.web.devices[0] = acme.example/sensor'],
  ],
  [
    'device_cgroup_rules',
    'device_cgroup_rules: ["c 10:200 rwm"]',
    ['hostPathDevice services.web.device_cgroup_rules[0] = /dev'],
  ],
  ['gpus', 'gpus: all', ['gpu services.web.gpus = nvidia.com/gpu']],
  ['gpus', 'gpus: [{driver: nvidia, count: 2}]', ['gpu services.web.gpus[0] = nvidia.com/gpu']],
  [
    'deploy',
    'deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1}]}}}',
    ['gpu services.web.deploy.resources.reservations.devices[0] = nvidia.com/gpu'],
  ],
  [
    'deploy',
    'deploy: {resources: {reservations: {devices: [{driver: acme, capabilities: [tpu]}]}}}',
    ['extendedResource services.web.deploy.resources.reservations.devices[0] = acme.com/tpu'],
  ],
  [
    'deploy',
    'deploy: {resources: {reservations: {devices: [{driver: cdi, device_ids: [nvidia.com/gpu=0]}]}}}',
    ['gpu services.web.deploy.resources.reservations.devices[0].device_ids[0] = nvidia.com/gpu'],
  ],
  [
    'volumes',
    'volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]',
    [`${SOCKET} services.web.volumes[0] = /var/run/docker.sock`],
  ],
  [
    'volumes',
    'volumes: [/run/containerd/containerd.sock:/a]',
    [`${SOCKET} services.web.volumes[0] = /run/containerd/containerd.sock`],
  ],
  [
    'volumes',
    'volumes: [{type: bind, source: /run/podman/podman.sock, target: /a}]',
    [`${SOCKET} services.web.volumes[0].source = /run/podman/podman.sock`],
  ],
  ['volumes', 'volumes: ["/var/run:/host/run"]', ['hostPathSocket services.web.volumes[0] = /var/run']],
  ['volumes', 'volumes: ["/run:/host/run"]', ['hostPathSocket services.web.volumes[0] = /run']],
  ['volumes', 'volumes: ["/:/host"]', ['hostPathSystem services.web.volumes[0] = /']],
  ['volumes', 'volumes: ["../../../etc:/etc"]', ['hostPathSystem services.web.volumes[0] = /etc']],
  ['volumes', 'volumes: ["../other:/x"]', ['hostPathSystem services.web.volumes[0] = /home/me/other']],
  ['volumes', 'volumes: ["~/.ssh:/x"]', ['hostPathSystem services.web.volumes[0] = /home/~/.ssh']],
  ['volumes', 'volumes: ["/srv/data:/x"]', ['hostPath services.web.volumes[0] = /srv/data']],
  [
    'volumes',
    "volumes: ['\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine']",
    [`${SOCKET} services.web.volumes[0] = /pipe/docker_engine`],
  ],
  [
    'volumes',
    "volumes: [{type: npipe, source: '\\\\.\\pipe\\docker_engine', target: a}]",
    [`${SOCKET} services.web.volumes[0].source = /pipe/docker_engine`],
  ],
  ['volumes', 'volumes: ["./data:/data", "/home/me/shop/x:/x", "data:/y", "/anonymous", "."]', []],
  [
    'volumes',
    'volumes: ["./data:/data:rshared"]',
    ['mountPropagationBidirectional services.web.volumes[0] = Bidirectional'],
  ],
  [
    'volumes',
    'volumes: [{type: bind, source: ./a, target: /a, bind: {propagation: rslave}}]',
    ['mountPropagationHostToContainer services.web.volumes[0].source = HostToContainer'],
  ],
  [
    'volumes',
    'volumes: [{type: volume, source: data, target: /a, volume: {subpath: b}}]',
    ['subPath services.web.volumes[0].source = b'],
  ],
  ['volumes', 'volumes: [{type: tmpfs, target: /a}, {type: volume, target: /b}]', []],
  ['volumes', 'volumes: [{type: image, source: b, target: /a}]', ['imageVolume services.web.volumes[0] = b']],
  [
    'volumes',
    'volumes: [{type: cluster, source: b, target: /a}]',
    ['csiInlineVolume services.web.volumes[0] = cluster'],
  ],
  [
    'volumes',
    'volumes: ["data:/a"]',
    ['hostPathSystem services.web.volumes[0] = /etc'],
    'volumes: {data: {driver: local, driver_opts: {type: none, o: bind, device: /etc}}}\n',
  ],
  [
    'volumes',
    'volumes: ["data:/a"]',
    ['hostPathDevice services.web.volumes[0] = /dev/sda1'],
    'volumes: {data: {driver_opts: {type: ext4, device: /dev/sda1}}}\n',
  ],
  [
    'volumes',
    'volumes: ["data:/a"]',
    ['volumeType services.web.volumes[0] = nfs', 'networkVolume services.web.volumes[0] = nfs'],
    'volumes: {data: {driver_opts: {type: nfs, o: addr=a, device: ":/x"}}}\n',
  ],
  [
    'volumes',
    'volumes: ["data:/a"]',
    ['csiInlineVolume services.web.volumes[0] = rexray'],
    'volumes: {data: {driver: rexray}}\n',
  ],
  [
    'volumes_from',
    'volumes_from: [other:ro]',
    [`${SOCKET} services.web.volumes_from[0] = /var/run/docker.sock`],
    '  other: {image: b, volumes: ["/var/run/docker.sock:/a"]}\n',
  ],
  ['tmpfs', 'tmpfs: [/run, "/tmp:size=1m"]', []],
  ['tmpfs', 'tmpfs: /run', []],
  [
    'secrets',
    'secrets: [key]',
    ['hostPathSystem services.web.secrets[0] = /etc/shadow'],
    'secrets: {key: {file: /etc/shadow}}\n',
  ],
  ['secrets', 'secrets: [{source: key}]', [], 'secrets: {key: {file: ./key.txt}}\n'],
  [
    'configs',
    'configs: [{source: a, target: /b}]',
    ['hostPathSystem services.web.configs[0].source = /etc/passwd'],
    'configs: {a: {file: /etc/passwd}}\n',
  ],
  ['configs', 'configs: [a]', [], 'configs: {a: {content: b}}\n'],
  [
    'use_api_socket',
    'use_api_socket: true',
    [`${SOCKET} services.web.use_api_socket = /var/run/docker.sock`],
  ],
  [
    'post_start',
    'post_start: [{command: a, user: root, privileged: true}]',
    ['privileged services.web.post_start[0].privileged = true'],
  ],
  ['pre_stop', 'pre_stop: [{command: a}]', []],
  ['develop', 'develop: {watch: [{action: rebuild, path: .}]}', []],
  ['env_file', 'env_file: .env', []],
  [
    'annotations',
    'annotations: {dev.gvisor.flag.debug: "true"}',
    ['gvisorAnnotation services.web.annotations["dev.gvisor.flag.debug"] = true'],
  ],
  [
    'annotations',
    'annotations: [io.katacontainers.config.hypervisor.path=/a]',
    ['kataAnnotation services.web.annotations[0] = /a'],
  ],
  ['labels', 'labels: {traefik.enable: "true"}', []],
  ['x-cofferdam-risk', 'x-cofferdam-risk: high', []],
  ['runtime', 'runtime: runsc', []],
  ['platform', 'platform: linux/amd64', []],
  ['mem_limit', 'mem_limit: 1g', []],
  ['cpus', 'cpus: 1.5', []],
];

describe('a field of a service', () => {
  it.each(ROWS.map(([field, lines, found, rest = '']) => ({ field, lines, found, rest })))(
    '$field: $lines',
    ({ lines, found, rest }) => {
      const read = readCompose(fileWith(lines, rest));
      expect(toldOf(read).filter(one => !one.includes('a profile that is not read'))).toEqual([]);
      const web = read.subjects.find(({ name }) => name === 'web');
      expect(web && findingsOf(web).toSorted()).toEqual(found.toSorted());
    },
  );
});

/** The service schema of the Compose Specification, of 2026. */
const SPECIFIED =
  'develop deploy annotations attach build blkio_config cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset credential_spec depends_on device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file label_file environment expose extends provider external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit network_mode models networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles pull_policy pull_refresh_after read_only restart runtime scale security_opt shm_size secrets sysctls stdin_open stop_grace_period stop_signal storage_opt tmpfs tty ulimits use_api_socket user uts userns_mode volumes volumes_from working_dir'.split(
    ' ',
  );

describe('the fields of the specification', () => {
  it('are judged, or it is said why not, and none is both', () => {
    const known = [...Object.keys(JUDGED), ...UNJUDGED];
    expect(SPECIFIED.filter(field => !known.includes(field))).toEqual([]);
    expect(known.filter(field => !SPECIFIED.includes(field))).toEqual(['x-cofferdam-risk']);
    expect(new Set(known).size).toBe(known.length);
  });

  it('each have a case where they are judged', () => {
    const told = ['extends', 'provider', 'label_file'];
    const cases = new Set([...ROWS.map(([field]) => field), ...told]);
    expect(Object.keys(JUDGED).filter(field => !cases.has(field))).toEqual([]);
  });
});
