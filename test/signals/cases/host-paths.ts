import { withVolume } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const path = (it: string, type?: string) =>
  withVolume({ hostPath: type ? { path: it, type } : { path: it } });

export const HOST_PATHS = [
  ...cases(
    'hostPathSocket',
    ['Docker', path('/var/run/docker.sock'), 'spec.volumes[0].hostPath = /var/run/docker.sock'],
    ['a detour', path('/var/run/../run//./docker.sock/'), 'spec.volumes[0].hostPath = /var/run/docker.sock'],
    ['the directory of containerd', path('/run/containerd'), 'spec.volumes[0].hostPath = /run/containerd'],
    ['the directory above it', path('/run/'), 'spec.volumes[0].hostPath = /run'],
    ['k3s', path('/run/k3s/containerd'), 'spec.volumes[0].hostPath = /run/k3s/containerd'],
    ['any name of a socket', path('/srv/agent.sock'), 'spec.volumes[0].hostPath = /srv/agent.sock'],
    ['any type Socket', path('/dev/log', 'Socket'), 'spec.volumes[0].hostPath = /dev/log'],
    [
      'a pipe of Windows',
      path('\\\\.\\pipe\\Docker_Engine'),
      'spec.volumes[0].hostPath = /pipe/docker_engine',
    ],
    ['not a neighbour of a runtime', path('/run/containerd-data')],
    ['not another case', path('/Run/Containerd')],
    ['not a volume of another type', withVolume({ emptyDir: {} })],
  ),
  ...cases(
    'hostPathDevice',
    ['a disk', path('/dev/sda'), 'spec.volumes[0].hostPath = /dev/sda'],
    ['all devices', path('//dev'), 'spec.volumes[0].hostPath = /dev'],
    ['a device elsewhere', path('/srv/disk', 'BlockDevice'), 'spec.volumes[0].hostPath = /srv/disk'],
    ['a character device', path('/srv/tty', 'CharDevice'), 'spec.volumes[0].hostPath = /srv/tty'],
    ['not a name that starts so', path('/devices')],
  ),
  ...cases(
    'hostPathSystem',
    ['the root', path('/'), 'spec.volumes[0].hostPath = /'],
    ['the root, by a detour', path('/srv/../..'), 'spec.volumes[0].hostPath = /'],
    ['/proc', path('/proc'), 'spec.volumes[0].hostPath = /proc'],
    ['cgroup', path('/sys/fs/cgroup'), 'spec.volumes[0].hostPath = /sys/fs/cgroup'],
    ['keys', path('/etc/kubernetes/pki'), 'spec.volumes[0].hostPath = /etc/kubernetes/pki'],
    ['etcd', path('/var/lib/etcd'), 'spec.volumes[0].hostPath = /var/lib/etcd'],
    ['what holds them', path('/var/lib'), 'spec.volumes[0].hostPath = /var/lib'],
    ['links that the kubelet follows', path('/var/log/pods'), 'spec.volumes[0].hostPath = /var/log/pods'],
    ['a relative path', path('etc'), 'spec.volumes[0].hostPath = /etc'],
    ['Windows', path('C:\\Windows\\System32'), 'spec.volumes[0].hostPath = /c:/windows/system32'],
    ['a drive', path('c:\\'), 'spec.volumes[0].hostPath = /c:'],
    ['a drive by its long name', path('\\\\?\\C:\\'), 'spec.volumes[0].hostPath = /c:'],
    ['not data of an application', path('/var/lib/postgresql')],
    ['not a name that starts so', path('/etcd')],
    ['not another case', path('/ETC')],
  ),
  ...cases(
    'hostPath',
    ['data', withVolume({ hostPath: { path: '/srv//data/.' } }), 'spec.volumes[0].hostPath = /srv/data'],
    [
      'near a runtime',
      withVolume({ hostPath: { path: '/run/flannel' } }),
      'spec.volumes[0].hostPath = /run/flannel',
    ],
    ['white space counts', withVolume({ hostPath: { path: '/etc ' } }), 'spec.volumes[0].hostPath = /etc '],
    ['on Windows', withVolume({ hostPath: { path: 'D:\\Data' } }), 'spec.volumes[0].hostPath = /d:/data'],
    ['those with signals of their own', withVolume({ hostPath: { path: '/etc' } })],
  ),
];
