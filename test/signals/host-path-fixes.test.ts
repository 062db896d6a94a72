import { describe, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

const podOf = (paths: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'c', image: 'registry.example/c:1' }],
      volumes: paths.map((path, i) => ({ name: `v${i}`, hostPath: { path } })),
    },
  });

/** The fixes by path. */
async function fixesOf(...paths: string[]): Promise<ReadonlyMap<string, string>> {
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin: podOf(paths) });
  const { findings } = JSON.parse(out).results[0];
  return new Map(
    findings
      .filter(({ signal }: Record<string, string>) => signal?.startsWith('hostPath'))
      .map(({ value, fix }: Record<string, string>) => [value, fix]),
  );
}

const EXPECTED: readonly (readonly [string, RegExp])[] = [
  ['/dev/null', /by itself/],
  ['/dev/urandom', /by itself/],
  ['/dev/log', /standard output/],
  ['/run/systemd/journal/dev-log', /standard output/],
  ['/etc/localtime', /TZ/],
  ['/usr/share/zoneinfo/Europe/Berlin', /TZ/],
  ['/etc/resolv.conf', /dnsConfig/],
  ['/run/systemd/resolve', /dnsConfig/],
  ['/etc/machine-id', /nodeInfo/],
  ['/etc/ssl/certs', /certificates/],
  ['/etc/pki/ca-trust/extracted', /certificates/],
  ['/dev/shm', /medium Memory/],
  ['/dev/hugepages', /medium HugePages/],
  ['/dev/mqueue', /message queues/],
  ['/data', /PersistentVolumeClaim/],
  ['/var/run/docker.sock', /rootless builder/],
  ['/run', /rootless builder/],
  ['/run/k3s/containerd', /rootless builder/],
  ['/srv/buildkitd.sock', /rootless builder/],
  ['/run/spire/sockets/agent.sock', /over the network/],
  ['/dev/sda1', /volumeMode Block/],
  ['/dev/disk/by-id', /volumeMode Block/],
  ['/dev/video0', /device plugin/],
  ['/dev', /device plugin/],
  ['/home/app/data', /PersistentVolumeClaim/],
  ['/lib/modules', /modules/],
  ['/var/log/pods', /read logs/],
  ['/usr/local/bin', /in the image/],
  ['/proc', /Kubernetes API/],
  ['/', /Kubernetes API/],
];

describe('what to do about a path of the host is what helps there', async () => {
  const found = await fixesOf(...EXPECTED.map(([path]) => path));
  it.each(EXPECTED.map(([path, what]) => [path, what, found.get(path)] as const))('%s', (_, what, fix) => {
    expect(fix).toMatch(what);
  });

  it('of several of one signal, each by itself, and once what is the same', async () => {
    const fixes = await fixesOf('/dev/log', '/dev/null', '/dev/random');
    const [log, nothing] = new Set(fixes.values());
    expect([fixes.size, new Set(fixes.values()).size]).toEqual([3, 2]);
    const { out } = await cofferdam(['review', '-'], {
      stdin: podOf(['/dev/log', '/dev/null', '/dev/random']),
    });
    const told = out.replaceAll(/\s+/g, ' ');
    expect(told.split(`${log}`).length).toBe(2);
    expect(told.split(`${nothing}`).length).toBe(2);
  });
});
