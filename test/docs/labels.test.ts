import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUDIT } from '../../scripts/pages/labels.ts';
import { auditAnnotations } from '../../src/admission/audit.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import { FAMILIES } from '../../src/signals/annotation-families.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { tablesIn, textOf } from './pages.ts';

/*
docs/labels.md has every label and annotation that src, the chart and the policies name, and none that nobody knows.
*/

const PAGE = 'docs/labels.md';

const tables = tablesIn(textOf(PAGE));

/** Keys as they stand in the first column of tables. */
const keysIn = (some: typeof tables): readonly string[] =>
  some.flatMap(({ rows }) =>
    rows.flatMap(([cell = '']) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, key = '']) => key)),
  );
const keys = keysIn(tables);

/** Whether a key, or the beginning of keys, is there; `*` stands for any end. */
const isThere = (key: string): boolean =>
  keys.some(one => {
    const beginning = /^(.+?)[.]?[*]$/.exec(one)?.[1];
    return one === key || (beginning !== undefined && key.startsWith(beginning));
  });

/** What looks like a key with a domain: of a label, an annotation, a resource, a taint, an API, an image. */
const KEY = /(?<![\w./@-])((?:[a-z0-9-]+\.)+[a-z]{2,}\/[A-Za-z0-9_.*-]*)/g;

/** What a text names outside of comments and of sources on the web. */
const namedIn = (text: string): readonly string[] =>
  Array.from(
    text
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*(?:\/\/|#).*$|\s(?:\/\/|#) .*$/gm, '')
      .replace(/\{\{-? ?\/\*[\s\S]*?\*\/ ?-?\}\}/g, '')
      .matchAll(KEY),
    // A text that ends in a dot is a sentence, or the beginning of keys.
    ([, key = '']) => key.replace(/[.]$/, ''),
  );

/** Texts that look like keys but are none. */
const OTHERS: readonly (readonly [what: string, form: RegExp])[] = [
  ['a version of an API', /\/v\d/],
  [
    'a group of APIs',
    /^(rbac[.]authorization[.]k8s[.]io|kustomize[.]toolkit[.]fluxcd[.]io|cofferdam[.]dev)\/$/,
  ],
  ['an image', /^(docker[.]io|ghcr[.]io|cr[.]l5d[.]io|registry[.]example|registry[.]k8s[.]io)\//],
  ['a page of the web', /^(github[.]com|wiki[.]example|cert-manager[.]io\/docs|localhost)/],
  ['a finalizer', /^batch[.]kubernetes[.]io\/job-tracking$/],
  ['a resource', /^(kubernetes[.]io\/|nvidia[.]com\/(gpu|mig-)|google[.]com\/tpu)$/],
  ['a taint', /^node[.]kubernetes[.]io\/(not-ready|unreachable|unschedulable|)$/],
  ['a folder of a Pod', /^kubernetes[.]io\/serviceaccount$/],
  ['all of this project', /^cofferdam[.]dev\/[*]$/],
];
const isOther = (key: string): boolean => OTHERS.some(([, form]) => form.test(key));

const filesOf = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => ending.test(file) && !file.endsWith('.gen.ts'))
    .map(file => `${folder}/${file}`);

const SOURCES = [
  ...filesOf('src', /\.ts$/),
  ...filesOf('charts/cofferdam/templates', /\.(yaml|tpl)$/),
  ...filesOf('policies', /^[^/]*\.yaml$/),
  'charts/cofferdam/values.yaml',
];
const named = new Map(
  SOURCES.flatMap(file => namedIn(textOf(file)).map(key => [key, file] as const)).filter(
    ([key]) => !isOther(key),
  ),
);
it('has every key that src, the chart and the policies name', () => {
  expect([...named].filter(([key]) => !isThere(key))).toEqual([]);
  expect(named.size).toBeGreaterThan(40);
});

it('has no key that none of them names', () => {
  const all = SOURCES.map(textOf).join('\n');
  // Those of signals and of the audit log have tests of their own.
  const others = tables.filter(({ head }) => head[1] !== 'signal' && head.join() !== 'key,what it says');
  expect(keysIn(others).filter(key => !all.includes(key.replace(/[*]$/, '')))).toEqual([]);
  expect(others).toHaveLength(4);
});

it('finds a key that is not there, in code and in a chart', () => {
  const missing = (text: string) => namedIn(text).filter(key => !isOther(key) && !isThere(key));
  expect(missing("const NEW = 'cofferdam.dev/new-label';")).toEqual(['cofferdam.dev/new-label']);
  expect(missing("  key: 'other.example.com/inject'\n")).toEqual(['other.example.com/inject']);
  expect(missing('    - key: cofferdam.dev/owner\n      operator: Exists\n')).toEqual([
    'cofferdam.dev/owner',
  ]);
  expect(missing("const MODE = 'cofferdam.dev/mode'; // as other.example.com/mode\n")).toEqual([]);
});

it('has every beginning of a key that a signal finds, beside that signal', () => {
  const table = tables.find(({ head }) => head[1] === 'signal');
  for (const [name, { prefixes }] of Object.entries(FAMILIES)) {
    const row = table?.rows.find(([cell = '']) => cell.includes(`\`${prefixes[0]}*\``));
    for (const prefix of prefixes) expect(row?.[0]).toContain(`\`${prefix}*\``);
    const signal = SIGNALS.find(({ id }) => id === `${name}Annotation`);
    expect(row?.[1]).toBe(`\`${signal?.id}\` (${signal?.category})`);
  }
});

it('has what the webhook writes into the audit log', () => {
  const pod = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      containers: [
        { name: 'app', image: 'web:1', securityContext: { capabilities: { add: ['NET_ADMIN'] } } },
      ],
    },
  };
  const decision = decide(createOf(pod), snapshotOf(), builtinView(), NOW);
  expect(Object.keys(AUDIT)).toEqual(Object.keys(auditAnnotations(decision)));
  expect(keys).toEqual(expect.arrayContaining(Object.keys(AUDIT)));
});
