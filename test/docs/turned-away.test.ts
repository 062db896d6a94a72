import { parseAst } from 'rolldown/parseAst';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { judge } from '../../src/admission/judge.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { wordsFor } from '../../src/report/words/kinds.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { depsWith, NOW, reviewOf } from '../admission/support.ts';
import { guardFor } from '../support/guard-for.ts';
import { policy } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { tablesIn, textOf } from './pages.ts';

/*
docs/turned-away.md explains each sentence that somebody who is turned away or warned can read, and none that nobody says.
*/

const PAGE = 'docs/turned-away.md';

/** Where the words of refusals and warnings are. */
const SAYING = [
  ...[
    'outcome',
    'objection',
    'unvouched',
    'fix',
    'purpose',
    'misspelt',
    'sentences',
    'unplaced',
    'terms',
    'rules',
  ].map(name => `src/report/words/${name}.ts`),
  ...['judge', 'judge-workload', 'body', 'handler', 'review', 'target', 'shape'].map(
    name => `src/admission/${name}.ts`,
  ),
];

/** Said of what is admitted, in reviews and by `explain`; the last, in the log. */
const NOT_OF_REFUSALS = [
  'nothing requires a sandbox',
  'is enough',
  'it is being deleted',
  'the update adds nothing to judge',
  'what the update adds is contained where the Pod runs',
  'it mirrors a static Pod, which the kubelet runs already',
  'only creations and updates are judged',
  'waived by exemption',
  // These are said of a Compose file, which no cluster refuses.
  'the service',
  'is no runtime of this daemon',
  'a request could not be judged',
];

interface Name {
  readonly name?: string;
  readonly property?: Name;
}

/** A thing of Kubernetes has one name on this page; `…` stands for all else that a template fills in. */
function filledIn(expression: Name | undefined): string {
  if (!expression) return '';
  const name = expression.property?.name ?? expression.name ?? '';
  return Object.entries(wordsFor({})).find(([word]) => word === name)?.[1] ?? '…';
}

/** Texts in quotes of a source file, with what templates fill in. */
function textsIn(file: string): readonly string[] {
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, value, quasis, expressions } = node as {
      readonly type?: string;
      readonly value?: unknown;
      readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
      readonly expressions?: readonly Name[];
    };
    if (type === 'ImportDeclaration') return;
    if (type === 'Literal' && typeof value === 'string') texts.push(value);
    if (quasis) {
      const parts = quasis.map(({ value: { cooked } }, i) => cooked + filledIn(expressions?.[i]));
      texts.push(parts.join(''));
    }
    Object.values(node).forEach(walk);
  };
  walk(parseAst(textOf(file), { lang: 'ts' }));
  return texts;
}

/** Texts of expressions in CEL, which are in single quotes. */
const textsInCel = (cel: string): readonly string[] =>
  [...cel.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);

interface Validation {
  readonly message: string;
  readonly messageExpression?: string;
}

const textsOf = ({ message, messageExpression = '' }: Validation): readonly string[] => [
  message,
  ...textsInCel(messageExpression),
];

const EXEMPTION = {
  match: { namespaces: ['shop'] },
  waive: [{ signal: 'hostPathSystem', values: ['/proc'] }],
  owner: 'a team',
  reason: 'a test',
  expires: '2027-03-01T00:00:00Z',
};

/** All messages of a guard that has each of its parts: rules, and an exemption of paths. */
const ofGuard = guardFor(
  snapshotOf([
    policy('rules', { scoring: { rules: [{ name: 'a', expression: 'true', weight: 30 }] } }),
    { ...policy('agent', EXEMPTION), kind: 'SandboxExemption' },
  ]),
  builtinView().runtimeClasses(),
  NOW,
).spec.validations.flatMap(textsOf);

/** Every lock's message begins with this, which is the head of their table. */
const LOCKED = 'only who has RBAC verb "bypass" on sandboxpolicies.cofferdam.dev may';

const ofLocks = parseAllDocuments(textOf('charts/cofferdam/files/locks.yaml'))
  .map(document => document.toJS() as { readonly spec: { readonly validations?: readonly Validation[] } })
  .flatMap(({ spec }) => spec.validations ?? [])
  .flatMap(textsOf)
  .flatMap(text => (text.startsWith(LOCKED) ? [LOCKED, text.slice(LOCKED.length)] : [text]));

/** What is said between what is filled in: two words or more. */
const piecesOf = (text: string): readonly string[] =>
  text
    .replace(/"…"/g, '…')
    .split(/[…\n]/)
    .map(piece => piece.replace(/^[^\p{L}"]+|[\s,;:]+$/gu, ''))
    .filter(piece => /\S \S/.test(piece));

const said = [...SAYING.flatMap(textsIn), ...ofGuard, ...ofLocks];
/** What stands in code on the page. */
const onPage = [...textOf(PAGE).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text.replace(/"…"/g, '…'));

it('explains each sentence', () => {
  const pieces = new Set(said.flatMap(piecesOf));
  const explained = [...onPage, ...NOT_OF_REFUSALS].join('\n');
  expect([...pieces].filter(piece => !explained.includes(piece))).toEqual([]);
  expect(pieces.size).toBeGreaterThan(100);
});

it('explains none that nobody says', () => {
  const pieces = [...said, ...textsIn('src/pod/read.ts')].flatMap(piecesOf);
  const cells = tablesIn(textOf(PAGE))
    .filter(({ head: [first = ''] }) => first.startsWith('it says'))
    .flatMap(({ rows, head: [first = ''] }) => [first, ...rows.map(([cell = '']) => cell)])
    .flatMap(cell => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = '']) => piecesOf(text)));
  // A signal's title and its place are an example of what a template fills in.
  const isSaid = (cell: string): boolean =>
    cell.startsWith("the host's PID namespace") ||
    pieces.some(piece => piece.includes(cell) || cell.includes(piece));
  expect(cells.filter(cell => !isSaid(cell))).toEqual([]);
  expect(cells.length).toBeGreaterThan(100);
});

it('shows a refusal as it is', () => {
  const shown = /^```\n.*? denied the request: ([\s\S]*?)\n```$/m.exec(textOf(PAGE))?.[1];
  const file = 'docs/samples/takeover.yaml';
  const pod = readDocuments(textOf(file), file).documents[0]?.value;
  const view: ClusterView = { ...builtinView(), namespace: name => ({ name, labels: {} }) };
  const { response } = judge(reviewOf(pod, { name: 'takeover' }), 'mutate', 'enforce', depsWith(view));
  expect(response.status?.message).toBe(shown);
});
