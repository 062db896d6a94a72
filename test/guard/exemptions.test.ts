import { describe, expect, it } from 'vitest';
import { adding, clusterPolicy, container, exemption, ground, object, privileged } from './support/ground.ts';

/** Which findings an exemption waives, of new Pods. Whether it is for the Pod, then whether for the finding. */
const HOST = { spec: { hostPID: true } };
const admits = (one: object, tweak: object, more?: object, options?: object): boolean =>
  ground([one], options).creation(tweak, more).allowed;

describe('an exemption', () => {
  const waive = { signal: 'hostPID' };

  it('is for the namespaces that it names, by the name in the request', () => {
    expect(admits(exemption({}, waive), HOST)).toBe(true);
    expect(admits(exemption({ namespaces: ['other'] }, waive), HOST)).toBe(false);
    // The Pod says `shop`, which whoever makes it can write.
    expect(admits(exemption({}, waive), HOST, { namespace: 'other' })).toBe(false);
  });

  it('is for Pods by their labels', () => {
    const one = exemption({ podSelector: { matchLabels: { app: 'x' } } }, waive);
    expect(admits(one, { ...HOST, labels: { app: 'x' } })).toBe(true);
    expect(admits(one, { ...HOST, labels: { app: 'y' } })).toBe(false);
    expect(admits(one, HOST)).toBe(false);
  });

  it('is for Pods by their service account', () => {
    const one = exemption({ serviceAccounts: ['agent'] }, waive);
    expect(admits(one, { spec: { ...HOST.spec, serviceAccountName: 'agent' } })).toBe(true);
    expect(admits(one, { spec: { ...HOST.spec, serviceAccountName: 'other' } })).toBe(false);
    expect(admits(one, HOST)).toBe(false);
    expect(admits(exemption({ serviceAccounts: ['default'] }, waive), HOST)).toBe(true);
  });

  it('waives no other signal, and none once it has expired', () => {
    expect(admits(exemption({}, { signal: 'hostIPC' }), HOST)).toBe(false);
    expect(admits(exemption({}, waive), { spec: { hostPID: true, hostIPC: true } })).toBe(false);
    const end = Date.parse('2026-12-31T00:00:00Z');
    expect(admits(exemption({}, waive), HOST, {}, { now: end - 1 })).toBe(true);
    expect(admits(exemption({}, waive), HOST, {}, { now: end })).toBe(false);
  });

  it('cannot make a sandbox do what it does not do', () => {
    expect(admits(exemption({}, waive), { spec: { ...HOST.spec, runtimeClassName: 'gvisor' } })).toBe(false);
    const hostPath = { volumes: [{ name: 'v', hostPath: { path: '/srv' } }], runtimeClassName: 'gvisor' };
    expect(admits(exemption({}, { signal: 'hostPath' }), { spec: hostPath })).toBe(true);
    expect(admits(exemption({}, { signal: 'hostPort' }), { spec: hostPath })).toBe(false);
  });

  it('cannot make a sandbox show what it does not show', () => {
    const { create } = ground([exemption({}, { signal: 'hostPathSystem' }, { signal: 'hostPathDevice' })]);
    const mounting = (path: string, runtimeClassName?: string) => ({
      spec: { volumes: [{ name: 'v', hostPath: { path } }], ...(runtimeClassName && { runtimeClassName }) },
    });
    expect(create(mounting('/proc', 'vm'))).toEqual([
      'RuntimeClass vm does not contain hostPathSystem (or does not show the paths of the host that are asked for: hostPathSystem). No RuntimeClass contains it: remove it, or ask for a SandboxExemption.',
    ]);
    expect(create(mounting('/proc/../etc', 'vm'))).toEqual([]);
    expect(create(mounting('/etc', 'vm'))).toEqual([]);
    expect(create(mounting('//proc/./sys', 'vm'))).toHaveLength(1);
    expect(create(mounting('/proc/a\nb', 'vm'))).toHaveLength(1);
    expect(create(mounting('/dev/kmsg', 'vm'))).toHaveLength(1);
    expect(create(mounting('/dev/sda', 'vm'))).toEqual([]);
    expect(create(mounting('/proc', 'gvisor'))).toEqual([]);
    expect(create(mounting('/dev/sda', 'gvisor'))).toHaveLength(1);
    expect(create(mounting('/proc'))).toEqual([]);
    // What exemptions of other things have in the guard is nothing of this.
    expect(ground([exemption({}, waive)]).create(mounting('/proc', 'vm'))).toHaveLength(1);
  });

  it('names no class that does not show it, and none that is weaker than what was chosen', () => {
    const proc = { volumes: [{ name: 'v', hostPath: { path: '/proc' } }] };
    const { create } = ground([exemption({}, { signal: 'hostPathSystem' })]);
    const root = container(adding('SYS_ADMIN'));
    expect(create({ spec: { ...proc, containers: [root] } })[0]).toMatch(
      /or set spec.runtimeClassName to gvisor[.]$/,
    );
    const inVm = create({ spec: { ...proc, containers: [root], runtimeClassName: 'vm' } });
    expect(inVm[0]).toMatch(
      /^RuntimeClass vm does not contain hostPathSystem [(].*[)][.] No RuntimeClass contains it/,
    );
  });

  it('never denies an update for what its class has not shown before', () => {
    const { update } = ground([exemption({ images: ['ghcr.io/acme/*'] }, { signal: 'hostPathSystem' })]);
    const inVm = (image: string) => ({
      spec: {
        ...{ runtimeClassName: 'vm', volumes: [{ name: 'v', hostPath: { path: '/proc' } }] },
        containers: [container({ image })],
      },
    });
    expect(update(inVm('nginx'), inVm('ghcr.io/acme/agent'))).toEqual([]);
  });

  it('cannot make a runtime of the host kernel do what a profile says that it does not do', () => {
    const profile = object('SandboxProfile', 'odd', {
      ...{ handlers: ['odd'], extends: 'host' },
      signals: { hostPID: { support: 'unsupported', reason: 'a test', source: 'https://example.com' } },
    });
    const { create } = ground([profile, exemption({}, waive)], { classes: [['odd', 'odd']] });
    expect(create({ spec: { hostPID: true, runtimeClassName: 'odd' } })).toEqual([
      expect.stringMatching(/^RuntimeClass odd does not contain hostPID[.]/),
    ]);
    expect(create(HOST)).toEqual([]);
  });

  it('lowers no floor', () => {
    const { create } = ground([exemption({}, waive), clusterPolicy({ minimumIsolation: 'app-kernel' })]);
    expect(create(HOST)).toHaveLength(1);
  });
});

