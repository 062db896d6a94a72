// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Compose.
import { describe, expect, it } from 'vitest';
import { fileWith, findingsOf, PLAIN, readCompose, toldOf } from './services.ts';

const LINE = 'compose.yaml:4';
const CONFIG = 'docker compose config';

describe('what could bear on the verdict and is not judged', () => {
  it.each([
    [
      'extends: {service: base, file: base.yaml}',
      `error ${LINE} services.web.extends: found what is said elsewhere`,
    ],
    ['extends: base', `error ${LINE} services.web.extends: found what is said elsewhere`],
    ['provider: {type: awesomecloud}', `warning ${LINE} services.web.provider: is made by a provider`],
    ['label_file: ./labels', `warning ${LINE} services.web.label_file: found labels in another file`],
    ['uts: host', `warning ${LINE} services.web.uts: shares the host's name`],
    ['cgroup: host', `warning ${LINE} services.web.cgroup: sees the cgroups of the host`],
    [
      'network_mode: container:abc',
      `warning ${LINE} services.web.network_mode: shares a namespace with a container`,
    ],
    [
      'volumes_from: ["container:abc"]',
      `warning ${LINE} services.web.volumes_from[0]: has the volumes of a container`,
    ],
    [
      'security_opt: [no-such-option]',
      `warning ${LINE} services.web.security_opt[0]: found an option that is not known`,
    ],
    ['privilegd: true', `warning ${LINE} services.web.privilegd: found a field that is not known`],
    ['build: {context: ., privileged: true}', `warning ${LINE} services.web.build: builds with privileges`],
    [
      'build: {context: ., entitlements: [security.insecure]}',
      `warning ${LINE} services.web.build: builds with privileges`,
    ],
    ['build: /', `warning ${LINE} services.web.build: builds with files from outside`],
    ['build: {context: ../..}', `warning ${LINE} services.web.build.context: builds with files from outside`],
    [
      'build: {additional_contexts: {own: ./a, image: "docker-image://a", host: "${H:-/etc}"}}',
      `warning ${LINE} services.web.build.additional_contexts.host: builds with files from outside`,
    ],
    [
      'build: {additional_contexts: ["host=~/.ssh"]}',
      `warning ${LINE} services.web.build.additional_contexts[0]: builds with files from outside`,
    ],
    ['build: {context: ., network: host}', `warning ${LINE} services.web.build: builds with privileges`],
  ])('is told with its place: %s', (lines, told) => {
    const read = readCompose(fileWith(lines));
    expect(toldOf(read)).toEqual([expect.stringContaining(told)]);
    for (const problem of read.problems) {
      expect(problem.object).toBe('Service/web');
      expect(problem.severity === 'error' || problem.leftOut === true).toBe(true);
    }
  });

  it('an external volume, which may be any folder', () => {
    const other = '  other:\n    image: b\n    volumes: ["data:/a"]\n';
    const volumes = 'volumes:\n  data:\n    external: true\n';
    const read = readCompose(fileWith('volumes: ["data:/a"]', other + volumes));
    // The problem is reported once, however many services have it.
    expect(toldOf(read)).toEqual([
      expect.stringContaining('warning compose.yaml:9 volumes.data: found an external volume'),
    ]);
    expect(read.problems).toMatchObject([{ leftOut: true }]);
  });

  it('files that are included', () => {
    const read = readCompose('include: [base.yaml]\nservices: {web: {image: a}}\n');
    expect(toldOf(read)).toEqual([
      expect.stringContaining('error compose.yaml:1 include: found other files'),
    ]);
    expect(read.problems[0]?.fix).toContain(CONFIG);
  });

  it.each([
    [
      { override: 'compose.override.yaml' },
      'compose.override.yaml lies beside it, which Docker merges into it',
    ],
    [{ instead: 'compose.yaml' }, 'compose.yaml lies beside it, which Docker starts in its place'],
  ])('files beside it that Docker takes by itself: %j', (beside, message) => {
    const read = readCompose(fileWith('user: "1"'), { beside });
    expect(read.problems).toMatchObject([
      { severity: 'warning', leftOut: true, message: expect.stringContaining(message) },
    ]);
    expect(read.subjects).toHaveLength(1);
  });

  it('a second document, which Docker merges into the first', () => {
    const read = readCompose('services: {web: {image: a}}\n---\nservices: {web: {privileged: true}}\n');
    expect(toldOf(read)).toEqual([
      expect.stringContaining('error compose.yaml:3 : a second document with services'),
    ]);
  });
});

