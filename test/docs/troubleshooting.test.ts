import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import { CHECKS, PREFLIGHT } from '../../src/doctor/checks/index.ts';
import { GUARD, GUARD_OF_LABELS } from '../../src/guard/names.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { pageOf } from '../../src/report/checkup/checkup.ts';
import { policy } from '../support/objects.ts';
import { createOf, NOW, namespaceOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { blocksIn, headingsOf, resolves, sectionOf, tablesIn, textOf } from './pages.ts';

/*
docs/troubleshooting.md has a place for each symptom and for each check of doctor, and what it says of ways out is so.
*/

const PAGE = 'docs/troubleshooting.md';
const DOCTOR = 'What doctor has found';

/** Headings below one of the second level. */
function headingsIn(section: string): readonly string[] {
  const headings = headingsOf(PAGE);
  const at = headings.findIndex(({ text }) => text === section);
  const after = headings.slice(at + 1);
  const end = after.findIndex(({ level }) => level <= 2);
  return after.slice(0, end < 0 ? undefined : end).map(({ text }) => text);
}

it('has a section for each check of doctor, in their order, where doctor says that it is', () => {
  const ids = [...CHECKS, ...PREFLIGHT].map(({ id }) => id);
  expect(headingsIn(DOCTOR)).toEqual(ids);
  expect(ids.filter(id => !resolves('README.md', pageOf(id)))).toEqual([]);
});

it('leads from the first table to each section, and from each alert', () => {
  const [table] = tablesIn(textOf(PAGE));
  const rows = table?.rows ?? [];
  const sections = headingsOf(PAGE).flatMap(({ level, text }) => (level === 2 ? [text] : []));
  const led = rows.map(([, link = '']) => /^\[([^\]]+)\]/.exec(link)?.[1]);
  expect(sections.filter(section => section !== 'First' && section !== DOCTOR)).toEqual(led);
  const alerts = Array.from(
    textOf('charts/cofferdam/files/alerts.yaml').matchAll(/- alert: (\w+)/g),
    ([, name = '']) => name,
  );
  const seen = rows.map(([symptom]) => symptom).join('\n');
  expect(alerts.filter(name => !seen.includes(`\`${name}\``))).toEqual([]);
  expect(alerts).not.toEqual([]);
});

it('says of each symptom how to see it, why it is, and what to do', () => {
  const told = headingsOf(PAGE)
    .filter(({ level, text }) => level === 2 && text !== DOCTOR)
    .map(({ text }) => [text, sectionOf(PAGE, text)] as const)
    // These sections are only commands, or one table of alerts.
    .filter(([text]) => !['First', 'A replica is behind', 'Everything off, at once'].includes(text))
    .filter(([, body]) => !/\*\*How to see it\.\*\*[\s\S]*\*\*Why[\s\S]*[Ww]hat to do\.\*\*/.test(body));
  expect(told.map(([text]) => text)).toEqual([]);
});

it('has the command that takes everything off as the other places have it', () => {
  const blocks = blocksIn(sectionOf(PAGE, 'Everything off, at once'), 'sh').map(block => block.trim());
  const command = blocks.find(block => block.startsWith('kubectl delete ')) ?? '';
  expect(command).toMatch(/ -l \S+$/);
  expect(textOf('docs/rollout.md')).toContain(command);
  // Helm indents its notes, so there a word cannot go on in the next line.
  expect(textOf('charts/cofferdam/templates/NOTES.txt')).toContain(command.replaceAll('\\\n', ''));
});

it('has, where rollout.md takes everything off, the rights to what the command deletes and to pass its lock', () => {
  const section = sectionOf('docs/rollout.md', 'Out, at once').replaceAll('\\\n', '');
  const [, kinds = ''] = /^kubectl delete (\S+) -l /m.exec(section) ?? [];
  const [, rights] = tablesIn(section);
  const named = (rights?.rows ?? []).map(([right = '']) => right).join('\n');
  expect(kinds.split(',')).toHaveLength(4);
  expect(kinds.split(',').filter(kind => !named.includes(`\`${kind}\``))).toEqual([]);
  const [, verb, resource] = /verb "(\w+)" on (\S+) /.exec(textOf('charts/cofferdam/files/locks.yaml')) ?? [];
  expect(named).toContain(`\`${verb}\` on \`${resource}\``);
});

