import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { builtinProfiles, builtinProfileTable } from '../../src/profiles/builtin.ts';
import type { Profile } from '../../src/profiles/profile.ts';
import { sandboxProfileSchema } from '../../src/profiles/schema.ts';
import { buildProfileTable } from '../../src/profiles/table.ts';
import { OF_VMM } from '../../src/report/words/fix.ts';
import { HOST_PATHS } from '../../src/signals/host-path.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { classifyResource } from '../../src/signals/resource-names.ts';
import { profilesOf, supportOf, worst } from './support.ts';

const table = builtinProfileTable();
const sandboxes = table.all.filter(profile => profile.isolation !== 'host-kernel');
const linux = sandboxes.filter(profile => profile.os === 'linux');
const idsOf = (...categories: string[]): string[] =>
  SIGNALS.filter(signal => categories.includes(signal.category)).map(signal => signal.id);
const words = (profiles: readonly Profile[], signal: string): string[] =>
  [...new Set(profiles.map(profile => supportOf(profile, signal)))].sort();

describe('the built-in documents', () => {
  const validate = new Ajv({ strictRequired: false }).compile(sandboxProfileSchema);

  it.each(builtinProfiles().map(document => [document.metadata.name, document] as const))(
    '%s fits the schema',
    (_, document) => {
      validate(document);
      expect(validate.errors).toBeNull();
    },
  );

  it('have unique names', () => {
    const names = builtinProfiles().map(document => document.metadata.name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('say nothing of signals that do not exist', () => {
    const known = new Set(SIGNALS.map(signal => signal.id));
    const unknown = builtinProfiles().flatMap(({ spec }) => Object.keys(spec.signals ?? {}));
    expect(unknown.filter(id => !known.has(id))).toEqual([]);
  });

  it('speak of resources that are of a signal', () => {
    const names = builtinProfiles().flatMap(({ spec }) => Object.keys(spec.resources ?? {}));
    expect(names.filter(name => classifyResource(name) === undefined)).toEqual([]);
    expect(names).toContain('google.com/tpu');
  });

  it('list each handler once', () => {
    const handlers = builtinProfiles().flatMap(({ spec }) => spec.handlers ?? []);
    expect(handlers).toEqual([...new Set(handlers)]);
  });
});

describe('every built-in profile', () => {
  it.each(table.all.map(profile => [profile.id, profile] as const))(
    '%s has a word, a reason and a source for every signal',
    (_, profile) => {
      expect([...profile.signals.keys()]).toEqual(SIGNALS.map(signal => signal.id));
      for (const word of [...profile.signals.values(), ...profile.resources.values()]) {
        expect(word.reason).toMatch(/^\S.*[^.\s]$/);
        expect(word.source).toMatch(/^https:\/\/\S+$/);
      }
    },
  );

  it('contains hygiene, which is about the inside', () => {
    expect(idsOf('hygiene').flatMap(id => words(table.all, id))).toEqual(
      idsOf('hygiene').map(() => 'contained'),
    );
  });
});

describe('the host kernel', () => {
  it('is exposed to every exposure and breakout', () => {
    const host = table.forHandler('runc');
    expect(idsOf('exposure', 'breakout').filter(id => supportOf(host, id) !== 'exposed')).toEqual([]);
  });

  it('meets every requirement', () => {
    const host = table.forHandler('runc');
    expect(idsOf('requirement').filter(id => supportOf(host, id) !== 'contained')).toEqual([]);
  });

  it.each(['runc', 'crun', 'youki', 'nvidia', '', 'nobody-knows', 'toString', '__proto__'])(
    'is what the handler "%s" is taken for',
    handler => {
      expect(table.forHandler(handler).id).toBe('host');
    },
  );

  it.each(
    sandboxes
      .flatMap(({ handlers }) => handlers)
      .flatMap(handler => [`${handler}-debug`, `${handler}-devkit`]),
  )('is what %s, with its debug console, counts as', handler => {
    expect(table.forHandler(handler).isolation).toBe('host-kernel');
  });

  it('is what a class counts as whose handler is runc, whatever the class is called (bypass 13)', () => {
    const disguised = { name: 'gvisor', handler: 'runc' };
    expect(table.forHandler(disguised.handler).isolation).toBe('host-kernel');
  });

  it.each(['spin', 'slight', 'wasmtime', 'wasmedge', 'lunatic', 'wws', 'crun-wasm'])(
    'is shared by the WebAssembly handler %s, exposed as runc is',
    handler => {
      const wasm = table.forHandler(handler);
      expect([wasm.id, wasm.isolation]).toEqual(['wasm', 'host-kernel']);
      const exposed = idsOf('exposure', 'breakout').filter(id => supportOf(wasm, id) === 'exposed');
      expect(exposed).toEqual(idsOf('exposure', 'breakout'));
    },
  );
});

describe('every sandbox', () => {
  it.each([
    ...['hostPath', 'hostPathSocket', 'hostPathDevice', 'hostPathSystem', 'hostPID', 'hostIPC'],
    ...['hostNetwork', 'hostProbe', 'hostProcess', 'mountPropagationBidirectional'],
  ])('neither contains nor degrades %s', signal => {
    expect(words(sandboxes, signal).filter(word => word !== 'exposed' && word !== 'unsupported')).toEqual([]);
  });

  it.each(['hostNetwork', 'imageVolume', 'meshCapture', 'recursiveReadOnly'])(
    'does not support %s',
    signal => {
      expect(words(sandboxes, signal)).toEqual(['unsupported']);
    },
  );

  it('runs Pods of one operating system alone', () => {
    expect(words(linux, 'windowsPod')).toEqual(['unsupported']);
    expect(sandboxes.filter(({ os }) => os === 'windows').map(({ id }) => id)).toEqual(['hyperv']);
    expect(supportOf(table.forHandler('runhcs-wcow-hypervisor'), 'windowsPod')).toBe('contained');
  });

  it.each(SIGNALS.map(signal => signal.id).filter(id => id.endsWith('Annotation')))(
    'is exposed to %s',
    signal => {
      expect(words(sandboxes, signal)).toEqual(['exposed']);
    },
  );

  it.each(['capabilityHostRoot', 'capabilityOther', 'procMount', 'seccompUnconfined', 'hostPort'])(
    'for Linux contains %s',
    signal => {
      expect(words(linux, signal)).toEqual(['contained']);
    },
  );

  it.each(['capabilityHostKernel', 'seccompLocalhost', 'appArmorLocalhost', 'unsetLimits'])(
    'for Linux degrades %s',
    signal => {
      expect(words(linux, signal)).toEqual(['degraded']);
    },
  );
});

describe('gVisor', () => {
  const gvisor = table.forHandler('runsc');

  it.each(['gvisor', 'runsc-kvm', 'gvisor-kvm'])('is one profile under the handler %s, too', handler => {
    expect(table.forHandler(handler)).toBe(gvisor);
  });

  it('is an app-kernel', () => {
    expect(gvisor.isolation).toBe('app-kernel');
  });

  it.each([
    ['privileged', 'degraded'],
    ['capabilityNetRaw', 'degraded'],
    ['capabilityNetAdmin', 'degraded'],
    ['sysctlUnsafe', 'unsupported'],
    ['sysctlSafe', 'unsupported'],
    ['seLinuxOptions', 'unsupported'],
    ['seLinuxLabel', 'unsupported'],
    ['blockVolume', 'unsupported'],
    ['hugepages', 'unsupported'],
    ['iptablesInit', 'unsupported'],
    ['resourceClaim', 'exposed'],
    ['persistentVolumeClaim', 'contained'],
    ['liveProjectedVolume', 'contained'],
    ['subPath', 'contained'],
    ['fuseDevice', 'contained'],
    ['kvmDevice', 'unsupported'],
    ['gpu', 'unsupported'],
    ['hostUsers', 'contained'],
  ] as const)('%s is %s', (signal, support) => {
    expect(supportOf(gvisor, signal)).toBe(support);
  });
});

describe('Kata', () => {
  const deployed = sandboxes.flatMap(profile =>
    profile.handlers.filter(handler => /^kata-(qemu|clh|dragonball|stratovirt|fc|openvmm)/.test(handler)),
  );

  it.each(deployed)("contains privileged under kata-deploy's handler %s", handler => {
    expect(supportOf(table.forHandler(handler), 'privileged')).toBe('contained');
  });

  it.each([
    ...['kata', 'kata-cc', 'kata-nvidia-gpu', 'isolated-sandbox', 'confidential-sandbox'],
    ...['kata-tdx', 'kata-snp', 'kata-se', 'kata-tdx-nvidia-gpu', 'kata-snp-nvidia-gpu'],
    ...['kata-cc-intel', 'kata-cc-amd', 'kata-cc-ibm'],
  ])('is exposed to privileged under %s, whose settings nobody vouches for', handler => {
    expect(table.forHandler(handler).node).toEqual({ privilegedWithoutHostDevices: false });
    expect(supportOf(table.forHandler(handler), 'privileged')).toBe('exposed');
  });

  it('knows what a handler called kata cannot do and every VMM that shares a file system can', () => {
    const sharing = ['kata-qemu', 'kata-clh', 'kata-dragonball', 'kata-stratovirt'];
    const word = (handler: string, id: string) => table.forHandler(handler).signals.get(id)?.support;
    const ofVmm = SIGNALS.map(({ id }) => id).filter(
      id => word('kata', id) === 'unsupported' && sharing.every(vmm => word(vmm, id) !== 'unsupported'),
    );
    expect(new Set(ofVmm)).toEqual(OF_VMM);
  });

  it.each(['kata-remote', 'runv'])('does not support privileged under %s', handler => {
    expect(supportOf(table.forHandler(handler), 'privileged')).toBe('unsupported');
  });

  it.each([
    ['kata-qemu', 'vm'],
    ['kata-clh-runtime-rs', 'vm'],
    ['kata-dragonball', 'vm'],
    ['kata-fc', 'vm'],
    ['kata-stratovirt', 'vm'],
    ['kata', 'vm'],
    ['kata-remote', 'vm'],
    ['kata-qemu-coco-dev', 'vm'],
    ['kata-qemu-coco-dev-runtime-rs', 'vm'],
    ['kata-qemu-snp', 'confidential-vm'],
    ['kata-qemu-tdx-runtime-rs', 'confidential-vm'],
    ['kata-qemu-se', 'confidential-vm'],
    ['kata-qemu-nvidia-gpu', 'vm'],
    ['kata-qemu-nvidia-gpu-snp', 'confidential-vm'],
    ['kata-cc', 'confidential-vm'],
    ['kata-tdx', 'confidential-vm'],
    ['kata-snp', 'confidential-vm'],
    ['kata-se', 'confidential-vm'],
    ['kata-tdx-nvidia-gpu', 'confidential-vm'],
    ['kata-snp-nvidia-gpu', 'confidential-vm'],
    ['kata-cc-intel', 'confidential-vm'],
    ['kata-cc-amd', 'confidential-vm'],
    ['kata-cc-ibm', 'confidential-vm'],
  ] as const)('%s isolates as %s', (handler, isolation) => {
    expect(table.forHandler(handler).isolation).toBe(isolation);
  });

  it.each(['kata-fc', 'kata-qemu-snp', 'kata-qemu-tdx', 'kata-qemu-se', 'kata-qemu-coco-dev', 'kata-remote'])(
    '%s, which copies files in, loses writes and misses updates',
    handler => {
      const profile = table.forHandler(handler);
      const lost = ['persistentVolumeClaim', 'ephemeralVolume', 'networkVolume', 'hostPath'];
      expect(lost.flatMap(id => words([profile], id))).toEqual(lost.map(() => 'unsupported'));
      expect(supportOf(profile, 'liveProjectedVolume')).toBe('degraded');
    },
  );

  it.each(['kata-qemu-nvidia-gpu', 'kata-qemu-nvidia-gpu-runtime-rs', 'kata-nvidia-gpu'])(
    '%s passes a whole GPU through',
    handler => {
      expect(supportOf(table.forHandler(handler), 'gpuPassthrough')).toBe('contained');
    },
  );

  const linuxVms = sandboxes.filter(({ isolation, os }) => isolation !== 'app-kernel' && os === 'linux');
  it.each(linuxVms.map(one => [one.id, one] as const))(
    'shows under %s no more of the host than under QEMU',
    (_, { signals }) => {
      const qemu = table.forHandler('kata-qemu').signals;
      const exposed = HOST_PATHS.filter(({ id }) => signals.get(id)?.support === 'exposed');
      const unserved = (words: typeof signals) => exposed.map(({ id }) => words.get(id)?.notServed?.regex);
      expect(unserved(signals)).toEqual(unserved(qemu));
    },
  );

  it('refuses raw block volumes under Firecracker and takes them under QEMU', () => {
    expect(supportOf(table.forHandler('kata-fc'), 'blockVolume')).toBe('unsupported');
    expect(supportOf(table.forHandler('kata-qemu'), 'blockVolume')).toBe('contained');
  });

  it('degrades SELinux options and applies sysctls, so that both can leave gVisor for it', () => {
    expect(supportOf(table.forHandler('kata-qemu'), 'seLinuxOptions')).toBe('degraded');
    expect(supportOf(table.forHandler('kata-qemu'), 'sysctlUnsafe')).toBe('contained');
  });
});

describe('a bare kata handler', () => {
  const vmms = ['kata-qemu', 'kata-clh', 'kata-dragonball', 'kata-stratovirt', 'kata-fc'];
  // The same VMMs without what kata-deploy sets: a custom profile inherits words, never node settings.
  const unvouched = vmms.map(
    (vmm, i) => `{metadata: {name: x${i}}, spec: {extends: ${vmm}, handlers: [x${i}]}}`,
  );
  const { table: plain, problems } = buildProfileTable(
    profilesOf(unvouched.join('\n---\n')),
    builtinProfiles(),
  );

  it('is compared with every VMM', () => {
    expect(problems).toEqual([]);
    expect(vmms.map((_, i) => plain.forHandler(`x${i}`).id)).toEqual(vmms.map((_, i) => `x${i}`));
  });

  it.each(SIGNALS.map(signal => signal.id))('is as bad as the worst VMM at %s', signal => {
    const each = vmms.map((_, i) => supportOf(plain.forHandler(`x${i}`), signal));
    expect(supportOf(table.forHandler('kata'), signal)).toBe(worst(each));
  });
});

describe('sandboxes of which little is documented', () => {
  const kata = table.forHandler('kata');
  const gvisor = table.forHandler('runsc');

  it.each([
    ['edera', 'vm', [kata]],
    ['kuasar-vmm', 'vm', [kata]],
    ['kuasar-quark', 'app-kernel', [kata, gvisor]],
    ['runhcs-wcow-hypervisor', 'vm', [kata]],
  ] as const)(
    '%s isolates as %s, and takes the worst word where it says nothing',
    (handler, isolation, family) => {
      const profile = table.forHandler(handler);
      expect(profile.isolation).toBe(isolation);
      const reason = (one: Profile, id: string) => one.signals.get(id)?.reason;
      const undocumented = SIGNALS.filter(
        ({ id }) =>
          reason(profile, id)?.startsWith('not documented') ||
          family.some(one => reason(one, id) === reason(profile, id)),
      );
      expect(undocumented.length).toBeGreaterThan(20);
      for (const { id } of undocumented) {
        const theirs = worst(family.map(one => supportOf(one, id)));
        expect([id, worst([theirs, supportOf(profile, id)])]).toEqual([id, supportOf(profile, id)]);
      }
    },
  );

  it.each(['kuasar-wasm', 'urunc', 'krun'])(
    'the handler %s is known by name as the host kernel, with the reason',
    handler => {
      const profile = table.forHandler(handler);
      expect([profile.handlers.includes(handler), profile.isolation]).toEqual([true, 'host-kernel']);
      expect(profile.isolationReason).toMatch(/^\S.*[^.\s]$/);
      expect(profile.isolationSource).toMatch(/^https:/);
      const exposed = idsOf('exposure', 'breakout').filter(id => supportOf(profile, id) === 'exposed');
      expect(exposed).toEqual(idsOf('exposure', 'breakout'));
    },
  );

  it('the handler of Windows containers without Hyper-V is one of the host kernel', () => {
    expect(table.forHandler('runhcs-wcow-process').handlers).toContain('runhcs-wcow-process');
    expect(table.forHandler('runhcs-wcow-process').isolation).toBe('host-kernel');
  });
});

describe('Weave Ignite', () => {
  it('is in the catalogue as retired, points to Kata with Firecracker, and has no handler', () => {
    const ignite = table.all.find(profile => profile.id === 'ignite');
    expect(ignite?.retired).toContain('kata-fc');
    expect(ignite?.handlers).toEqual([]);
    expect(table.forHandler('ignite').id).toBe('host');
  });
});