describe('variables', () => {
  const TOLD = 'a variable without a default';

  it.each([
    // A name by which anything of the file may be meant is the worst of it.
    [
      'secrets: ["${S}"]',
      'services.web.secrets[0]',
      ['hostPath services.web.secrets[0] = /${S}'],
      'secrets: {evil: {file: /run/docker.sock}}\n',
    ],
    [
      'configs: [{source: "${C}", target: /a}]',
      'services.web.configs[0].source',
      ['hostPath services.web.configs[0].source = /${C}'],
      'configs: {evil: {file: /etc/passwd}}\n',
    ],
    [
      'networks: ["${N}"]',
      'services.web.networks[0]',
      ['hostNetwork services.web.networks[0] = true'],
      'networks: {out: {external: true, name: host}}\n',
    ],
    [
      'volumes_from: ["${V}"]',
      'services.web.volumes_from[0]',
      ['hostPath services.web.volumes_from[0] = /${V}'],
    ],
    [
      'volumes: ["data:/a"]',
      'services.web.volumes[0]',
      ['hostPath services.web.volumes[0] = /${M}'],
      'volumes: {data: {driver: local-persist, driver_opts: {mountpoint: "${M}"}}}\n',
    ],
    // These variables may be anything, and are judged as they stand.
    ['user: "${U}"', 'services.web.user', []],
    ['image: "a:${TAG}"', 'services.web.image', ['imageDigest services.web.image = a:${TAG}']],
    ['build: {context: ., network: "${N}"}', 'services.web.build.network', []],
    ['env_file: ["${E}"]', 'services.web.env_file[0]', []],
    ['annotations: ["${A}=1"]', 'services.web.annotations[0]', []],
    ['labels: ["${L}"]', 'services.web.labels[0]', []],
    ['labels: {cofferdam.dev/risk: "${R}"}', 'services.web.labels["cofferdam.dev/risk"]', []],
    ['x-cofferdam-risk: "${R}"', 'services.web.x-cofferdam-risk', []],
    ['platform: "${P}"', 'services.web.platform', []],
  ])(
    'that are left are told once, wherever they bear on the verdict: %s',
    (lines, place, found, rest = '') => {
      const image = lines.startsWith('image:') ? `services:\n  web:\n    ${lines}\n` : fileWith(lines, rest);
      const read = readCompose(image);
      expect(read.problems).toMatchObject([
        { path: place, message: expect.stringContaining(TOLD), leftOut: true },
      ]);
      const [web] = read.subjects;
      expect(web && findingsOf(web)).toEqual(found);
    },
  );

  it('with a default that builds in the network of the host are told as it is', () => {
    const read = readCompose(fileWith('build: {context: ., network: "${N:-host}"}'));
    expect(toldOf(read)).toEqual([expect.stringContaining('services.web.build: builds with privileges')]);
  });

  it('are not told in the value of a label that says nothing of the risk', () => {
    expect(
      toldOf(readCompose(fileWith('labels: ["traefik.http.routers.a.rule=Host(`${DOMAIN}`)"]'))),
    ).toEqual([]);
  });

  it.each([
    ['privileged: ${P:-true}', ['privileged services.web.privileged = true']],
    ['privileged: ${P-false}', []],
    ['volumes: ["${DATA:-/etc}:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["${DATA:-${OTHER:-/etc}}:/a"]', ['hostPathSystem services.web.volumes[0] = /etc']],
    ['volumes: ["${DATA:-./a}:/a"]', []],
    ['command: "$$HOME ${X}"', []],
    ['environment: ["A=${X:?must be set}"]', []],
  ])('with a default count as that, and bear on nothing where no signal looks: %s', (lines, found) => {
    const read = readCompose(fileWith(lines));
    expect(toldOf(read)).toEqual([]);
    expect(read.subjects.flatMap(one => findingsOf(one))).toEqual(found);
  });

  it.each([
    ['privileged: ${P}', ['privileged services.web.privileged = true']],
    ['network_mode: $MODE', ['hostNetwork services.web.network_mode = true']],
    ['pid: ${MODE:+a}', ['hostPID services.web.pid = true']],
    ['ipc: ${MODE:?no}', ['hostIPC services.web.ipc = true']],
    ['cap_add: ["${CAP}"]', ['capabilityHostRoot services.web.cap_add[0] = ALL']],
    ['cap_drop: ["${CAP}"]', []],
    ['security_opt: ["seccomp=${FILE}"]', ['seccompUnconfined services.web.security_opt[0] = Unconfined']],
    ['devices: ["${DEVICE}"]', ['hostPathDevice services.web.devices[0] = /dev/${DEVICE}']],
    ['volumes: ["${DATA}:/a"]', ['hostPath services.web.volumes[0] = /${DATA}']],
    ['volumes: ["${DATA}"]', ['hostPath services.web.volumes[0] = /${DATA}']],
    [
      'volumes: [{type: "${TYPE}", source: /a, target: /b}]',
      ['hostPath services.web.volumes[0].source = /a'],
    ],
    [
      'volumes: [{type: volume, source: "${V}", target: /b}]',
      ['hostPath services.web.volumes[0].source = /${V}'],
    ],
    [
      'volumes: [{type: bind, source: ./a, target: /b, bind: {propagation: "${P}"}}]',
      ['mountPropagationBidirectional services.web.volumes[0].source = Bidirectional'],
    ],
  ])('without one count as the worst that they may be, and are told: %s', (lines, found) => {
    const read = readCompose(fileWith(lines));
    if (!lines.includes('type: "')) expect(toldOf(read)).toEqual([expect.stringContaining(TOLD)]);
    expect(read.subjects.flatMap(one => findingsOf(one))).toEqual(found);
  });

  it('left for a runtime are no sandbox', () => {
    const read = readCompose(fileWith('runtime: ${RUNTIME}'));
    expect(toldOf(read)).toEqual([expect.stringContaining(TOLD)]);
    expect(read.subjects[0]?.pod.spec?.runtimeClassName).toBeUndefined();
    const [other] = readCompose(fileWith('runtime: ${RUNTIME:-runsc}')).subjects;
    expect(other?.pod.spec?.runtimeClassName).toBe('runsc');
  });
});

