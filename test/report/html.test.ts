import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageData } from '../../src/report/html/data.ts';
import { html } from '../../src/report/html/markup.ts';
import { SCRIPT, STYLE } from '../../src/report/html/page.gen.ts';
import { reviewPage as reviewPageOf } from '../../src/report/review/html.ts';
import { FORMATS } from '../../src/report/review/index.ts';
import { cofferdam } from '../cli/stranger.ts';
import { ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { decided } from './decided.ts';
import { suggestionPage } from './suggestion.ts';

const IN = 'test/golden/inputs';
const FLEET = `${IN}/fleet`;

const pageOf = async (argv: readonly string[], stdin = ''): Promise<string> =>
  (await cofferdam([...argv, '-o', 'html'], { stdin })).out;
const reviewPage = (stdin: string): Promise<string> => pageOf(['review', '-'], stdin);
const fleet = await pageOf(['review', FLEET]);
const change = await pageOf(['diff', FLEET, `${IN}/shop.yaml`, '--policy', 'strict']);

const start = await suggestionPage(
  ['monitoring', 'net', 'shop', 'empty'],
  [
    pod('monitoring', 'agent-1', { hostPID: true }, ownedBy('DaemonSet', 'agent')),
    pod('net', 'proxy', { hostNetwork: true }),
    pod('shop', 'mild', UNCONFINED),
    pod('shop', 'web'),
  ],
);

/** The text and markup of the page, without its script, its style and its data. */
const withoutOwn = (page: string): string =>
  page
    .replace(SCRIPT, '')
    .replace(STYLE, '')
    .replace(/(<script type="application\/json" id="data">).*?<\/script>/s, '$1</script>');

const DATA = /<script type="application\/json" id="data">(.*?)<\/script>/gs;
const dataOf = (page: string): PageData => {
  const all = [...page.matchAll(DATA)];
  expect(all).toHaveLength(1);
  return JSON.parse(all[0]?.[1] ?? '');
};

/** The names of tags and attributes, which manifests can add nothing to. */
const markupOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...withoutOwn(page).matchAll(/<\/?([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*\/?>/g)].flatMap(
      ([, tag, attributes = '']) => [
        `<${tag}>`,
        ...[...attributes.matchAll(/\s([a-zA-Z-]+)(?:=|\s|$)/g)].map(([, name]) => `${tag} ${name}`),
      ],
    ),
  );

it('is in the markup as it was', async () => {
  const shown = withoutOwn(fleet).replace(/'sha256-[^']+'/g, "'sha256-…'");
  await expect(shown).toMatchFileSnapshot('../golden/formats/fleet.html');
});

describe.each([
  ['a review', fleet],
  ['a diff', change],
  ['a suggestion', start],
])('the page of %s', (_, page) => {
  it('takes its own script and style by their hashes, and nothing else', () => {
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect([script, style]).toEqual([SCRIPT, STYLE]);
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'">`,
    );
    // The policy does not apply to what stands before it.
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.search(/<(script|style|link|img)/));
  });

  it('asks for nothing from anywhere', () => {
    const links = [...withoutOwn(page).matchAll(/\s(?:href|src|srcset|action|data|poster)="([^"]*)"/g)];
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter(([, target]) => !target?.startsWith('#'))).toEqual([]);
    expect(STYLE).not.toMatch(/url\(|@import|https?:/);
    expect(SCRIPT).not.toMatch(
      /fetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource|import\(|innerHTML|eval\(/,
    );
    // Names of XML are no addresses that anybody goes to.
    expect(SCRIPT.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });

  it('has each id once, and all that it refers to', () => {
    const ids = [...withoutOwn(page).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...page.matchAll(/<use href="#([^"]*)"|url\(#([^)]*)\)/g)].map(
      ([, one, other]) => one ?? other,
    );
    expect(used.filter(id => !ids.includes(id))).toEqual([]);
    for (const [, id] of SCRIPT.matchAll(/getElementById\(`(\w+)`\)/g)) expect(ids).toContain(id);
  });

  it('has a row for each object in its data, and every number of it leads somewhere', () => {
    const { texts, rows, signals, states, policies, columns } = dataOf(page);
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      expect(texts[row.name]).toMatch(/^\w+\/.+/);
      expect(states[row.state]).toBeDefined();
      expect(row.cells).toHaveLength(columns.length);
      for (const signal of row.signals) expect(signals[signal]).toBeDefined();
      for (const side of row.sides) expect(policies[side.policy]).toBeDefined();
    }
  });
});

