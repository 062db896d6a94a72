import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kube/object.ts';
import { builtinProfiles, builtinProfileTable } from '../../src/profiles/builtin.ts';
import type { ProfileTable } from '../../src/profiles/profile.ts';
import { buildProfileTable } from '../../src/profiles/table.ts';
import { classify } from '../../src/verify/classify.ts';
import { claimOf, type Draft, draftProfiles, draftsText, type Present } from '../../src/verify/draft.ts';
import { judge } from '../../src/verify/judge.ts';
import type { Checked } from '../../src/verify/run-probe.ts';
import { readTranscript } from '../../src/verify/transcript.ts';
import { profilesOf, supportOf } from '../profiles/support.ts';
import { NODE, textOf } from './support.ts';

const table = builtinProfileTable();
const PRESENT: Present = { profiles: table, own: [], leftOut: [] };
const TEXTS = {
  gvisor: textOf('gvisor'),
  qemu: textOf('kata-qemu'),
  fc: textOf('kata-fc'),
  runc: textOf('runc'),
};
type What = keyof typeof TEXTS | 'nothing';

interface Given {
  readonly node?: string;
  /** The disks that a privileged probe saw. */
  readonly disks?: readonly string[];
}

function look(handler: string, what: What, { node = 'n1', disks }: Given = {}): Checked {
  const profile = table.forHandler(handler);
  const target = { runtimeClass: `class-${handler}`, handler, node, kernel: NODE, obstacle: undefined };
  const probe = { target, privileged: disks !== undefined, profile };
  if (what === 'nothing') {
    return {
      ...probe,
      verdict: 'could not run',
      note: 'the node is not ready',
      seen: undefined,
      evidence: [],
    };
  }
  const transcript = readTranscript(TEXTS[what]);
  const seen = classify(transcript, NODE);
  const { evidence } = seen;
  return { ...probe, ...judge(seen, transcript, profile, handler), seen, evidence, ...(disks && { disks }) };
}

const only = (drafts: readonly Draft[]): Draft => {
  expect(drafts).toHaveLength(1);
  return drafts[0] as Draft;
};

/** The table once the drafts are applied; they have to load. */
function applied(drafts: readonly Draft[]): ProfileTable {
  const { table, problems } = buildProfileTable(profilesOf(draftsText(drafts)), builtinProfiles());
  expect(problems).toEqual([]);
  return table;
}

it('drafts nothing for handlers that have a profile, or of which no node showed anything', () => {
  const drafts = draftProfiles(
    [look('runsc', 'gvisor'), look('urunc', 'qemu'), look('runc', 'runc')],
    PRESENT,
  );
  expect(draftsText(drafts)).toBe(
    '# there is no SandboxProfile to draft, as every handler that was probed has a profile\n',
  );
  expect(draftsText(draftProfiles([look('acme', 'nothing')], PRESENT))).toBe(
    '# no SandboxProfile for handler "acme": no node showed what the handler is\n',
  );
});

describe('a draft', () => {
  it.each([
    ['kata-qemu-prod', 'qemu', 'kata-qemu', 'vm'],
    ['kata-qemu-runtime-rs-prod', 'qemu', 'kata-qemu', 'vm'],
    // The name says QEMU, the guest Firecracker.
    ['kata-qemu-odd', 'fc', 'kata', 'vm'],
    ['kata-prod', 'fc', 'kata', 'vm'],
    ['acme', 'qemu', 'kata', 'vm'],
    ['acme-kata-qemu', 'qemu', 'kata', 'vm'],
    ['runsc-gpu', 'gvisor', 'gvisor', 'app-kernel'],
    ['acme-gvisor', 'gvisor', 'gvisor', 'app-kernel'],
    // Known prefixes of another kind: the host kernel, a VM, a confidential VM of which a plain one was seen.
    ['nvidia-gvisor', 'gvisor', 'gvisor', 'app-kernel'],
    ['kata-fast', 'gvisor', 'gvisor', 'app-kernel'],
    ['kata-qemu-snp-two', 'qemu', 'kata-snp', 'vm'],
    // A handler that is called what a built-in profile is called.
    ['hyperv', 'qemu', 'kata', 'vm'],
  ] as const)('for %s, seen as %s, extends %s', (handler, what, parent, isolation) => {
    const drafts = draftProfiles([look(handler, what)], PRESENT);
    expect(draftsText(drafts)).toContain(`\n  extends: ${parent}\n`);
    expect(applied(drafts).forHandler(handler)).toMatchObject({ isolation, handlers: [handler] });
  });

  it('goes by the weakest that was seen, and says of each node what it was', () => {
    const looks = [
      look('acme', 'qemu'),
      look('acme', 'gvisor', { node: 'n2' }),
      look('acme', 'nothing', { node: 'n3' }),
    ];
    const { yaml } = only(draftProfiles(looks, PRESENT)) as { yaml: string };
    expect(yaml).toContain(
      '# acme, of RuntimeClass class-acme. What cofferdam verify saw:\n#   node n1: vm: ',
    );
    expect(yaml).toContain('\n#   node n2: app-kernel: ');
    expect(yaml).toContain('\n#   node n3: not seen: the node is not ready\n');
    expect(yaml).toContain('isolationReason: seen from inside on node n1 and n2\n');
    expect(yaml).toContain('isolation: app-kernel\n');
  });

  it('is never made of what is the host kernel, be it on one node of several', () => {
    const looks = [look('acme', 'qemu'), look('acme', 'runc', { node: 'n2' })];
    expect(only(draftProfiles(looks, PRESENT))).toEqual({
      handler: 'acme',
      why: 'the handler is the host kernel on node n2',
    });
  });

  it('is never made for a handler with a debug console', () => {
    expect(only(draftProfiles([look('kata-qemu-devkit', 'qemu')], PRESENT))).toEqual({
      handler: 'kata-qemu-devkit',
      why: 'it is named for a debug console into the guest',
    });
  });

  it('says no more than vm of memory that the guest calls encrypted, unless the name is known for it', () => {
    const line = '[    0.1] Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP\n';
    const encrypted = (handler: string): Checked => {
      const one = look(handler, 'qemu');
      return { ...one, seen: classify(readTranscript(`${TEXTS.qemu}${line}`), NODE) };
    };
    const [plain, known] = draftProfiles([encrypted('acme'), encrypted('kata-qemu-snp-two')], PRESENT);
    expect(applied([plain as Draft]).forHandler('acme').isolation).toBe('vm');
    expect(draftsText([plain as Draft])).toContain(
      '# Only attestation proves a confidential VM, so this says vm.\n',
    );
    expect(applied([known as Draft]).forHandler('kata-qemu-snp-two').isolation).toBe('confidential-vm');
  });

  it('vouches for devices only where a privileged container saw no disk on every node', () => {
    const held = (...looks: Checked[]): string => {
      const drafts = draftProfiles(looks, PRESENT);
      return supportOf(applied(drafts).forHandler('kata-qemu-prod'), 'privileged');
    };
    const one = 'kata-qemu-prod';
    const [n1, n2] = [look(one, 'qemu'), look(one, 'qemu', { node: 'n2' })];
    expect(held(n1)).toBe('exposed');
    expect(held(n1, look(one, 'qemu', { disks: [] }))).toBe('contained');
    expect(held(n1, n2, look(one, 'qemu', { disks: [] }))).toBe('exposed');
    expect(
      held(n1, n2, look(one, 'qemu', { disks: [] }), look(one, 'qemu', { node: 'n2', disks: ['/dev/sda'] })),
    ).toBe('exposed');
  });
});