describe('anchors, merge keys and extensions', () => {
  it('are followed, with the line where it is written', () => {
    const { subjects, problems } = readCompose(
      'x-base: &base\n  privileged: true\nservices:\n  web:\n    <<: *base\n    image: a:1\n',
    );
    expect(problems).toEqual([]);
    const [web] = subjects;
    expect(web && findingsOf(web)[0]).toBe('privileged services.web.privileged = true');
    expect(web?.document.positionOf(['services', 'web', 'privileged']).line).toBe(2);
  });

  it('are an error where Docker takes another value than kubectl does', () => {
    const read = readCompose(
      'x-base: &base\n  privileged: false\nservices:\n  web:\n    image: a:1\n    privileged: true\n    <<: *base\n',
    );
    expect(toldOf(read)).toEqual([
      expect.stringContaining('error compose.yaml:7 : a merge key (<<) stands below a key that it would set'),
    ]);
  });
});

describe('a bind mount', () => {
  const found = (source: string, place: Parameters<typeof readCompose>[1]): readonly string[] =>
    readCompose(fileWith(`volumes: ["${source}:/a"]`), place).subjects.flatMap(one => findingsOf(one));

  it('of the project is its own, wherever the project lies', () => {
    for (const folder of ['/home/me/shop', '/work', '/srv/shop', '/etc/stacks/shop'])
      expect([folder, found('./data', { folder })]).toEqual([folder, []]);
  });

  it('of somebody’s home is the host, where a Compose file lies among his keys', () => {
    for (const folder of ['/home/me', '/root', '/var/home/me', '/Users/me'])
      expect([folder, found('./.ssh', { folder })]).not.toEqual([folder, []]);
    expect(found('./data', { folder: '/root/shop' })).toEqual([]);
  });

  it('of a project that is the host is the host', () => {
    expect(found('./shadow', { folder: '/etc' })).toEqual([
      'hostPathSystem services.web.volumes[0] = /etc/shadow',
    ]);
    expect(found('./data', { folder: '/' })).toEqual(['hostPath services.web.volumes[0] = /data']);
  });

  it('that is a link leads where the link does', () => {
    const realPath = (path: string): string => path.replace('/home/me/shop/link', '/etc');
    expect(found('./link/shadow', { realPath })).toEqual([
      'hostPathSystem services.web.volumes[0] = /etc/shadow',
    ]);
  });

  it('of a socket in the project is one of the host', () => {
    expect(found('./docker.sock', {})).toEqual([
      'hostPathSocket services.web.volumes[0] = /home/me/shop/docker.sock',
    ]);
  });
});

