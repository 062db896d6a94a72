import { describe, expect, it } from 'vitest';
import { readTranscript } from '../../src/verify/transcript.ts';
import { processorTime } from '../support/processor-time.ts';
import { textOf } from './support.ts';

const UNAME = 'Linux web 6.12.60 #1 SMP Thu Dec  4 16:27:11 UTC 2025 x86_64 Linux';

describe('a transcript', () => {
  it('is read from what the probe prints', () => {
    const { mounts, log, builds, ...rest } = readTranscript(textOf('kata-clh'));
    expect(rest).toEqual({
      release: '6.12.60',
      commandLine: expect.stringMatching(/^root=\/dev\/pmem0p1 .* agent\.log=info$/),
      bootId: '0b6e2f53-41c9-4c35-8a52-6d1f3a7b9c21',
      readableDisks: [],
      deadDisks: [],
    });
    expect(builds).toHaveLength(3);
    expect(mounts[0]).toEqual({
      source: 'kataShared',
      target: '/',
      type: 'virtiofs',
      options: 'rw,relatime',
    });
    expect(log[1]).toBe('DMI: Cloud Hypervisor cloud-hypervisor, BIOS 0');
  });

  it('tells disks that give something from those that do not', () => {
    const { readableDisks, deadDisks } = readTranscript(textOf('runc-privileged-on-firecracker'));
    expect(readableDisks).toEqual(['/dev/vda']);
    expect(deadDisks).toHaveLength(9);
  });

  it.each([
    ['uname -a', UNAME, { release: '6.12.60' }],
    ['carriage returns of a terminal', `${UNAME}\r\n`, { release: '6.12.60' }],
    ['/proc/version alone', 'Linux version 4.4.0 #1 SMP', { release: '4.4.0' }],
    [
      'a plain /proc/cmdline',
      'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro',
      { commandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro' },
    ],
    ['the command line in dmesg', '[    0.000000] Command line: quiet', { commandLine: 'quiet' }],
    ['dmesg -r', '<6>[    0.000000] Starting gVisor...', { log: ['Starting gVisor...'] }],
    [
      'dmesg with the number of the caller',
      '[    0.1][    T0] Linux version 6.1',
      { log: ['Linux version 6.1'] },
    ],
    [
      'a plain boot id',
      '0b6e2f53-41c9-4c35-8a52-6d1f3a7b9c21',
      { bootId: '0b6e2f53-41c9-4c35-8a52-6d1f3a7b9c21' },
    ],
    [
      'mount',
      'kataShared on / type virtiofs (rw,relatime)',
      { mounts: [{ source: 'kataShared', target: '/', type: 'virtiofs', options: 'rw,relatime' }] },
    ],
    [
      'nothing that is known',
      'hello\nroot\n',
      { release: undefined, log: [], mounts: [], commandLine: undefined },
    ],
  ])('is read from parts: %s', (_, text, expected) => {
    expect(readTranscript(text)).toMatchObject(expected);
  });

  it('of any size and form is read in reasonable time', () => {
    const long = [
      '[0.1] Memory Encryption Features active:'.repeat(50_000),
      '/ '.repeat(500_000),
      'a on /'.repeat(200_000),
    ];
    expect(processorTime(() => long.forEach(readTranscript))).toBeLessThan(2000);
  });
});