describe('commands for what the chart has made', () => {
  const TEMPLATES = 'charts/cofferdam/templates';
  const templates = readdirSync(TEMPLATES)
    .filter(name => /\.(yaml|tpl)$/.test(name))
    .map(name => textOf(`${TEMPLATES}/${name}`))
    .concat(textOf('charts/cofferdam/files/guard.yaml'))
    .join('\n');
  const commands = blocksIn(textOf(PAGE), 'sh').join('\n');

  it('select it by labels that it has', () => {
    const selectors = Array.from(commands.matchAll(/ -l (\S+)/g), ([, all = '']) => all.split(',')).flat();
    const labels = selectors.map(one => `${one.replace('=', ': ')}\n`);
    expect(labels.filter(label => !templates.includes(label))).toEqual([]);
    expect(labels).not.toEqual([]);
  });

  it('name it as it is called', () => {
    const words = commands.match(/(?<=\s|\/)(?:zz-)?cofferdam(?:-[a-z]+)*(?=\s|$)/gm) ?? [];
    const blanks = ['cofferdam-system', 'cofferdam-own'];
    const names = [...new Set(words)].filter(name => !blanks.includes(name));
    const called = new RegExp(String.raw`(?:[nN]ame: |\}\})(${names.join('|')})(?:\n|\{)`, 'g');
    const found = new Set(Array.from(templates.matchAll(called), ([, name]) => name));
    expect(names.filter(name => !found.has(name))).toEqual([]);
    expect(names).toContain('cofferdam-tls');
  });

  it('ask for kinds of cert-manager by their group, as others have kinds of these names', () => {
    expect(
      commands.match(/\b(certificates|issuers|certificaterequests)(?!\.cert-manager\.io)\b/g),
    ).toBeNull();
    expect(commands).toContain('certificates.cert-manager.io');
  });
});

it('has the reasons why the guard is out of step as the leader logs them', () => {
  const [, table] = tablesIn(sectionOf(PAGE, 'Guard and policies are out of step'));
  const quoted = (table?.rows ?? []).flatMap(
    ([cell = '']) => /`(?:the|cofferdam-guard) [^`]*`/.exec(cell) ?? [],
  );
  const folder = 'src/controller/guard';
  const source = readdirSync(folder)
    .map(name => textOf(`${folder}/${name}`))
    .join('\n')
    .replaceAll(/\$\{GUARD\}/g, GUARD)
    .replaceAll(/\$\{GUARD_OF_LABELS\}/g, GUARD_OF_LABELS);
  expect(quoted.filter(reason => !source.includes(reason.slice(1, -1)))).toEqual([]);
  expect(quoted).toHaveLength(4);
});

describe('what lets a Pod out of its sandbox', () => {
  const exposed: Pod = {
    metadata: { name: 'game', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'game:1', ports: [{ containerPort: 80, hostPort: 80 }] }] },
  };
  const plain: Pod = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'web:1' }] },
  };
  const exemption = {
    ...policy('game', {
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPort' }],
      owner: 'a team',
      reason: 'a test',
      expires: '2027-03-01T00:00:00Z',
    }),
    kind: 'SandboxExemption',
  };
  const FLOOR = policy('floor', { minimumIsolation: 'app-kernel' });
  const outcome = (pod: Pod, objects: readonly object[] = [], labels: Record<string, string> = {}) => {
    const request = createOf(pod, { namespace: namespaceOf(labels) });
    const { verdict, runtimeClass } = decide(request, snapshotOf(objects), builtinView(), NOW);
    return runtimeClass ?? verdict;
  };

  it('is an exemption of the signal that asks for it', () => {
    expect(outcome(exposed)).toBe('gvisor');
    expect(outcome(exposed, [exemption])).toBe('admit');
  });

  it.each([
    [
      'its own label',
      [exemption],
      { ...exposed, metadata: { ...exposed.metadata, labels: { 'cofferdam.dev/risk': 'high' } } },
      {},
    ],
    ['a label of its namespace', [exemption], exposed, { 'cofferdam.dev/minimum-isolation': 'app-kernel' }],
    ['a policy', [exemption, FLOOR], exposed, {}],
  ] as const)('is no exemption where %s asks for it', (_, objects, pod, labels) => {
    expect(outcome(pod, objects, labels)).toBe('gvisor');
  });

  it('is leaving its namespace out of the match of the policy', () => {
    const match = {
      namespaceSelector: { matchExpressions: [{ key: 'out', operator: 'DoesNotExist' }] },
    };
    const policies = [policy('floor', { minimumIsolation: 'app-kernel', match })];
    expect(outcome(plain, policies)).toBe('gvisor');
    expect(outcome(plain, policies, { out: 'yes' })).toBe('admit');
  });

  it('is not needed for Kata, which its author may name', () => {
    expect(outcome({ ...exposed, spec: { ...exposed.spec, runtimeClassName: 'kata-qemu' } })).toBe(
      'kata-qemu',
    );
  });
});
