import { expect, it } from 'vitest';
import { classify } from '../../src/verify/classify.ts';
import { judge, judgeDisks } from '../../src/verify/judge.ts';
import { type Verification, verifyJson, verifyTable } from '../../src/verify/report.ts';
import type { Checked } from '../../src/verify/run-probe.ts';
import { readTranscript } from '../../src/verify/transcript.ts';
import { NODE, profileOf, textOf } from './support.ts';

function checked(runtimeClass: string, handler: string, text: string, privileged = false): Checked {
  const transcript = readTranscript(text);
  const seen = classify(transcript, NODE);
  const profile = profileOf(handler);
  const target = { runtimeClass, handler, node: 'node1', kernel: NODE, obstacle: undefined };
  const judged = privileged
    ? judgeDisks(transcript, profile)
    : { ...judge(seen, transcript, profile, handler), evidence: seen.evidence };
  return { target, privileged, profile, seen, ...judged };
}

const unrun = (): Checked => {
  const { note: _, ...rest } = checked('gvisor', 'runsc', textOf('runc'));
  return {
    ...rest,
    target: { ...rest.target, node: 'node2' },
    verdict: 'could not run',
    note: 'the probe did not finish within 60 s: FailedCreatePodSandBox: no runtime for "runsc" is configured \u001b[31m',
    seen: undefined,
    evidence: [],
  };
};

const VERIFICATION: Verification = {
  version: '1.2.3',
  checked: [
    checked('gvisor', 'runsc', textOf('gvisor')),
    unrun(),
    checked('kata', 'kata', textOf('runc')),
    checked('kata-qemu', 'kata-qemu', textOf('kata-qemu')),
    checked('kata-qemu', 'kata-qemu', `${textOf('kata-qemu')}disk /dev/sda is read\n`, true),
    checked('ordinary', 'runc', textOf('runc')),
  ],
  nowhere: ['kata-qemu-snp', 'kata-qemu-tdx'],
  drafts: [
    { handler: 'acme', yaml: 'kind: SandboxProfile\n' },
    { handler: 'odd', why: 'no node showed what the handler is' },
  ],
};

it('a table shows verdicts with their evidence', async () => {
  const text = verifyTable(VERIFICATION, { color: false, width: 100 });
  await expect(text).toMatchFileSnapshot('../golden/verify-table.txt');
});

it('JSON has the same', async () => {
  await expect(verifyJson(VERIFICATION)).toMatchFileSnapshot('../golden/verify-json.txt');
});

it('a cluster without a node for any class has no table', () => {
  const text = verifyTable(
    { version: '1.2.3', checked: [], nowhere: ['kata'], drafts: [] },
    { color: false, width: 100 },
  );
  expect(text).toBe('0 probes.\nNot probed, as no node claims to have the handler: kata.\n');
});
