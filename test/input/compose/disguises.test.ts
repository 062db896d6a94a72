// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Compose.
import { describe, expect, it } from 'vitest';
import { fileWith, findingsOf, readCompose, toldOf } from './services.ts';

/*
What an author may write so that it looks like less than it is to Docker.
*/

type Row = readonly [lines: string, found: readonly string[], rest?: string];

const found = (lines: string, rest = ''): readonly string[] => {
  const { subjects } = readCompose(fileWith(lines, rest));
  const web = subjects.find(({ name }) => name === 'web');
  return web ? findingsOf(web) : ['not judged'];
};

const isFound = ({ lines, expected, rest = '' }: ReturnType<typeof named>): void =>
  expect(found(lines, rest).toSorted()).toEqual(expected.toSorted());

const named = ([lines, expected, rest]: Row) => ({ lines, expected, rest });
const each = (rows: readonly Row[]) => it.each(rows.map(named));

const MOUNTED = 'hostPathSystem services.web.volumes[0] = /etc';
const asVolume = (options: string): string => `volumes: {data: {${options}}}\n`;

describe('a named volume', () => {
  it.each<readonly [options: string, finding: string]>([
    // MS_BIND makes the kernel pass over the type (mount(2)).
    ['driver_opts: {type: tmpfs, o: bind, device: /etc}', 'hostPathSystem services.web.volumes[0] = /etc'],
    [
      'driver_opts: {type: nfs, o: "ro,rbind", device: /etc}',
      'hostPathSystem services.web.volumes[0] = /etc',
    ],
    ['driver_opts: {type: nfs, o: "${O}", device: /etc}', 'hostPathSystem services.web.volumes[0] = /etc'],
    ['driver_opts: {o: bind, device: "${D:-/etc}"}', 'hostPathSystem services.web.volumes[0] = /etc'],
    // The folders that overlayfs shows stand in its options.
    [
      'driver_opts: {type: overlay, o: "lowerdir=/etc:/usr", device: overlay}',
      'hostPathSystem services.web.volumes[0] = /',
    ],
    ['driver_opts: {type: devtmpfs, device: devtmpfs}', 'hostPathSystem services.web.volumes[0] = /'],
    ['driver_opts: {type: devtmpfs, device: ""}', 'hostPathSystem services.web.volumes[0] = /'],
    ['driver_opts: {type: nfsd, device: nfsd}', 'hostPathSystem services.web.volumes[0] = /'],
    ['driver_opts: {type: 9p, device: hostshare}', 'hostPathSystem services.web.volumes[0] = /'],
    ['driver_opts: {type: "${T}", device: data}', 'hostPathSystem services.web.volumes[0] = /'],
    // Compose 1 hands a relative one to the daemon as it stands, which works in the root directory.
    ['driver_opts: {type: none, o: bind, device: etc}', 'hostPathSystem services.web.volumes[0] = /etc'],
    ['driver_opts: {type: none, o: bind, device: ./data}', 'hostPath services.web.volumes[0] = /data'],
    ['driver_opts: {type: none, o: bind, device: ~/x}', 'hostPathSystem services.web.volumes[0] = /home/~/x'],
    ['driver_opts: {type: ext4, device: sda1}', 'hostPathDevice services.web.volumes[0] = /sda1'],
    ['driver: "", driver_opts: {o: bind, device: /etc}', 'hostPathSystem services.web.volumes[0] = /etc'],
    ['driver: "${D}", driver_opts: {o: bind, device: /etc}', 'hostPathSystem services.web.volumes[0] = /etc'],
    [
      'driver: local-persist, driver_opts: {mountpoint: /etc}',
      'hostPathSystem services.web.volumes[0] = /etc',
    ],
    [
      'driver: lebokus/bindfs, driver_opts: {map: "0/1000", sourcePath: /etc}',
      'hostPathSystem services.web.volumes[0] = /etc',
    ],
    ['driver: rexray, driver_opts: {size: "20"}', 'csiInlineVolume services.web.volumes[0] = rexray'],
    ['driver: cifs, driver_opts: {share: //nas/films}', 'csiInlineVolume services.web.volumes[0] = cifs'],
    [
      'driver: sshfs, driver_opts: {sshcmd: "me@nas:/films"}',
      'csiInlineVolume services.web.volumes[0] = sshfs',
    ],
  ])('is what its options mount: %s', (options, finding) =>
    isFound({ lines: 'volumes: ["data:/a"]', expected: [finding], rest: asVolume(options) }),
  );

  it.each([
    'driver: local',
    'driver: ""',
    'driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}',
    'name: b',
  ])('is its own otherwise: %s', options =>
    isFound({ lines: 'volumes: ["data:/a"]', expected: [], rest: asVolume(options) }),
  );

  each([
    ['volumes: [{source: /etc, target: /a}]', ['hostPathSystem services.web.volumes[0].source = /etc']],
    [
      'volumes: [{type: volume, source: ../../../etc, target: /a}]',
      ['hostPathSystem services.web.volumes[0].source = /etc'],
    ],
  ])('is none where it is called like a path: $lines', isFound);
});

