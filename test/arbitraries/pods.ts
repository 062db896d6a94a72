import fc from 'fast-check';
import type { Pod } from '../../src/pod/kube.ts';

/** Each field is present in one of `OF` Pods, so that most Pods have few fields and every verdict occurs. */
const OF = 6;
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(fields).map(([key, arbitrary]) => [
          key,
          fc.oneof(
            { weight: OF - 1, arbitrary: fc.constant(undefined) },
            { weight: 1, arbitrary: arbitrary as fc.Arbitrary<unknown> },
          ),
        ]),
      ),
    )
    .map(
      record =>
        Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>,
    );
const capability = fc.constantFrom(
  'NET_BIND_SERVICE',
  'CHOWN',
  'SYS_ADMIN',
  'cap_sys_module',
  'NET_RAW',
  'NET_ADMIN',
  'ALL',
  'ODD',
);
const seccomp = fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined').map(type => ({ type }));
const seLinux = some({ type: fc.constantFrom('container_t', 'spc_t'), user: fc.constantFrom('u', '') });

const containerSecurity = some({
  privileged: fc.boolean(),
  allowPrivilegeEscalation: fc.boolean(),
  runAsNonRoot: fc.boolean(),
  runAsUser: fc.constantFrom(0, 1000),
  procMount: fc.constantFrom('Default', 'Unmasked'),
  seccompProfile: seccomp,
  seLinuxOptions: seLinux,
  capabilities: some({
    add: fc.array(capability, { maxLength: 3 }),
    drop: fc.constantFrom(['ALL'], ['NET_RAW'], []),
  }),
});

const mount = fc.record({
  name: fc.constantFrom('a', 'b'),
  mountPath: fc.constantFrom('/data', '/cache'),
});

const container = (name: string) =>
  fc
    .tuple(
      fc.record({
        name: fc.constant(name),
        image: fc.constantFrom('nginx', 'nginx:1.27', 'ghcr.io/acme/app:1', `nginx@sha256:${'a'.repeat(64)}`),
      }),
      some({
        securityContext: containerSecurity,
        ports: fc.array(some({ hostPort: fc.constantFrom(0, 80), containerPort: fc.constant(80) }), {
          maxLength: 2,
        }),
        volumeMounts: fc.array(
          fc
            .tuple(
              mount,
              some({
                subPath: fc.constant('x'),
                mountPropagation: fc.constantFrom('None', 'HostToContainer', 'Bidirectional'),
              }),
            )
            .map(([a, b]) => ({ ...a, ...b })),
          { maxLength: 2 },
        ),
        volumeDevices: fc.array(fc.record({ name: fc.constant('b'), devicePath: fc.constant('/dev/xvda') }), {
          maxLength: 1,
        }),
        livenessProbe: fc.constantFrom(
          { httpGet: { port: 80 } },
          { httpGet: { port: 80, host: '10.0.0.1' } },
        ),
        resources: fc.constantFrom(
          {},
          { limits: { cpu: '1', memory: '64Mi' } },
          { limits: { cpu: '1', memory: '64Mi', 'nvidia.com/gpu': '1' } },
          { limits: { cpu: '1', memory: '64Mi', 'hugepages-2Mi': '4Mi' } },
          { limits: { cpu: '1', memory: '64Mi', 'amd.com/gpu': '1', 'google.com/tpu': '4' } },
          { limits: { cpu: '1', memory: '64Mi', 'example.com/fpga': '1', 'vpc.amazonaws.com/pod-eni': '1' } },
        ),
      }),
    )
    .map(([a, b]) => ({ ...a, ...b }));

const volume = fc.constantFrom(
  { name: 'a', emptyDir: {} },
  { name: 'a', hostPath: { path: '/var/run/docker.sock' } },
  { name: 'a', hostPath: { path: '/dev/kvm' } },
  { name: 'a', hostPath: { path: '/proc' } },
  { name: 'a', hostPath: { path: '/srv/data' } },
  { name: 'a', hostPath: { path: '/etc/localtime', type: 'File' } },
  { name: 'a', hostPath: { path: '/var/run/dbus' } },
  { name: 'a', hostPath: { path: '/dev/log' } },
  { name: 'a', hostPath: { path: '/dev/shm' } },
  { name: 'a', hostPath: { path: '/etc' } },
  { name: 'a', hostPath: { path: '/dev/sda', type: 'BlockDevice' } },
  { name: 'b', persistentVolumeClaim: { claimName: 'c' } },
  { name: 'b', secret: { secretName: 's' } },
  { name: 'b', image: { reference: 'acme/model:1' } },
  { name: 'b', nfs: { server: 's', path: '/' } },
);

/** Labels by which policies select a Namespace, and labels that ask for isolation in it. */
export const namespaceWishes = fc.record(
  {
    tenant: fc.constant('a'),
    'cofferdam.dev/minimum-isolation': fc.constantFrom('host-kernel', 'app-kernel', 'vm', 'typo'),
  },
  { requiredKeys: [] },
);

const RISKS = ['low', 'medium', 'high', 'critical', 'typo'] as const;
export const riskLabels = some({
  'cofferdam.dev/risk': fc.constantFrom(...RISKS),
  app: fc.constantFrom('x', 'y'),
});

const containers = (prefix: string, maxLength: number, minLength = 0) =>
  fc
    .array(container(''), { minLength, maxLength })
    .map(list => list.map((c, i) => ({ ...c, name: `${prefix}${i}` })));

/** Pods with every kind of signal in every kind of container, most of them with few. */
export const arbitraryPod: fc.Arbitrary<Pod> = fc
  .record({
    metadata: fc.record(
      {
        name: fc.constant('pod'),
        labels: riskLabels,
        annotations: some({
          'dev.gvisor.flag.host-uds': fc.constant('all'),
          'io.katacontainers.config.hypervisor.kernel_params': fc.constant('x'),
          'cofferdam.dev/injected-runtime-class': fc.constantFrom('gvisor', 'kata-qemu', 'runc', 'nonsense'),
          'kubernetes.io/config.mirror': fc.constant('x'),
        }),
      },
      { requiredKeys: ['name'] },
    ),
    spec: fc
      .tuple(
        fc.record({
          containers: containers('c', 2, 1),
          initContainers: containers('i', 1),
          ephemeralContainers: containers('e', 1),
        }),
        some({
          hostNetwork: fc.boolean(),
          hostPID: fc.boolean(),
          hostIPC: fc.boolean(),
          hostUsers: fc.boolean(),
          automountServiceAccountToken: fc.boolean(),
          runtimeClassName: fc.constantFrom(
            'gvisor',
            'kata-qemu',
            'kata',
            'runc',
            'fake-gvisor',
            'nonsense',
            '',
          ),
          volumes: fc.array(volume, { maxLength: 2 }),
          nodeSelector: fc.constantFrom({ zone: 'a' }, { 'katacontainers.io/kata-runtime': 'false' }),
          securityContext: some({
            seccompProfile: seccomp,
            runAsNonRoot: fc.boolean(),
            sysctls: fc.constantFrom(
              [{ name: 'net.ipv4.ip_local_port_range', value: '1 2' }],
              [{ name: 'kernel.msgmax', value: '1' }],
            ),
          }),
          os: fc.constantFrom({ name: 'linux' }, { name: 'windows' }),
        }),
      )
      .map(([a, b]) => ({ ...a, ...b })),
  })
  .map(pod => pod as unknown as Pod);
