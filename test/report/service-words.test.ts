import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import { COMPOSE_FIXES } from '../../src/report/words/kinds.ts';
import { saidOf } from '../../src/report/words/service-words.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { cofferdam } from '../cli/stranger.ts';
import { writeFiles } from '../support/write-files.ts';

/** Words of Kubernetes, which nobody who writes a Compose file has to know. */
const KUBERNETES =
  /\b(clusters?|Pods?|nodes?|namespaces?|kubelet|RuntimeClass(es)?|runtimeClassName|volumeMounts?|hostPath|securityContext|nodeSelector|emptyDir|ConfigMaps?|PersistentVolumeClaims?|ServiceAccounts?|Kubernetes)\b/gi;

/** What looks like one, and is a word of Linux. */
const OF_LINUX =
  /\b(Host (PID|network|IPC) namespace|the host's (PID|network|IPC) namespace|seccomp profiles and namespaces|device nodes?|no namespace holds)\b/gi;

const wordsIn = (text: string): readonly string[] => text.replaceAll(OF_LINUX, '').match(KUBERNETES) ?? [];

/** Signals that nothing in a Compose file makes, with what a Pod has and a service has not. */
const OF_PODS: Readonly<Record<string, string>> = {
  hostProcess: 'windowsOptions',
  hostProbe: 'httpGet: a healthcheck is a command in the container',
  hostPort: 'hostPort: a published port is forwarded',
  seccompUnset: 'no default profile: Docker has one',
  seccompLocalhost: 'a profile of the node: that of a Compose file counts as none',
  procMountInUserNamespace: 'hostUsers',
  serviceAccountToken: 'a token of the API',
  blockVolume: 'a claim',
  persistentVolumeClaim: 'a claim',
  ephemeralVolume: 'a claim',
  liveProjectedVolume: 'files that a kubelet refreshes',
  recursiveReadOnly: 'recursiveReadOnly',
  hugepages: 'a resource of nodes',
  resourceClaim: 'a claim',
  hostUsers: 'hostUsers',
  iptablesInit: 'init containers',
  meshCapture: 'a mesh',
};

const OF_SERVICES = SIGNALS.filter(({ id }) => !Object.hasOwn(OF_PODS, id));

describe('of a service, a signal', () => {
  it.each(OF_SERVICES.map(({ id, title, phrase = '', reason }) => ({ id, title, phrase, reason })))(
    '$id speaks of what Docker knows',
    ({ id, title, phrase, reason }) => {
      const fix = COMPOSE_FIXES[id];
      expect(fix).toBeDefined();
      for (const text of [title, phrase, saidOf(reason, { isService: true }), fix ?? ''])
        expect([text, wordsIn(text)]).toEqual([text, []]);
    },
  );

  it('says of a Pod what it said', () => {
    const reasons = SIGNALS.map(({ reason }) => reason);
    expect(reasons.map(reason => saidOf(reason, {}))).toEqual(reasons);
    expect(reasons.flatMap(wordsIn)).toContain('Pod');
  });

  it('has a fix nowhere but where a service can have it', () => {
    expect(Object.keys(COMPOSE_FIXES).filter(id => Object.hasOwn(OF_PODS, id))).toEqual([]);
  });
});

it('a profile of what Docker can start speaks of what it knows, wherever something stands against it', () => {
  const { all, forHandler } = builtinProfileTable();
  expect(all.length).toBeGreaterThan(0);
  const reasons = ['runsc', 'kata', 'runc'].flatMap(handler => {
    const { signals, resources } = forHandler(handler);
    const told = OF_SERVICES.flatMap(({ id }) => signals.get(id) ?? []);
    return [...told, ...resources.values()].filter(({ support }) => support !== 'contained');
  });
  const said = reasons.map(({ reason }) => saidOf(reason, { isService: true }));
  expect(said.flatMap(text => wordsIn(text).map(() => text))).toEqual([]);
  expect(said.length).toBeGreaterThan(50);
});

describe('a report on services', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-words-'));
    await writeFiles(folder, { 'compose.yaml': EVERYTHING, 'unknown.yaml': UNKNOWN, 'daemon.json': DAEMON });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['review'],
    ['review', '-o', 'markdown'],
    ['review', '-o', 'sarif'],
    ['review', '-o', 'github'],
    ['review', '-o', 'gitlab'],
    ['review', '-o', 'junit'],
    ['review', '-o', 'html'],
    ['explain', '--name', 'most'],
    ['explain', '--name', 'windows'],
    ['explain', '--name', 'few'],
    ['explain', '--name', 'sandboxed'],
    ['explain', '--fix'],
  ])('has no word of Kubernetes: %s %s %s', async (command, ...argv) => {
    const file = join(folder, 'compose.yaml');
    const page = join(folder, 'page.html');
    const asked = argv.map(word => (word === 'html' ? `html=${page}` : word));
    const { out, err, code } = await cofferdam([command, file, ...asked, '--no-config'], { columns: 400 });
    expect(code).toBeLessThan(2);
    const text = argv.includes('html') ? dataOf(readFileSync(page, 'utf8')) : `${out}${err}`;
    expect(text.length).toBeGreaterThan(200);
    const lines = text.split('\n').flatMap(line => wordsIn(bare(line)).map(word => `${word}: ${line}`));
    expect(lines).toEqual([]);
  });

  it.each([['review'], ['review', '-o', 'json'], ['explain', '--name', 'unknown']])(
    'says of what a daemon.json has not that it is no runtime of that daemon: %s',
    async (command, ...argv) => {
      const daemon = ['--docker-daemon', join(folder, 'daemon.json'), '--no-config'];
      const { out } = await cofferdam([command, join(folder, 'unknown.yaml'), ...argv, ...daemon], {
        columns: 400,
      });
      expect(out).toContain('is no runtime of this daemon');
      expect(out).not.toMatch(/\bcluster\b/);
    },
  );
});