describe('a volume of two definitions', () => {
  const EVIL = 'evil: {driver_opts: {o: bind, device: /etc}}';

  each([
    [
      'volumes: ["good:/a"]',
      [MOUNTED],
      `volumes: {good: {name: same}, ${EVIL.replace('{', '{name: same, ')}}\n`,
    ],
    ['volumes: ["good:/a"]', [MOUNTED], `volumes: {good: {name: shop_evil}, ${EVIL}}\n`],
    ['volumes: ["good:/a"]', [MOUNTED], `volumes: {good: {external: true, name: shop_evil}, ${EVIL}}\n`],
    ['volumes: ["good:/a"]', [MOUNTED], `volumes: {good: {name: "\${N}"}, ${EVIL}}\n`],
    ['volumes: ["good:/a"]', [], `volumes: {good: {name: other}, ${EVIL}}\n`],
    ['volumes: ["good:/a"]', [], `volumes: {good: {}, ${EVIL}}\n`],
  ])('is what either makes of it: $rest', isFound);
});

describe('a name that YAML takes for something else', () => {
  each([
    ['volumes: ["off:/a"]', [MOUNTED], 'volumes: {off: {driver_opts: {o: bind, device: /etc}}}\n'],
    ['volumes: ["0x10:/a"]', [MOUNTED], 'volumes: {0x10: {driver_opts: {o: bind, device: /etc}}}\n'],
    [
      'network_mode: service:no',
      ['hostNetwork services.web.network_mode = true'],
      '  no: {image: b, network_mode: host}\n',
    ],
    [
      'volumes_from: [y]',
      ['hostPathSystem services.web.volumes_from[0] = /etc'],
      '  y: {image: b, volumes: ["/etc:/a"]}\n',
    ],
    [
      'networks: ["on"]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {on: {external: true, name: host}}\n',
    ],
    [
      'secrets: ["1_0"]',
      ['hostPathSystem services.web.secrets[0] = /etc/shadow'],
      'secrets: {1_0: {file: /etc/shadow}}\n',
    ],
  ])('is the one that Docker finds by it: $lines', isFound);

  it.each([
    'services: {no: {image: a, privileged: true}, off: {image: a}}\n',
    'services: {web: {image: a, privileged: true}, web: {image: a}}\n',
    'services:\n  web:\n    image: a\n    privileged: true\n    privileged: false\n',
  ])('is an error where it is said twice, of which Docker takes neither, or both: %s', text => {
    const { problems } = readCompose(text);
    expect(problems).toMatchObject([{ severity: 'error', message: expect.stringContaining('is set twice') }]);
  });
});