describe('an exemption of values', () => {
  const paths = (...list: string[]) => ({
    spec: { volumes: list.map((path, i) => ({ name: `v${i}`, hostPath: { path } })) },
  });
  const one = exemption({}, { signal: 'hostPath', values: ['/srv/a'] });

  it('waives those alone', () => {
    expect(admits(one, paths('/srv/a'))).toBe(true);
    expect(admits(one, paths('/srv/b'))).toBe(false);
    expect(admits(one, paths('/srv/a', '/srv/b'))).toBe(false);
  });

  it('takes them as they are written, too', () => {
    const written = exemption(
      {},
      { signal: 'hostPath', values: ['D:\\Data', '/srv//a/'] },
      { signal: 'capabilityHostRoot', values: ['cap_sys_admin'] },
    );
    expect(admits(written, paths('d:/data', '/srv/a/.'))).toBe(true);
    expect(admits(written, paths('d:/data/x'))).toBe(false);
    const root = (name: string) => ({ spec: { containers: [container(adding(name))] } });
    expect(admits(written, root('SYS_ADMIN'))).toBe(true);
    expect(admits(written, root('SYS_MODULE'))).toBe(false);
  });

  it('may wait for another that waives the rest', () => {
    const other = { ...exemption({}, { signal: 'hostPath', values: ['/srv/b'] }), metadata: { name: 'f' } };
    expect(ground([one, other]).create(paths('/srv/a', '/srv/b'))).toEqual([]);
  });

  it('takes any long value of an annotation for the one that it knows by its hash, and no short one', () => {
    const hash = `<100 characters, sha256 ${'a'.repeat(32)}>`;
    const long = exemption({}, { signal: 'gvisorAnnotation', values: [hash, 'plain'] });
    const annotated = (value: string) => ({ annotations: { 'dev.gvisor.spec.x': value } });
    expect(admits(long, annotated('x'.repeat(33)))).toBe(true);
    expect(admits(long, annotated('x'.repeat(32)))).toBe(false);
    expect(admits(long, annotated('plain'))).toBe(true);
    const plain = exemption({}, { signal: 'gvisorAnnotation', values: ['plain'] });
    expect(admits(plain, annotated('x'.repeat(33)))).toBe(false);
  });
});

describe('an exemption of images', () => {
  const one = exemption({ images: ['ghcr.io/acme/*'] }, { signal: 'privileged' }, { signal: 'hostPID' });
  const acme = { ...privileged(), image: 'ghcr.io/acme/agent:1' };
  const nginx = { ...privileged('b'), image: 'nginx' };
  const plain = container({ image: 'ghcr.io/acme/other' }, 'c');

  it('waives what is in the containers of such an image', () => {
    expect(admits(one, { spec: { containers: [acme] } })).toBe(true);
    expect(admits(one, { spec: { containers: [nginx] } })).toBe(false);
    expect(admits(one, { spec: { containers: [acme, nginx] } })).toBe(false);
    expect(admits(one, { spec: { containers: [acme, container({}, 'b')] } })).toBe(true);
  });

  it('waives what the whole Pod has where all its images are such', () => {
    expect(admits(one, { spec: { hostPID: true, containers: [plain] } })).toBe(true);
    expect(admits(one, { spec: { hostPID: true, containers: [plain, container()] } })).toBe(false);
    expect(admits(one, { spec: { hostPID: true, containers: [plain], initContainers: [container()] } })).toBe(
      false,
    );
  });

  it('waives nothing in a container without an image, or with one of more than 1024 characters', () => {
    const { image: _, ...without } = acme;
    expect(admits(one, { spec: { containers: [without] } })).toBe(false);
    const long = (size: number) => ({ ...acme, image: 'ghcr.io/acme/'.padEnd(size, 'x') });
    expect(admits(one, { spec: { containers: [long(1024)] } })).toBe(true);
    expect(admits(one, { spec: { containers: [long(1025)] } })).toBe(false);
  });

  it('and values asks for both', () => {
    const both = exemption(
      { images: ['ghcr.io/acme/*'] },
      { signal: 'capabilityHostRoot', values: ['SYS_ADMIN'] },
    );
    const withCapability = (image: string, capability: string) => ({
      spec: { containers: [container({ image, ...adding(capability) })] },
    });
    expect(admits(both, withCapability('ghcr.io/acme/a', 'SYS_ADMIN'))).toBe(true);
    expect(admits(both, withCapability('ghcr.io/acme/a', 'SYS_MODULE'))).toBe(false);
    expect(admits(both, withCapability('nginx', 'SYS_ADMIN'))).toBe(false);
  });
});
