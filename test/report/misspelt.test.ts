import { describe, expect, it } from 'vitest';
import { fixSentence } from '../../src/report/words/fix.ts';
import { runtimeClassText } from '../support/manifests.ts';
import { decided } from './decided.ts';

const minimum = (word: string, spec = '') => ({
  spec,
  request: { namespace: { name: 'shop', labels: { 'cofferdam.dev/minimum-isolation': word } } },
});
const LABEL = 'Set the label cofferdam.dev/minimum-isolation of the namespace to';
const NO_VM = runtimeClassText('gvisor', 'runsc');

describe('the fix for a label whose value is none', () => {
  it.each([
    ['gvisor', `${LABEL} app-kernel, which is what gvisor is.`],
    ['runsc', `${LABEL} app-kernel, which is what runsc is.`],
    ['kata-qemu', `${LABEL} vm, which is what kata-qemu is.`],
    ['kata-qemu-snp', `${LABEL} confidential-vm, which is what kata-qemu-snp is.`],
    ['kata-base', `${LABEL} vm, which is what kata-base is.`],
    ['app-kernle', `${LABEL} app-kernel.`],
    ['Confidential_VM', `${LABEL} confidential-vm.`],
    ['strong', `${LABEL} one of host-kernel, app-kernel, vm or confidential-vm.`],
  ])('minimum-isolation %s', (word, fix) => {
    expect(fixSentence(decided(minimum(word)))).toBe(fix);
    // It is the same where an author named the class that was meant.
    expect(fixSentence(decided(minimum(word, 'runtimeClassName: gvisor')))).toBe(fix);
  });

  it('is a class where the value is one', () => {
    expect(fixSentence(decided(minimum('confidential-vm')))).toBe(
      'Install a RuntimeClass that isolates as confidential-vm.',
    );
  });

  it('is about what no sandbox contains, whatever the value', () => {
    expect(fixSentence(decided(minimum('gvisor', 'hostPID: true')))).not.toContain('install');
  });

  it.each([
    [{ labels: 'cofferdam.dev/risk: hihg' }, 'the Pod'],
    [{ request: { namespace: { name: 'shop', labels: { 'cofferdam.dev/risk': 'hihg' } } } }, 'the namespace'],
  ])('names a risk that nobody listed: %j', (given, where) => {
    expect(fixSentence(decided({ ...given, cluster: NO_VM }))).toBe(
      `Correct the label cofferdam.dev/risk of ${where}: "hihg" is none of the values that policy "balanced" knows. Did you mean high?`,
    );
  });

  it('names none where something else asks for as much', () => {
    const given = {
      labels: 'cofferdam.dev/risk: hihg',
      container: 'securityContext: {privileged: true}',
      cluster: NO_VM,
    };
    expect(fixSentence(decided(given))).toMatch(/^Remove securityContext\.privileged/);
  });
});