it('keeps what nodes and classes are called from leaving their comment', () => {
  const odd = look('acme', 'qemu', { node: 'n\nkind: ClusterSandboxPolicy' });
  const text = draftsText(draftProfiles([{ ...odd, evidence: ['a\nb: c'] }], PRESENT));
  expect(text.match(/^kind: .*$/gm)).toEqual(['kind: SandboxProfile']);
});

describe('a draft beside SandboxProfiles that are there', () => {
  const document = (name: string, handlers: readonly string[], more: object = {}) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'SandboxProfile',
    metadata: { name },
    spec: { handlers, extends: 'kata-qemu', ...more },
  });
  const present = (...own: readonly object[]): Present => {
    const documents = profilesOf(own.map(one => JSON.stringify(one)).join('\n---\n'));
    const { table } = buildProfileTable(documents, builtinProfiles());
    return { profiles: table, own: own.map(one => claimOf(one as KubeObject)), leftOut: [] };
  };
  const drafted = (there: Present, handler: string): string =>
    draftsText(draftProfiles([look(handler, 'qemu')], there));

  it('is none where one of them names the handler', () => {
    expect(draftProfiles([look('acme', 'qemu')], present(document('mine', ['acme'])))).toEqual([]);
  });

  it('is none either where that one is broken: a second would not mend it', () => {
    expect(drafted(present(document('mine', ['acme'], { extends: 'nowhere' })), 'acme')).toBe(
      '# no SandboxProfile for handler "acme": SandboxProfile mine names it, but has errors; correct them first\n',
    );
  });

  it('takes the place of none, be it in force, broken or built in', () => {
    const there = present(document('acme', ['other']), document('odd', ['odder'], { extends: 'nowhere' }));
    expect(drafted(there, 'acme')).toContain('\nmetadata:\n  name: acme-2\n');
    expect(drafted(there, 'odd')).toContain('\nmetadata:\n  name: odd-2\n');
    expect(drafted(there, 'hyperv')).toContain('\nmetadata:\n  name: hyperv-2\n');
    expect(drafted(there, 'free')).toContain('\nmetadata:\n  name: free\n');
  });

  it('extends what they say of its kin, and never one that is the host kernel', () => {
    const kin = present(document('ours', ['kata-qemu']), document('no-vm', ['kata'], { extends: 'host' }));
    expect(drafted(kin, 'kata-qemu-prod')).toContain('\n  extends: ours\n');
    expect(drafted(kin, 'acme')).toContain('\n  extends: kata\n');
  });
});

it('says of a draft on which nodes nobody looked', () => {
  const { target } = look('acme', 'qemu', { node: 'n2' });
  const other = look('other', 'qemu', { node: 'n3' });
  const text = draftsText(
    draftProfiles([look('acme', 'qemu')], { ...PRESENT, leftOut: [target, other.target] }),
  );
  expect(text).toContain('\n#   node n2: not seen: it was left out\n');
  expect(text).toContain('isolationReason: seen from inside on node n1\n');
  expect(text).not.toContain('n3');
});