const UNKNOWN = 'services: {unknown: {image: a, runtime: nosuch, x-cofferdam-risk: high}}\n';
const DAEMON = '{"runtimes": {"runsc": {"path": "/usr/bin/runsc"}}}';

/**
 * What is no sentence of a report: addresses, ids of signals, paths in the file, a field of an exemption, and headings that
 * files with Pods have, too.
 */
const bare = (line: string): string =>
  line
    .replaceAll(/https?:\/\/\S+/g, '')
    .replaceAll(/\bhostPath\b(?= |`|"|$|::| \))/g, '')
    .replaceAll(/"?(services|networks)\.[^ ]*/g, '')
    .replaceAll(/^ +namespaces:$/g, '')
    .replaceAll(/\bin namespace default\b|\bNAMESPACE\b|\| namespace \||"namespace": "default"/g, '');

/** The texts of a page, which stand in its data, without its script. */
const dataOf = (page: string): string => {
  const [, data = '{}'] = /<script[^>]*id="data"[^>]*>(.*?)<\/script>/s.exec(page) ?? [];
  return (JSON.parse(data).texts as readonly string[]).join('\n');
};

const EVERYTHING = `services:
  most:
    image: a
    privileged: true
    cap_add: [SYS_ADMIN, SYS_MODULE, NET_ADMIN, NET_RAW, CHOWN, WAKE_ALARM]
    network_mode: host
    pid: host
    ipc: host
    user: root
    devices: [/dev/sda, nvidia.com/gpu=all, acme.com/x=1, devices.kubevirt.io/kvm=all, smarter-devices/fuse=all]
    security_opt: [seccomp=unconfined, apparmor=unconfined, label=disable, systempaths=unconfined, writable-cgroups=true]
    sysctls: {kernel.x: 1, net.ipv4.tcp_syncookies: 1}
    annotations: {dev.gvisor.flag.debug: "true", io.katacontainers.config.hypervisor.path: a, run.oci.handler: a, io.microsoft.x: a}
    volumes:
      - /:/h
      - /srv:/x
      - /etc/localtime:/y
      - /dev/log:/z
      - /run/systemd/x:/w
      - /var/run/docker.sock:/s
      - ./a:/b:rshared
      - {type: volume, source: shared, target: /n, volume: {subpath: a}}
      - {type: image, source: b, target: /i}
      - plugged:/c
      - ./a:/bb:rslave
      - /etc/cni/net.d:/cni
  windows:
    image: a
    security_opt: [apparmor=mine, label=level:s0]
    platform: windows/amd64
    runtime: runsc
  few:
    image: a
    x-cofferdam-risk: high
    volumes: ["plugged:/c"]
    sysctls: {net.ipv4.tcp_syncookies: 1}
  sandboxed:
    image: a
    runtime: runsc
    cap_add: [SYS_MODULE, NET_ADMIN]
    pid: host
    volumes: ["./a:/bb:rslave", "plugged:/c", "shared:/n"]
    sysctls: {kernel.x: 1}
    devices: [google.com/tpu=1, nvidia.com/gpu=all]
volumes:
  shared: {driver_opts: {type: nfs, device: "a:/b"}}
  plugged: {driver: rexray}
`;
