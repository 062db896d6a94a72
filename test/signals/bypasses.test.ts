import { describe, expect, it } from 'vitest';
import { viewPod } from '../../src/pod/view.ts';
import { inspect } from '../../src/signals/index.ts';
import { addContainer, adding, annotated, CONTAINER_KINDS, secure, withVolume } from '../fixtures/minimal.ts';
import { type DraftPod, tweak } from '../fixtures/pods.ts';

/** Ways around a check that other admission controllers had: the numbers of docs and advisories are in the names. */
const found = (change: (pod: DraftPod) => void): string[] => [
  ...new Set(inspect(viewPod(tweak(change), 'default')).map(({ signal }) => signal)),
];

describe('bypass 2: containers of another kind (CVE-2023-2727, CVE-2024-3177)', () => {
  it.each(CONTAINER_KINDS)('hide nothing: %s', kind => {
    const ids = found(pod => {
      const it = addContainer(pod, kind);
      secure({ privileged: true, procMount: 'Unmasked', capabilities: { add: ['SYS_ADMIN'] } })(it);
      it.image = 'x';
    });
    expect(ids).toEqual([
      'privileged',
      'capabilityHostRoot',
      'procMount',
      'capabilityNotDropped',
      'imageTag',
      'imageDigest',
    ]);
  });
});

describe('bypass 11: Kata annotations (GHSA-rr59-xxvx-96qr, CVE-2020-27151)', () => {
  it('fire beside allowed ones', () => {
    const pod = tweak(
      annotated({
        'io.katacontainers.config.hypervisor.default_memory': '4096',
        'io.katacontainers.config.hypervisor.virtio_fs_extra_args': '["--o=source=/"]',
        'io.katacontainers.config.hypervisor.kernel_params': 'agent.debug_console',
      }),
    );
    expect(inspect(viewPod(pod, 'default')).map(({ signal, path }) => [signal, path])).toEqual([
      ['kataAnnotation', 'metadata.annotations[io.katacontainers.config.hypervisor.virtio_fs_extra_args]'],
      ['kataAnnotation', 'metadata.annotations[io.katacontainers.config.hypervisor.kernel_params]'],
    ]);
  });
});

describe('bypass 12: gVisor annotations', () => {
  it.each([
    'dev.gvisor.flag.host-uds',
    'dev.gvisor.flag.overlay2',
    'dev.gvisor.spec.mount.data.source',
    'dev.gvisor.spec.rootfs.source',
    'dev.gvisor.internal.seccomp.app',
    'dev.gvisor.bundle.x',
    'dev.gvisor.tar.rootfs.upper',
  ])('fire, whatever their value: %s', key => {
    expect(found(annotated({ [key]: '' }))).toEqual(['gvisorAnnotation']);
  });
});

describe('bypass 20: spellings of a capability', () => {
  it.each([
    'SYS_ADMIN',
    'sys_admin',
    'Sys_Admin',
    'CAP_SYS_ADMIN',
    'cap_sys_admin',
    ' SYS_ADMIN ',
    '\tall',
    'CAP_ALL',
  ])('are one: %j', name => {
    expect(found(pod => adding(name)(addContainer(pod, 'init')))).toEqual(['capabilityHostRoot']);
  });

  it.each([
    'SYS\u2010ADMIN',
    '\u0405YS_ADMIN',
    'SYS_ADMIN\u200b',
    'SYS-ADMIN',
    'CAP_CAP_SYS_ADMIN',
    '\uff33YS_ADMIN',
  ])('that no runtime knows are beyond Baseline: %j', name => {
    expect(found(pod => adding(name)(addContainer(pod, 'init')))).toEqual(['capabilityOther']);
  });
});

describe('bypass 20: spellings of a path', () => {
  it.each([
    '/var/run/docker.sock',
    '/var/run/../run/docker.sock',
    '//var//run//docker.sock//',
    '/./var/run/./docker.sock/.',
    '/../var/run/docker.sock',
    'var/run/docker.sock',
    '/run/docker.sock',
    '/run/',
    '/var/lib/../run',
    '\\\\.\\PIPE\\docker_engine',
    '//./pipe/docker_engine',
  ])('of a socket are one: %j', path => {
    expect(found(withVolume({ hostPath: { path } }))).toEqual(['hostPathSocket']);
  });

  it.each([
    '/',
    '//',
    '/..',
    '/.',
    '',
    '/srv/..',
    '/etc/../etc/',
    '/proc/1/root',
    '/var/lib/kubelet/pods',
    'C:/',
    'c:\\windows\\',
  ])('of the system are one: %j', path => {
    expect(found(withVolume({ hostPath: { path } }))).toEqual(['hostPathSystem']);
  });

  it('count by type too', () => {
    expect(found(withVolume({ hostPath: { path: '/srv/x', type: 'Socket' } }))).toEqual(['hostPathSocket']);
    expect(found(withVolume({ hostPath: { path: '/etc/x', type: 'CharDevice' } }))).toEqual([
      'hostPathDevice',
    ]);
  });
});

describe('a level that overrides the other', () => {
  it('does not clear what is wrong wherever it stands', () => {
    const ids = found(pod => {
      pod.spec.securityContext = {
        ...pod.spec.securityContext,
        seccompProfile: { type: 'Unconfined' },
        appArmorProfile: { type: 'Unconfined' },
        seLinuxOptions: { type: 'spc_t' },
      };
      for (const it of pod.spec.containers) {
        secure({
          seccompProfile: { type: 'RuntimeDefault' },
          appArmorProfile: { type: 'RuntimeDefault' },
          seLinuxOptions: { type: 'container_t' },
        })(it);
      }
    });
    expect(ids).toEqual(['seccompUnconfined', 'appArmorUnconfined', 'seLinuxOptions', 'seLinuxLabel']);
  });
});