describe('what a page says before its script runs', () => {
  it('is what would be rejected, why, and what to do', () => {
    const text = withoutOwn(fleet);
    expect(text).toContain('<h1>2 of 5 objects would be rejected</h1>');
    expect(text).toContain('No sandbox can contain a system directory of the host');
    expect(text).toContain('monitoring/DaemonSet/node-exporter');
    expect(text).toContain('<b>Fix</b> ');
  });

  it('is how many run where, by namespace', () => {
    expect(withoutOwn(fleet)).toMatch(
      /<a href="#namespace=monitoring">monitoring<\/a><\/th>.*?aria-label="2 rejected"/,
    );
    expect(withoutOwn(fleet)).toContain('aria-label="2 rejected, 1 host kernel, 2 VM"');
  });

  it('is from which scores on the policy asks for more', () => {
    expect(withoutOwn(fleet)).toContain('>30: application kernel<');
    expect(withoutOwn(fleet)).toContain('>70: VM<');
  });

  it('is, of a change, what moves from where to where', () => {
    const text = withoutOwn(change);
    expect(text).toMatch(/aria-label="Before and after\. \d+ from host kernel to application kernel/);
    expect(text).toMatch(
      /<th scope="row">host kernel<\/th><td class="number">\d+<\/td><td class="number">0<\/td>/,
    );
  });

  it('is, of a set to start with, what could take over a node, then all else that is exempt, and the modes', () => {
    const text = withoutOwn(start);
    const told = [
      '<h1>Start with 2 exemptions, 1 of which could take over a node</h1>',
      '<h2>Could take over a node: to be looked at, not to be signed</h2>',
      "With the host's PID namespace, a container takes over its node.",
      '<bdi>monitoring: DaemonSet/agent (1 Pod)</bdi>',
      '<code>monitoring-agent</code>, for image example.com/main',
      '<b>hostPID</b> Every process of the host can be seen, traced and killed',
      'Instead: Remove hostPID',
      '<h2>Exempt</h2>',
      '<bdi>net: Pod/proxy (1 Pod)</bdi>',
      '<h2>Modes to start in</h2>',
      '>empty</a></th><td>–</td><td><b>warn</b></td><td class="number">0</td>',
      '>shop</a></th><td>–</td><td><b>inject</b></td><td class="number">2</td>',
      '<h2>What runs where, with this in force</h2>',
    ];
    const places = told.map(words => text.indexOf(words));
    expect(told.filter((_, i) => places[i] === -1)).toEqual([]);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('is, of a set to start with, that nothing is rejected with it, in the modes that it starts in', () => {
    expect(withoutOwn(start)).not.toContain('What would be rejected');
    const { rows, texts, states } = dataOf(start);
    const told = rows.map(({ name, state }) => [texts[name], states[state]?.id]);
    expect(told).toContainEqual(['DaemonSet/agent', 'host-kernel']);
    expect(told).toContainEqual(['Pod/mild', 'app-kernel']);
    expect(withoutOwn(start)).toContain('Mode warn (namespaces monitoring and net)');
    expect(withoutOwn(start)).toContain('Mode inject (namespace shop)');
  });

  it('is nothing of a list where there is nothing to list', async () => {
    const page = await reviewPage('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}');
    expect(page).toContain('<h1>There was nothing to judge</h1>');
    expect(page).not.toContain('id="list"');
    expect(dataOf(page).rows).toEqual([]);
  });
});

/** Words that would be markup, end the data, or turn text around, were they not escaped. */
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "' autofocus onfocus='alert(1)",
  '</style></title></svg>',
  '&lt;b&gt;&#x3c;',
  '`alert(1)`',
  '\u202egnp.exe',
  '\u2066a\u2069\u200f',
  'a\u0000b\u2028c',
  'javascript:alert(1)',
];

const hostilePod = (word: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: word,
      namespace: word,
      labels: { 'cofferdam.dev/risk': word },
      annotations: { [`dev.gvisor.${word}`]: word },
    },
    spec: {
      hostPID: true,
      serviceAccountName: word,
      volumes: [{ name: word, hostPath: { path: `/${word}` } }],
      containers: [
        { name: word, image: word, securityContext: { privileged: true, capabilities: { add: [word] } } },
      ],
    },
  });
