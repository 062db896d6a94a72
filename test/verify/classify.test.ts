import { describe, expect, it } from 'vitest';
import { classify } from '../../src/verify/classify.ts';
import { readTranscript } from '../../src/verify/transcript.ts';
import { NODE, textOf, transcriptOf } from './support.ts';

describe('against the node that it runs on', () => {
  it.each([
    ['gvisor', 'app-kernel', ['gVisor']],
    ['gvisor-privileged', 'app-kernel', ['gVisor']],
    ['gvisor-old', 'app-kernel', ['gVisor']],
    ['runc', 'host-kernel', []],
    // A node that is a VM makes no sandbox of its containers.
    ['runc-privileged-on-firecracker', 'host-kernel', []],
    ['kata-qemu', 'vm', ['Kata', 'QEMU']],
    ['kata-clh', 'vm', ['Kata', 'Cloud Hypervisor']],
    ['kata-fc', 'vm', ['Kata', 'Firecracker']],
  ])('%s is %s', (name, isolation, products) => {
    expect(classify(transcriptOf(name), NODE)).toMatchObject({ isolation, products });
  });

  it('says why: gVisor', () => {
    expect(classify(transcriptOf('gvisor'), NODE).evidence).toEqual([
      "kernel build #1 SMP Sun Jan 10 15:06:54 PST 2016 is gVisor's",
      'dmesg: Starting gVisor...',
      "mount / is 9p from gVisor's gofer",
      expect.stringMatching(/^boot id [0-9a-f-]{36} is not that of node node1$/),
      'kernel release 4.19.0-gvisor; node node1 runs 6.1.0-41-cloud-amd64',
    ]);
  });

  it('says why: the host kernel', () => {
    expect(classify(transcriptOf('runc'), NODE).evidence).toEqual([
      'boot id 5d3b2c1e-7f86-4c0a-9b1d-2e4f6a8c0e13 is that of node node1',
      'kernel release 6.1.0-41-cloud-amd64 is that of node node1',
    ]);
  });

  it('says why: Kata', () => {
    expect(classify(transcriptOf('kata-clh'), NODE).evidence).toEqual([
      "kernel parameter systemd.unit=kata-containers.target is Kata's",
      "mount / is virtiofs from kataShared, Kata's",
      'boot id 0b6e2f53-41c9-4c35-8a52-6d1f3a7b9c21 is not that of node node1',
      'kernel release 6.12.60; node node1 runs 6.1.0-41-cloud-amd64',
      'what it booted from names Cloud Hypervisor',
    ]);
  });

  it.each([
    ["gVisor's log", `${textOf('runc')}\n[    0.000000] Starting gVisor...`],
    ["gVisor's build", `Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n${textOf('runc')}`],
    ["Kata's mounts", `${textOf('runc')}\nkataShared / virtiofs rw 0 0`],
    ["Kata's parameters", `Kernel command line: agent.log=debug\n${textOf('runc')}`],
  ])("the node's boot id outweighs %s", (_, text) => {
    expect(classify(readTranscript(text), NODE).isolation).toBe('host-kernel');
  });

  it("another boot id and the node's release tell nothing: system containers hide the boot id of their host", () => {
    const text = textOf('runc').replace(NODE.bootId ?? '', '11111111-2222-3333-4444-555555555555');
    expect(classify(readTranscript(text), NODE).isolation).toBeUndefined();
  });

  it('a guest that boots the release of its node is told by its boot id and its marks', () => {
    const text = textOf('kata-qemu').replaceAll('6.18.35', NODE.release ?? '');
    expect(classify(readTranscript(text), NODE).isolation).toBe('vm');
    const unknown = { ...NODE, bootId: undefined };
    expect(classify(readTranscript(text), unknown).isolation).toBe('host-kernel');
  });

  it.each([
    ['AMD SEV SEV-ES SEV-SNP', 'SEV-SNP'],
    ['Intel TDX', 'Intel TDX'],
  ])('a guest whose kernel says %s is a confidential VM', (features, product) => {
    const text = `${textOf('kata-qemu')}\n[    0.1] Memory Encryption Features active: ${features}`;
    expect(classify(readTranscript(text), NODE)).toMatchObject({
      isolation: 'confidential-vm',
      products: ['Kata', 'QEMU', product],
    });
  });

  it.each(['AMD SME', 'AMD SEV'])('%s alone is none', features => {
    const text = `${textOf('kata-qemu')}\n[    0.1] Memory Encryption Features active: ${features}`;
    expect(classify(readTranscript(text), NODE).isolation).toBe('vm');
  });
});

describe('without a host to hold it against', () => {
  it.each([
    ['gvisor', 'app-kernel'],
    ['gvisor-old', 'app-kernel'],
    ['kata-qemu', 'vm'],
    ['kata-clh', 'vm'],
    ['kata-fc', 'vm'],
    ['runc', undefined],
    ['runc-privileged-on-firecracker', undefined],
  ])('%s is %s', (name, isolation) => {
    expect(classify(transcriptOf(name)).isolation).toBe(isolation);
  });

  it('dmesg alone tells gVisor, for what it is worth', () => {
    expect(classify(readTranscript('[    0.000000] Starting gVisor...')).isolation).toBe('app-kernel');
  });

  it("dmesg beside another kernel's build is a fake", () => {
    const seen = classify(readTranscript(`${textOf('runc')}\n[    0.000000] Starting gVisor...`));
    expect(seen.isolation).toBeUndefined();
    expect(seen.evidence[0]).toBe('dmesg says gVisor, and the build of the kernel does not');
  });
});