describe('a path of the host', () => {
  each([
    ['volumes: ["~:/a"]', ['hostPathSystem services.web.volumes[0] = /home/~']],
    ['volumes: ["~/../../etc:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["/proc/1/root/x:/a"]', ['hostPathSystem services.web.volumes[0] = /proc/1/root/x']],
    [
      'volumes: ["//var//run/./x/../docker.sock:/a"]',
      ['hostPathSocket services.web.volumes[0] = /var/run/docker.sock'],
    ],
    ['volumes: ["./a/../../../../var/run:/a"]', ['hostPathSocket services.web.volumes[0] = /var/run']],
    ['volumes: ["\\x2fetc:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ["volumes: ['\\\\server\\share:/a']", ['hostPathSystem services.web.volumes[0] = /unc:/server/share']],
    // A letter in front is a drive to Compose wherever it runs, and the rest relative.
    ['volumes: ["a:../../../../etc:/x"]', ['hostPathSystem services.web.volumes[0] = /a:../../../../etc']],
    ['volumes: ["/etc:/a:ro,subpath=b/c"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["${A:-${B:-${C:-/etc}}}:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["${A-${B-${C-${D-/etc}}}}:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["${A:-/et}c:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    [
      'develop: {watch: [{action: sync+exec, path: ., target: /a, exec: {command: a, privileged: true}}]}',
      ['privileged services.web.develop.watch[0].exec.privileged = true'],
    ],
  ])('is one in whatever spelling: $lines', isFound);
});

describe('volumes of another service', () => {
  const SOCKET = 'hostPathSocket services.web.volumes_from[0] = /var/run/docker.sock';

  each([
    [
      'volumes_from: [other]',
      [SOCKET],
      '  other: {image: b, volumes_from: [third]}\n  third: {image: c, volumes: ["/var/run/docker.sock:/a"], volumes_from: [web]}\n',
    ],
    ['volumes_from: [other]', [SOCKET], '  other: {image: b, use_api_socket: true}\n'],
    [
      'volumes_from: [other]',
      ['hostPathSystem services.web.volumes_from[0] = /etc/shadow'],
      '  other: {image: b, secrets: [key]}\nsecrets: {key: {file: /etc/shadow}}\n',
    ],
    [
      'volumes_from: ["container:mine:ro"]',
      [SOCKET],
      '  other: {image: b, container_name: mine, volumes: ["/var/run/docker.sock:/a"]}\n',
    ],
    [
      'volumes_from: ["container:shop-other-1"]',
      [SOCKET],
      '  other: {image: b, volumes: ["/var/run/docker.sock:/a"]}\n',
    ],
  ])('are all that it has: $lines', isFound);
});

describe("the host's namespaces", () => {
  const HOST = 'networks: {default: {external: true, name: host}}\n';

  each([
    ['', ['hostNetwork networks.default = true'], HOST],
    ['networks: {}', ['hostNetwork networks.default = true'], HOST],
    ['networks: ', ['hostNetwork networks.default = true'], HOST],
    ['network_mode: ""', ['hostNetwork networks.default = true'], HOST],
    ['network_mode: bridge', [], HOST],
    ['networks: [own]', [], `networks: {own: {}, default: {external: true, name: host}}\n`],
    [
      'network_mode: service:other',
      ['hostNetwork services.web.network_mode = true'],
      `  other: {image: b}\n${HOST}`,
    ],
    [
      'networks: ["${N:-out}"]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {out: {external: true, name: host}}\n',
    ],
    [
      'networks: [out]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {out: {external: "${E:-true}", name: host}}\n',
    ],
    [
      'networks: [out]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {out: {external: true, name: "${N}"}}\n',
    ],
    [
      'networks: [out]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {out: {driver: "${D}"}}\n',
    ],
    ['networks: [out]', [], 'networks: {out: {external: false, name: host}}\n'],
    [
      'network_mode: container:mine',
      ['hostNetwork services.web.network_mode = true'],
      '  other: {image: b, network_mode: host, container_name: mine}\n',
    ],
    [
      'network_mode: "container:${N:-mine}"',
      ['hostNetwork services.web.network_mode = true'],
      '  other: {image: b, network_mode: host, container_name: mine}\n',
    ],
    ['pid: container:shop-other-1', ['hostPID services.web.pid = true'], '  other: {image: b, pid: host}\n'],
    ['ipc: container:shop_other_1', ['hostIPC services.web.ipc = true'], '  other: {image: b, ipc: host}\n'],
    ['network_mode: ${A:-${B:-${C:-host}}}', ['hostNetwork services.web.network_mode = true']],
    // Podman's, which takes Compose files, too.
    ['pid: ns:/proc/1/ns/pid', ['hostPID services.web.pid = true']],
  ])('are the host’s by whatever way: $lines', isFound);
});

describe('confinement', () => {
  each([
    // Whoever writes the file writes the profile beside it: it may let everything pass.
    ['security_opt: [seccomp=./all.json]', ['seccompUnconfined services.web.security_opt[0] = Unconfined']],
    ['security_opt: ["seccomp:./all.json"]', ['seccompUnconfined services.web.security_opt[0] = Unconfined']],
    ['security_opt: [disable]', ['seLinuxOptions services.web.security_opt[0] = spc_t']],
    ['privileged: ${A:-${B:-${C:-true}}}', ['privileged services.web.privileged = true']],
    ['provider: null\nprivileged: true', ['privileged services.web.privileged = true']],
  ])('is off by whatever word: $lines', isFound);

  it('is on where a later option does not take it back', () => {
    const escalates = (options: string): boolean => {
      const [web] = readCompose(fileWith(`security_opt: [${options}]`)).subjects;
      return web ? findingsOf(web, []).some(one => one.startsWith('allowPrivilegeEscalation')) : false;
    };
    expect(escalates('no-new-privileges')).toBe(false);
    expect(escalates('no-new-privileges=1')).toBe(false);
    expect(escalates('no-new-privileges, "no-new-privileges:false"')).toBe(true);
  });

  it.each(['":0"', '""', '+0', '"-0:7"', '"000"', 'root:wheel'])(
    'is not had by a user who may be root: %s',
    user => {
      const [web] = readCompose(fileWith(`user: ${user}`)).subjects;
      expect(web && findingsOf(web, []).filter(one => one.startsWith('runAs'))).not.toEqual([]);
    },
  );
});

describe('what is no limit', () => {
  it.each([
    'mem_limit: 0b\ncpus: 0.0',
    'mem_limit: "0"\ncpus: 0',
    'deploy: {resources: {limits: {memory: 0M, cpus: "0"}}}',
  ])('counts as none: %s', lines => {
    const [web] = readCompose(fileWith(lines)).subjects;
    expect(web && findingsOf(web, []).filter(one => one.startsWith('unset'))).toEqual([
      'unsetLimits services.web = cpu, memory',
    ]);
  });
});

describe('words that every object of JavaScript has', () => {
  it.each([
    'security_opt: [constructor, __proto__=a]',
    'volumes: ["./a:/a:constructor", "constructor:/b"]',
    'volumes_from: [constructor, "container:__proto__"]',
    'network_mode: service:constructor',
    'networks: [constructor, __proto__]',
    'secrets: [constructor, __proto__]',
    'labels: [__proto__=a, constructor=b]',
    'constructor: a',
    '__proto__: {privileged: true}',
  ])('are words like others: %s', lines => {
    const { subjects, problems } = readCompose(fileWith(lines));
    expect(problems.filter(({ fix = '' }) => fix.includes('fault of cofferdam'))).toEqual([]);
    expect(subjects.flatMap(one => findingsOf(one))).toEqual([]);
  });
});

it('files of the host in the environment of a service are told', () => {
  const read = readCompose(
    fileWith('env_file: [{path: /etc/environment}, ../.env, ./own.env, "${E:-own.env}"]'),
  );
  expect(toldOf(read)).toEqual([
    expect.stringContaining('warning compose.yaml:4 services.web.env_file[0].path: has in its environment'),
    expect.stringContaining('warning compose.yaml:4 services.web.env_file[1]: has in its environment'),
  ]);
});
