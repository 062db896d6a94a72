import { describe, expect, it } from 'vitest';
import { readDaemon, wellKnownDocker } from '../../src/cluster/docker.ts';
import { dockerPart } from '../../src/export/docker.ts';
import { RUNTIMES, runtimeOf } from '../../src/export/runtimes.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const read = (daemon: unknown) => {
  const [document] = readDocuments(JSON.stringify(daemon), 'daemon.json').documents;
  if (!document) throw new Error('no document');
  return readDaemon(document);
};
const isolationIn = (daemon: unknown, name: string): string | undefined => {
  const handler = read(daemon).view.runtimeClass(name)?.handler;
  return handler && builtinProfileTable().forHandler(handler).isolation;
};
const only = (runtime: unknown, name = 'any') => isolationIn({ runtimes: { [name]: runtime } }, name);

describe('a runtime of a daemon.json is what it starts', () => {
  it.each([
    ['/usr/local/bin/runsc', 'app-kernel'],
    ['/usr/bin/runc', 'host-kernel'],
    ['/usr/bin/crun', 'host-kernel'],
    ['/opt/evil', 'host-kernel'],
    ['/usr/bin/nvidia-container-runtime', 'host-kernel'],
    // A name of containerd's settings, and no program.
    ['/usr/bin/kata-qemu', 'host-kernel'],
  ])('%s', (path, isolation) => {
    expect(only({ path })).toBe(isolation);
    expect(only({ path }, 'runsc')).toBe(isolation);
  });

  it.each([
    ['io.containerd.runsc.v1', 'app-kernel'],
    ['io.containerd.kata.v2', 'vm'],
    ['io.containerd.kata-fc.v2', 'vm'],
    ['/opt/kata/bin/containerd-shim-kata-v2', 'vm'],
    ['/usr/bin/containerd-shim-runsc-v1', 'app-kernel'],
    ['io.containerd.runc.v2', 'host-kernel'],
    ['io.containerd.evil.v1', 'host-kernel'],
    ['io.containerd.kata.v2.evil', 'host-kernel'],
  ])('%s', (runtimeType, isolation) => {
    expect(only({ runtimeType })).toBe(isolation);
  });

  it.each([
    '--network=host',
    '-network=host',
    '--host-uds=all',
    '--host-fifo=open',
    '--fsgofer-host-uds',
    '--allow-flag-override',
    '--allow-flag-override=true',
    '--TESTONLY-unsafe-nonroot=true',
  ])('runsc with %s is the host kernel, which is told', flag => {
    const daemon = { runtimes: { runsc: { path: '/usr/local/bin/runsc', runtimeArgs: ['--debug', flag] } } };
    expect(isolationIn(daemon, 'runsc')).toBe('host-kernel');
    expect(read(daemon).problems).toMatchObject([{ severity: 'warning', path: 'runtimes.runsc' }]);
  });

  it('is none by a path that a service names, which Docker refuses: whoever writes there may put anything', () => {
    const path = '/tmp/containerd-shim-runsc-v1';
    for (const view of [read({}).view, wellKnownDocker()]) {
      expect(view.runtimeClass(path)).toBeUndefined();
      expect(view.runtimeClass('io.containerd.runsc.v1')?.handler).toBe('runsc');
    }
  });

  it('is told where the settings of its shim stand elsewhere', () => {
    const runtime = (options: unknown) => ({
      runtimes: { gv: { runtimeType: 'io.containerd.runsc.v1', options } },
    });
    const { problems } = read(
      runtime({ TypeUrl: 'io.containerd.runsc.v1.options', ConfigPath: '/etc/runsc.toml' }),
    );
    expect(problems).toMatchObject([
      { severity: 'warning', path: 'runtimes.gv', message: expect.stringContaining('which are not read') },
    ]);
    expect(read(runtime({ TypeUrl: 'io.containerd.runsc.v1.options' })).problems).toEqual([]);
  });

  it('takes a flag of runsc from the word behind it', () => {
    const daemon = {
      runtimes: { runsc: { path: '/usr/local/bin/runsc', runtimeArgs: ['-network', 'host'] } },
    };
    expect(isolationIn(daemon, 'runsc')).toBe('host-kernel');
  });

  it('takes what export docker writes for what it is', () => {
    const all = RUNTIMES.map(runtimeOf);
    const daemon = JSON.parse(dockerPart(all).text);
    const { view, problems } = read(daemon);
    expect(problems).toEqual([]);
    for (const { handler, kata } of all)
      expect([handler, view.runtimeClass(handler)?.handler]).toEqual([handler, kata ? 'kata' : 'runsc']);
  });
});

describe('a daemon', () => {
  it('has runc and the shims of containerd besides what its file says, and nothing else', () => {
    expect(isolationIn({}, 'runc')).toBe('host-kernel');
    expect(isolationIn({}, 'io.containerd.kata.v2')).toBe('vm');
    expect(isolationIn({}, 'runsc')).toBeUndefined();
  });

  it('says in which runtime a service runs that names none', () => {
    expect(read({ 'default-runtime': 'runsc' }).view.docker.defaultRuntime).toBe('runsc');
    expect(read({ 'default-runtime': 'runc' }).view.docker.defaultRuntime).toBeUndefined();
  });

  it.each([[[]], [{ runtimes: [] }], [{ runtimes: { a: {} } }], [{ runtimes: { a: 'runsc' } }]])(
    'that is of another shape is an error: %j',
    daemon => {
      const { problems } = read(daemon);
      expect(problems.map(({ severity }) => severity)).toContain('error');
      for (const { fix } of problems) expect(fix).toContain('cofferdam export docker');
    },
  );
});

describe('the well-known runtimes', () => {
  const view = wellKnownDocker();
  const isolationOf = (name: string): string | undefined => {
    const handler = view.runtimeClass(name)?.handler;
    return handler && builtinProfileTable().forHandler(handler).isolation;
  };

  it.each([
    ['runsc', 'app-kernel'],
    ['io.containerd.kata.v2', 'vm'],
    ['kata-qemu', 'vm'],
    ['runc', 'host-kernel'],
    ['nvidia', 'host-kernel'],
    ['fancy', undefined],
  ])('%s', (name, isolation) => {
    expect(isolationOf(name)).toBe(isolation);
  });

  it('promise of Kata no more than of one that may hand out devices of the host', () => {
    expect(view.runtimeClass('kata-qemu')?.handler).toBe('kata');
  });
});