describe('what Docker does by default', () => {
  it('is no lapse: its seccomp profile is in force, no token is mounted, and a published port takes none of a node', () => {
    const { subjects } = readCompose(fileWith('ports: ["80:80", {target: 1, published: "2", mode: host}]'));
    expect(subjects.flatMap(one => findingsOf(one, []))).toEqual([
      'allowPrivilegeEscalation services.web.security_opt',
      'capabilityNotDropped services.web.cap_drop',
      'runAsNonRoot services.web.user',
      'unsetLimits services.web = cpu, memory',
    ]);
    expect(PLAIN).toHaveLength(4);
  });

  it('leaves nothing to find in a service that is in order', () => {
    const lines =
      'user: "1000"\ncap_drop: [ALL]\nsecurity_opt: [no-new-privileges]\nmem_limit: 1g\ncpus: 1\n';
    const { subjects } = readCompose(fileWith(lines));
    expect(subjects.flatMap(one => findingsOf(one, []))).toEqual([]);
  });
});

describe('a risk', () => {
  it.each([
    ['x-cofferdam-risk: high', 'high'],
    ['labels: {cofferdam.dev/risk: low}\nx-cofferdam-risk: high', 'high'],
    ['labels: [cofferdam.dev/risk=critical]\nx-cofferdam-risk: high', 'critical'],
    ['labels: [cofferdam.dev/risk=low]\nx-cofferdam-risk: sky-high', 'sky-high'],
  ])('is the higher of the label and the extension: %s', (lines, risk) => {
    const [web] = readCompose(fileWith(lines)).subjects;
    expect(web?.pod.metadata?.labels?.['cofferdam.dev/risk']).toBe(risk);
  });
});

describe('what is of another shape', () => {
  it.each([
    ['privileged: [true]', 'services.web.privileged: found a list, expected true or false'],
    ['privileged: perhaps', 'services.web.privileged: found a string, expected true or false'],
    ['cap_add: SYS_ADMIN', 'services.web.cap_add: found a string, expected a list'],
    ['cap_add: [{a: b}]', 'services.web.cap_add[0]: found a map, expected a string'],
    ['cap_add: [null]', 'services.web.cap_add[0]: found null, expected a string'],
    ['volumes: {a: b}', 'services.web.volumes: found a map, expected a list'],
    ['volumes: [[a]]', 'services.web.volumes[0]: found a list, expected a string or a map'],
    ['volumes: ["data:bb:cc:dd"]', 'services.web.volumes[0]: found too many parts'],
    ['volumes: [{type: magic, target: /a}]', 'services.web.volumes[0].type: found a type of mount'],
    ['volumes: [{type: bind, target: /a}]', 'services.web.volumes[0].source: found nothing, expected a path'],
    ['networks: front', 'services.web.networks: found a string, expected a list or a map'],
    ['deploy: [a]', 'services.web.deploy: found a list, expected a map'],
    ['sysctls: 7', 'services.web.sysctls: found a number, expected a list'],
  ])('is an error at its line, and the service is not judged: %s', (lines, message) => {
    const read = readCompose(fileWith(lines));
    expect(toldOf(read)[0]).toContain(`error ${LINE} ${message}`);
    expect(read.subjects).toEqual([]);
  });

  it.each(['services: {web: }\n', 'services: {web: [a]}\n'])('as is a service that is none: %s', text => {
    const read = readCompose(text);
    expect(toldOf(read)).toEqual([expect.stringContaining('services.web: found')]);
    expect(read.subjects).toEqual([]);
  });

  it('keeps no other service from being judged', () => {
    const { subjects } = readCompose(fileWith('privileged: [true]', '  other: {image: b}\n'));
    expect(subjects.map(({ name }) => name)).toEqual(['other']);
  });
});

it.each([
  [
    'a Pod',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\nservices: {}\n',
    'Pod',
  ],
  ['a Compose file', 'services: {a: {image: a}}\n', 'Service'],
  ['one of JSON', '{"services": {"a": {"image": "a"}}}', 'Service'],
])('%s is told from the other by what stands in it', (_, text, kind) => {
  expect(readCompose(text).subjects.map(one => one.kind)).toEqual([kind]);
});