const harmless = markupOf(await reviewPage(hostilePod('a')));

describe('words of a manifest that somebody chose to do harm', () => {
  it('add no tag and no attribute, and end no data', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...HOSTILE), fc.constantFrom('', ...HOSTILE), async (one, other) => {
        const page = await reviewPage(hostilePod(`${one}${other}`));
        expect([...markupOf(page)].filter(name => !harmless.has(name))).toEqual([]);
        expect(page.match(/<\/?script/g)).toHaveLength(4);
        const [, json = ''] = /id="data">(.*?)<\/script>/s.exec(page) ?? [];
        expect(json).not.toContain('<');
        expect(dataOf(page).rows).toHaveLength(1);
      }),
      { numRuns: 60, examples: HOSTILE.map(word => [word, '']) },
    );
  });

  it('are shown spelt out where they would turn text around', async () => {
    const page = await reviewPage(hostilePod('\u202egnp.exe'));
    expect(page).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(dataOf(page).texts).toContain('Pod/\\u202egnp.exe');
    expect(withoutOwn(page)).toContain('\\u202egnp.exe');
  });

  it.each(HOSTILE)('stand in the page of a set to start with as text: %j', async word => {
    const hostile = (name: string): object => JSON.parse(hostilePod(name));
    const page = await suggestionPage([word], [hostile(word)]);
    const plain = await suggestionPage(['a'], [hostile('a')]);
    const known = markupOf(plain);
    expect([...markupOf(page)].filter(name => !known.has(name))).toEqual([]);
    expect(page.match(/<\/?script/g)).toHaveLength(4);
    expect(page).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(dataOf(page).rows).toHaveLength(1);
  });

  it('lead to a namespace, even where its name has half a character', async () => {
    const page = await suggestionPage(['\ud800'], [pod('\ud800', 'web')]);
    expect(page).toContain('<a href="#namespace=%5Cud800">');
  });

  it('stand in both pages of a diff as text', async () => {
    const page = await pageOf(
      ['diff', '-', '--policy', 'strict', '--no-base-balanced'],
      hostilePod(HOSTILE[0] ?? ''),
    );
    expect(page.match(/<\/?script/g)).toHaveLength(4);
    expect(page).not.toContain('alert(1)</script>');
  });
});

it('has Pods of one owner that were decided alike in one row, and counts Pods and what they would cost', () => {
  const decision = decided({ container: 'securityContext: {privileged: true}' });
  const result = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'shop',
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    source: { file: '' },
    mode: 'enforce' as const,
    decision,
    locate: (path: string) => ({ path, position: { file: '' } }),
  };
  const overheads = new Map([['kata-qemu', { cpu: 0.25, memory: 160 * 1024 * 1024 }]]);
  const cluster = { context: 'prod', finished: 0, overheads };
  const results = [
    { ...result, name: 'web-1' },
    { ...result, name: 'web-2' },
  ];
  const page = reviewPageOf({ version: '1', results, skipped: new Map(), problems: [], cluster });
  expect(page).toContain('<h1>None of 2 Pods would be rejected</h1>');
  expect(page).toContain('ask for 0.5 CPU and 320Mi of memory more.');
  const { rows, texts } = dataOf(page);
  expect(rows.map(({ name, pods }) => [texts[name], pods])).toEqual([['Deployment/web', 2]]);
});

it('has what another command says first, where a review is on the way to it', () => {
  const review = { version: '1', results: [], skipped: new Map(), problems: [] };
  const above = html`<p>${'what was <found>'}</p>`;
  const page = reviewPageOf(review, { kind: 'Suggestion', headline: 'Start with 3 exemptions', above });
  expect(page).toContain('<title>Suggestion: Start with 3 exemptions · Cofferdam</title>');
  expect(page).toContain('<h1>Start with 3 exemptions</h1>\n<p>what was &lt;found&gt;</p>');
});

it('is not loaded for another format', () => {
  const list = readFileSync('src/report/review/index.ts', 'utf8');
  expect(list).not.toMatch(/^import .*html\.ts/m);
  expect(Object.keys(FORMATS)).toContain('html');
});
