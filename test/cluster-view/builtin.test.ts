import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { BUILTIN_CANDIDATES } from '../../src/cluster/view.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';

const view = builtinView();
const profiles = builtinProfileTable();

describe('the view without a cluster', () => {
  it('says that it is one, is read once, and knows nothing of nodes', () => {
    expect(view.builtin).toBe(true);
    expect(builtinView()).toBe(view);
    expect(view.nodes()).toBeUndefined();
  });

  it.each([
    ['gvisor', 'runsc', 'gvisor', undefined],
    ['runsc', 'runsc', 'gvisor', undefined],
    ['kata-qemu', 'kata-qemu', 'kata-qemu', { memory: '320Mi', cpu: '250m' }],
    ['kata-clh', 'kata-clh', 'kata-clh', { memory: '130Mi', cpu: '250m' }],
    ['kata-fc', 'kata-fc', 'kata-fc', { memory: '130Mi', cpu: '250m' }],
    ['kata-qemu-snp', 'kata-qemu-snp', 'kata-snp', { memory: '2048Mi', cpu: '1' }],
    ['kata-qemu-coco-dev', 'kata-qemu-coco-dev', 'kata-coco-dev', { memory: '160Mi', cpu: '250m' }],
    ['kata-remote', 'kata-remote', 'kata-remote', { memory: '120Mi', cpu: '250m' }],
    ['kata', 'kata', 'kata', undefined],
    ['kata-vm-isolation', 'kata', 'kata', { memory: '600Mi' }],
    ['kata-cc-isolation', 'kata-cc', 'aks-confidential', { memory: '2Gi' }],
    ['isolated-sandbox', 'isolated-sandbox', 'eks-isolated', undefined],
    ['runv', 'runv', 'ack-runv', { memory: '64Mi' }],
    ['kuasar-vmm', 'kuasar-vmm', 'kuasar-vmm', undefined],
    ['nvidia', 'nvidia', 'host', undefined],
    ['wasmtime-spin-v2', 'spin', 'wasm', undefined],
  ])('takes the class %s for handler %s, profile %s', (name, handler, profile, overhead) => {
    const found = view.runtimeClass(name);
    expect([found?.handler, found?.overhead]).toEqual([handler, overhead]);
    expect(profiles.forHandler(handler).id).toBe(profile);
  });

  it("holds a class for every handler of a sandbox, GKE's gvisor apart", () => {
    const handlers = new Set(view.runtimeClasses().map(one => one.handler));
    const sandboxes = profiles.all.filter(profile => profile.isolation !== 'host-kernel');
    expect(sandboxes.flatMap(one => one.handlers).filter(one => !handlers.has(one))).toEqual(['gvisor']);
  });

  it('holds no class with a handler that no profile lists, and none with a debug console', () => {
    const listed = new Set(profiles.all.flatMap(profile => profile.handlers));
    const classes = view.runtimeClasses();
    expect(classes.filter(one => !listed.has(one.handler) || /-(debug|devkit)$/.test(one.handler))).toEqual(
      [],
    );
  });

  it('holds the candidates that are offered when a policy names none, weakest first', () => {
    const isolations = BUILTIN_CANDIDATES.map(name => {
      const handler = view.runtimeClass(name)?.handler ?? '';
      return profiles.forHandler(handler).isolation;
    });
    expect(isolations).toEqual(['app-kernel', 'vm']);
  });
});
