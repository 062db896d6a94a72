import { describe, expect, it } from 'vitest';
import { classify } from '../../src/verify/classify.ts';
import { judge, judgeDisks } from '../../src/verify/judge.ts';
import { readTranscript } from '../../src/verify/transcript.ts';
import { NODE, profileOf, textOf, transcriptOf } from './support.ts';

const judged = (text: string, handler: string) => {
  const transcript = readTranscript(text);
  return judge(classify(transcript, NODE), transcript, profileOf(handler), handler);
};

describe('what a handler promises', () => {
  it.each([
    ['gvisor', 'runsc', 'verified'],
    ['gvisor-old', 'gvisor', 'verified'],
    ['kata-qemu', 'kata-qemu', 'verified'],
    ['kata-fc', 'kata-fc', 'verified'],
    ['kata-qemu', 'kata', 'verified'],
    ['runc', 'runc', 'verified'],
    ['runc', 'runsc', 'not what it claims'],
    ['runc', 'kata', 'not what it claims'],
    ['runc-privileged-on-firecracker', 'kata-fc', 'not what it claims'],
    ['gvisor', 'kata-qemu', 'not what it claims'],
    ['kata-qemu', 'runsc', 'not what it claims'],
    ['kata-qemu', 'kata-qemu-snp', 'not what it claims'],
    ['gvisor', 'unheard-of', 'verified'],
  ])('%s under %s: %s', (name, handler, verdict) => {
    expect(judged(textOf(name), handler).verdict).toBe(verdict);
  });

  it('is more than kept by a confidential VM where a VM was promised', () => {
    const text = `${textOf('kata-qemu')}\n[    0.1] Memory Encryption Features active: Intel TDX`;
    expect(judged(text, 'kata-qemu').verdict).toBe('verified');
    expect(judged(text, 'kata-qemu-tdx').verdict).toBe('verified');
  });

  it('has no answer where the log that would tell of encryption cannot be read', () => {
    expect(judged(textOf('kata-fc'), 'kata-qemu-tdx')).toEqual({
      verdict: 'could not run',
      note: "it is a VM, and whether its memory is encrypted is not known: its kernel's log does not tell",
    });
  });

  it('has no answer where nothing tells a sandbox from the host kernel', () => {
    expect(judged('hello', 'runsc')).toEqual({
      verdict: 'could not run',
      note: 'what the probe sees does not tell a sandbox from the host kernel',
    });
  });

  it('tells of a sandbox that no profile knows', () => {
    expect(judged(textOf('gvisor'), 'unheard-of').note).toBe(
      'this is a sandbox (app-kernel) whose handler no profile knows; vouch for it in a SandboxProfile, which --write-profiles drafts',
    );
  });

  it.each([
    [
      'kata-qemu',
      'kata-qemu-devkit',
      /but the handler counts as the host kernel all the same: it is named for a debug console /,
    ],
    [
      'gvisor',
      'nvidia',
      /^this is a sandbox \(app-kernel\), but profile host does not say so of the handler; /,
    ],
    ['runc', 'unheard-of', /^this is no sandbox, and none is promised, as no profile names the handler$/],
    ['runc', 'runc', /^this is no sandbox, and none is promised$/],
  ])('sends nobody for a draft that there will not be: %s under %s', (name, handler, note) => {
    expect(judged(textOf(name), handler).note).toMatch(note);
  });

  it('does not call for a profile where the handler is known as one that cannot be counted on', () => {
    expect(judged(textOf('kata-qemu'), 'krun').note).toMatch(
      /^this Pod was in a sandbox \(vm\), but the handler counts as the host kernel all the same: libkrun /,
    );
  });
});

describe("the node's disks in a privileged container", () => {
  it.each([
    ['none, where none is promised', 'kata-qemu', 'kata-qemu', 'verified'],
    ['dead ones, where they are promised to be', 'gvisor-privileged', 'runsc', 'verified'],
    ['dead ones, where none is promised', 'gvisor-privileged', 'kata-qemu', 'not what it claims'],
    [
      'one that is read, where none is promised',
      'runc-privileged-on-firecracker',
      'kata-qemu',
      'not what it claims',
    ],
    [
      'one that is read, where they are promised to be dead',
      'runc-privileged-on-firecracker',
      'runsc',
      'not what it claims',
    ],
    ['one that is read, where nobody vouches', 'runc-privileged-on-firecracker', 'kata', 'verified'],
  ])('%s', (_, name, handler, verdict) => {
    expect(judgeDisks(transcriptOf(name), profileOf(handler)).verdict).toBe(verdict);
  });

  it('are told', () => {
    const { evidence } = judgeDisks(transcriptOf('runc-privileged-on-firecracker'), profileOf('kata-qemu'));
    expect(evidence).toEqual([
      'disks that can be read: /dev/vda',
      expect.stringMatching(/^disks that are listed and cannot be read: \/dev\/loop0, /),
    ]);
  });
});
