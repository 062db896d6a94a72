import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/decision/decision.ts';
import { EXPLAIN_FORMATS } from '../../src/report/explain/index.ts';
import { FORMATS } from '../../src/report/review/index.ts';
import { INPUT, SETTINGS } from '../../src/report/review/remarks.ts';
import { OTHER_RULES } from '../../src/report/review/sarif.ts';
import { signalById } from '../../src/signals/index.ts';
import { cofferdam } from '../cli/stranger.ts';

const SCHEMA = createRequire(import.meta.url).resolve('schemastore/schemas/json/sarif-2.1.0.json');
const isSarif = new Ajv({
  strict: false,
  // A pattern of the schema is none of Unicode's.
  unicodeRegExp: false,
  formats: { uri: true, 'uri-reference': true, 'date-time': true },
}).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));

const IN = 'test/golden/inputs';
const UNSAFE = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|[^\P{Cc}\n]/u;

const reviewed = async (format: string, stdin: string, ...argv: readonly string[]): Promise<string> =>
  (await cofferdam(['review', '-', '-o', format, ...argv], { stdin })).out;
const pod = (name: string, spec: string, more = ''): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${JSON.stringify(name)}${more}}, spec: {${spec}}}\n`;
const REJECTED = 'hostPID: true, containers: [{name: a, image: "a:1"}]';
const SANDBOXED =
  'containers: [{name: a, image: "a:1", securityContext: {capabilities: {add: [SYS_ADMIN]}}}]';

/** Is passed over. */
const NOTHING = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}';

/** Of updates, of what a node has made, and of Pods on their way out: no manifest is any. */
const NEVER_TOLD = [
  'deleting',
  'nothing-added',
  'added-contained',
  'added-not-contained',
  'mirror',
  'not-judged',
];

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region?: { readonly startLine: number; readonly startColumn: number };
            };
          },
        ];
        readonly partialFingerprints: Readonly<Record<string, string>>;
      }[];
    },
  ];
}
const sarifOf = async (stdin: string, ...argv: readonly string[]): Promise<Sarif['runs'][0]> => {
  const log = JSON.parse(await reviewed('sarif', stdin, ...argv));
  expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
  return (log as Sarif).runs[0];
};

/** The table is tested in test/cli/golden.test.ts, a page in test/report/html.test.ts, and json below. */
const OTHERS = Object.keys(FORMATS).filter(format => !['table', 'json', 'html'].includes(format));

describe.each(['shop', 'hostile', 'broken'])('of %s.yaml', name => {
  it.each(OTHERS)('%s is as it was', async format => {
    const { out } = await cofferdam(['review', `${IN}/${name}.yaml`, '-o', format]);
    await expect(out).toMatchFileSnapshot(`../golden/formats/${name}.${format}`);
  });
});

it('json of version 1 is still there, field by field: it was only added to', async () => {
  const { out } = await cofferdam(['review', `${IN}/shop.yaml`, '-o', 'json']);
  const before = JSON.parse(readFileSync('test/golden/review-json-1.json', 'utf8'));
  expect(JSON.parse(out)).toMatchObject(before);
});

it('json says of each finding what its source is', async () => {
  const { out } = await cofferdam(['review', `${IN}/shop.yaml`, '-o', 'json']);
  const { results } = JSON.parse(out) as {
    results: readonly { findings: readonly { signal: string; source: string }[] }[];
  };
  const findings = results.flatMap(result => result.findings);
  expect(findings.length).toBeGreaterThan(5);
  for (const { signal, source } of findings) expect(source).toBe(signalById.get(signal)?.source);
});

it('writes several at once', async () => {
  const ran = await cofferdam(['review', `${IN}/shop.yaml`, '-o', 'github', '-o', 'json=/dev/null']);
  expect([ran.code, ran.out.split('\n')[0]?.slice(0, 8)]).toEqual([1, '::error ']);
});

describe('sarif', () => {
  it('is what the official schema asks for, whatever the input', async () => {
    await sarifOf(NOTHING);
    await sarifOf(pod('a', REJECTED) + pod('b', SANDBOXED));
    await sarifOf('{apiVersion: v1, kind: Pod');
    await sarifOf(readFileSync(`${IN}/hostile.yaml`, 'utf8'));
  });

  it('has the line and the column of what is found, and a rule with help for each', async () => {
    const { results, tool } = await sarifOf(`# first\n${pod('a', REJECTED)}`);
    const [found] = results;
    expect(found?.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: '-' },
      region: { startLine: 2, startColumn: pod('a', REJECTED).indexOf('hostPID') + 1 },
    });
    const { rules } = tool.driver;
    for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/^[A-Z]/) },
        help: { text: expect.stringMatching(/[.]$/) },
        helpUri: expect.stringMatching(/^https:/),
      });
    }
  });

  it.each(['shop', 'hostile', 'broken'])(
    'gives each rule of %s.yaml the texts that code scanning asks for',
    async name => {
      const { tool } = await sarifOf(readFileSync(`${IN}/${name}.yaml`, 'utf8'));
      expect(tool.driver.rules.length).toBeGreaterThan(0);
      // A description has at most 1,024 characters there, none of them a line break.
      const text = { text: expect.stringMatching(/^[A-Z].{1,1023}$/i) };
      for (const rule of tool.driver.rules)
        expect(rule).toMatchObject({ shortDescription: text, fullDescription: text, help: text });
    },
  );

  it('has a title, a reason, help and a page for each rule that is no signal, where there is such a page', () => {
    const told = OUTCOMES.filter(outcome => !NEVER_TOLD.includes(outcome));
    expect(Object.keys(OTHER_RULES).sort()).toEqual([...told, INPUT, SETTINGS].sort());
    for (const [id, { title, reason, help, source }] of Object.entries(OTHER_RULES)) {
      const sentence = expect.stringMatching(/^[A-Z].*[.]$/);
      expect([title, reason, help]).toEqual([expect.stringMatching(/^[A-Z]/), sentence, sentence]);
      // Of what is this project's own, no page is anywhere but in its checkout; the schema has `help` for "no online documentation".
      if (id === SETTINGS) expect(source).toBeUndefined();
      else expect(source).toMatch(/^https:/);
    }
  });

  it('says of input that is not judged what a manifest is, and not what a RuntimeClass is', async () => {
    const { tool } = await sarifOf('{apiVersion: v1, kind: Pod');
    expect(tool.driver.rules).toMatchObject([
      { id: 'input', helpUri: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/' },
    ]);
  });

  it('knows a fault again where its lines have moved, and tells two that are alike apart', async () => {
    const prints = async (text: string): Promise<readonly string[]> =>
      (await sarifOf(text)).results.map(one => one.partialFingerprints['cofferdam/v1'] as string);
    const one = pod('a', SANDBOXED.replace('SYS_ADMIN', 'SYS_MODULE'));
    const moved = one.replace('containers: [', 'containers: [{name: first, image: "b:1"}, ');
    expect(await prints(`# moved\n\n${moved}`)).toEqual(await prints(one));
    const twice = await prints(`${one}---\n${one}`);
    expect(new Set(twice).size).toBe(twice.length);
    expect(twice).toEqual(expect.arrayContaining([...(await prints(one))]));
    expect(await prints(one.replace('"a"', '"b"'))).not.toEqual(await prints(one));
  });
});

describe('what is rejected has an error, what is sandboxed a note, what is admitted nothing', () => {
  const levels = async (text: string, ...argv: readonly string[]): Promise<readonly string[]> =>
    (await sarifOf(text, ...argv)).results.map(({ level }) => level);

  it.each<[string, string, readonly string[], readonly string[]]>([
    ['rejected', pod('a', REJECTED), [], ['error']],
    ['rejected, where the mode only warns', pod('a', REJECTED), ['--mode', 'warn'], ['warning']],
    ['in a namespace that is off', pod('a', REJECTED), ['--mode', 'off'], []],
    ['out of scope', pod('a', REJECTED, ', namespace: kube-system'), [], []],
    ['sandboxed', pod('a', SANDBOXED), [], ['note']],
    [
      'of a class that is too weak',
      pod('a', `runtimeClassName: gvisor, ${SANDBOXED}`, ', labels: {cofferdam.dev/risk: critical}'),
      [],
      ['error', 'warning'],
    ],
    ['admitted', pod('a', 'containers: [{name: a, image: "a:1"}]'), [], []],
    ['not read', '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: 1}', [], ['error']],
  ])('%s', async (_, text, argv, expected) => {
    expect(await levels(text, ...argv)).toEqual(expected);
    const commands = (await reviewed('github', text, ...argv))
      .trim()
      .split('\n')
      .filter(line => line && !line.startsWith('::notice title=cofferdam::'));
    const words = { error: 'error', warning: 'warning', note: 'notice' } as Readonly<Record<string, string>>;
    expect(commands.map(line => /^::(\w+) /.exec(line)?.[1])).toEqual(expected.map(level => words[level]));
    const issues = JSON.parse(await reviewed('gitlab', text, ...argv)) as { severity: string }[];
    const severities = { error: 'critical', warning: 'major', note: 'info' } as Readonly<
      Record<string, string>
    >;
    expect(issues.map(({ severity }) => severity)).toEqual(expected.map(level => severities[level]));
  });
});

describe('the id of a signal, by which an exemption waives it', () => {
  const PATH = 'spec.containers[0].securityContext.capabilities.add[0] = SYS_ADMIN';
  const at = async (columns: number): Promise<string> =>
    (await cofferdam(['review', '-'], { stdin: `${pod('a', REJECTED)}---\n${pod('b', SANDBOXED)}`, columns }))
      .out;

  it('stands between the place and what is found', async () => {
    expect(await at(120)).toContain('\n  -:1  hostPID  spec.hostPID = true\n');
    expect(await at(120)).toContain(`\n  -:3  capabilityHostRoot  ${PATH}\n`);
  });

  it('stands beside the place where a line has no room for all', async () => {
    expect(await at(80)).toContain(`\n  -:3  capabilityHostRoot\n    ${PATH}\n`);
  });

  it('leads to its source in a comment', async () => {
    const source = signalById.get('hostPID')?.source;
    expect(await reviewed('markdown', pod('a', REJECTED))).toContain(
      `- \`-:1\` [\`hostPID\`](${source}): \`spec.hostPID = true\`\n`,
    );
  });
});

describe('markdown', () => {
  it('puts a backslash before a bar in rows, and nowhere else, where it would be shown', async () => {
    const name = 'a|b';
    const markdown = await reviewed(
      'markdown',
      pod(
        'c',
        REJECTED,
        `, annotations: {dev.gvisor.flag.x: ${JSON.stringify(name)}}, namespace: ${JSON.stringify(name)}`,
      ),
    );
    expect(markdown).toContain('| `Pod/c` | `a\\|b` |');
    expect(markdown).toContain('`metadata.annotations[dev.gvisor.flag.x] = a|b`');
  });

  it('cuts no command that is there to be copied', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
    try {
      const file = join(folder, ...Array.from({ length: 4 }, () => 'x'.repeat(100)), 'pod.yaml');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, pod('a', REJECTED, ', namespace: shop'));
      const { out } = await cofferdam(['review', file, '-o', 'markdown']);
      expect(out).toContain(`\`cofferdam explain ${file} --name Pod/a\``);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what a rule of a policy says to authors', () => {
  const POLICY = `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: edge}
spec:
  scoring:
    rules:
      - name: public
        expression: "object.metadata.?labels.?exposure.orValue('') == 'public'"
        weight: WEIGHT
        message: What faces <the internet> is a matter of team edge
`;
  const LABEL = ', labels: {exposure: public}';
  const PODS = {
    sandboxed: pod('a', 'containers: [{name: a, image: "a:1"}]', LABEL),
    rejected: pod('a', `hostIPC: true, ${REJECTED}`, LABEL),
    'in a class that is too weak': pod(
      'a',
      'runtimeClassName: gvisor, containers: [{name: a, image: "a:1"}]',
      LABEL,
    ),
    'out of scope': pod('a', REJECTED, `${LABEL}, namespace: kube-system`),
    admitted: pod('a', 'containers: [{name: a, image: "a:1"}]', LABEL),
    'of another kind': pod('a', SANDBOXED),
  };
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const saying = async (format: string, stdin: string, weight = 80): Promise<string> => {
    const policy = join(folder, 'edge.yaml');
    writeFileSync(policy, POLICY.replace('WEIGHT', String(weight)));
    return reviewed(format, stdin, '--policy', policy);
  };
  /** The sentence, as the format has to spell it. */
  const said = (format: string): string => {
    const text = 'Rule "public" of policy "edge": What faces <the internet> is a matter of team edge.';
    const escaped = text.replace('<', '&lt;').replace('>', '&gt;');
    if (format === 'markdown') return `Pod/a: ${escaped}`;
    if (format === 'junit') return escaped.replaceAll('"', '&quot;');
    return ['gitlab', 'sarif'].includes(format) ? JSON.stringify(text).slice(1, -1) : text;
  };
  const times = (text: string, part: string): number => text.split(part).length - 1;

  it.each(OTHERS)('is told once by %s, of what is sandboxed and of what is rejected', async format => {
    for (const text of [PODS.sandboxed, PODS.rejected, PODS['in a class that is too weak']])
      expect(times(await saying(format, text), said(format)), text).toBe(1);
    expect(times(await saying(format, PODS['of another kind']), 'team edge')).toBe(0);
  });

  it.each(OTHERS)('is told by %s of the other objects where it tells of them', async format => {
    const isCase = format === 'junit' ? 1 : 0;
    expect(times(await saying(format, PODS['out of scope']), said(format))).toBe(isCase);
    expect(times(await saying(format, PODS.admitted, 1), said(format))).toBe(isCase);
  });

  it.each(['github', 'gitlab', 'sarif'])(
    'stands before the fix, where %s tells of the object first',
    async format => {
      const out = await saying(format, PODS.rejected);
      const first =
        out.indexOf('Pod \\"a\\" rejected') < 0
          ? out.indexOf('Pod "a" rejected')
          : out.indexOf('Pod \\"a\\" rejected');
      const rule = out.indexOf(said(format));
      expect(first).toBeGreaterThan(0);
      expect(rule).toBeGreaterThan(first);
      expect(out.indexOf('Fix: ')).toBeGreaterThan(rule);
      expect(out.indexOf('rejected', first + 40)).toBeGreaterThan(rule);
    },
  );

  it('is a line of the failure in junit, above the fix', async () => {
    const { testsuites } = new XMLParser().parse(await saying('junit', PODS.rejected)) as {
      testsuites: { testsuite: { testcase: { failure: string } } };
    };
    const lines = testsuites.testsuite.testcase.failure.split('\n');
    expect(lines.slice(1)).toEqual([
      'Rule "public" of policy "edge": What faces <the internet> is a matter of team edge.',
      expect.stringMatching(/^Fix: /),
    ]);
  });
});

describe('junit', () => {
  interface Suites {
    readonly testsuites: { readonly [key: string]: unknown };
  }
  const counts = async (text: string, ...argv: readonly string[]) => {
    const xml = await reviewed('junit', text, ...argv);
    expect(XMLValidator.validate(xml)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml) as Suites;
    return ['tests', 'failures', 'errors', 'skipped'].map(name => Number(testsuites[`@_${name}`]));
  };

  it('has a case for each object, and one for each that is not read', async () => {
    const both = `${pod('a', REJECTED)}---\n${pod('b', SANDBOXED)}---\n${pod('c', REJECTED, ', namespace: kube-system')}`;
    expect(await counts(both)).toEqual([3, 1, 0, 1]);
    expect(await counts(both, '--mode', 'audit')).toEqual([3, 0, 0, 2]);
    expect(await counts(`${both}---\n{apiVersion: v1, kind: Pod, metadata: {name: d}, spec: 1}`)).toEqual([
      4, 1, 1, 1,
    ]);
    expect(await counts(NOTHING)).toEqual([0, 0, 0, 0]);
  });
});

describe('a name that somebody chose to do harm', () => {
  const hostile = fc
    .array(
      fc
        .constantFrom(
          'a',
          '`',
          '``',
          '```',
          '|',
          '\\',
          '<',
          '>',
          '&',
          '"',
          "'",
          '%',
          '::',
          ',',
          '\n',
          '\r',
          '\u0000',
          '\u001b[2K',
        )
        .chain(one =>
          fc.constantFrom(
            one,
            `${one}\u202e`,
            `${one}]]>`,
            `${one}</testcase>`,
            `${one}@team`,
            `${one}</details>`,
          ),
        ),
      { minLength: 1, maxLength: 5 },
    )
    .map(parts => parts.join(''));

  it('ends no command, no element and no row, and reaches nobody', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async name => {
        const text = pod(
          name,
          REJECTED,
          `, annotations: {${JSON.stringify(`dev.gvisor.flag.${name}`)}: ${JSON.stringify(name)}}`,
        );
        const [github, junit, markdown] = [
          await reviewed('github', text),
          await reviewed('junit', text),
          await reviewed('markdown', text),
        ];
        for (const out of [github, junit, markdown]) expect(out).not.toMatch(UNSAFE);
        for (const line of github.trimEnd().split('\n'))
          expect(line).toMatch(
            /^::(error|warning|notice) (file=-,line=\d+,col=\d+,title=[^:,]*|title=cofferdam)::[^\n]+$/,
          );
        expect(XMLValidator.validate(junit)).toBe(true);
        expect(junit.match(/<testcase /g)).toHaveLength(1);
        const rows = markdown.split('\n').filter(line => line.startsWith('| ❌'));
        expect(rows).toHaveLength(1);
        // As cmark-gfm splits a row: what stands behind a backslash ends no cell, nor is it the backslash of what follows.
        expect(rows[0]?.replaceAll(/\\./g, '').split('|')).toHaveLength(8);
        const shown = markdown.replaceAll(/(`+) ?.*?\1/g, '');
        expect(shown.match(/<\/?details>/g)).toHaveLength(2);
        expect(shown).not.toMatch(/@(?!<!-- -->)/);
      }),
      { numRuns: 60, examples: [['```@team```'], ['`` ` </details>'], ['\\|'], ['\\\\|a']] },
    );
  });

  it('makes no link in a comment', async () => {
    for (const name of [
      'https://evil.example/login',
      'HTTP://evil.example',
      'www.evil.example',
      'WWW.evil.example',
    ]) {
      const text = pod('a', `runtimeClassName: ${JSON.stringify(name)}, ${REJECTED}`);
      const markdown = (await reviewed('markdown', text)).replaceAll(/(`+) ?.*?\1/g, '');
      expect(markdown).toContain('evil');
      expect(markdown).not.toMatch(/:\/\/evil|www\.evil/i);
    }
  });
});

/** C1 controls move cursors of some terminals, and others turn text around: JSON.stringify leaves them as they are. */
const CONTROLS = 'x9b\u009b2J\u202e\u2028\u{e0001}\u007f';
const HOSTILE_NAME = `a${CONTROLS}`;
const HOSTILE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: HOSTILE_NAME,
    namespace: `b${CONTROLS}`,
    labels: { 'cofferdam.dev/risk': CONTROLS },
    annotations: { [`dev.gvisor.${CONTROLS}`]: CONTROLS },
  },
  spec: {
    hostPID: true,
    serviceAccountName: CONTROLS,
    volumes: [{ name: 'a', hostPath: { path: `/${CONTROLS}` } }],
    containers: [{ name: CONTROLS, image: `a:${CONTROLS}`, securityContext: { privileged: true } }],
  },
});

describe('a file whose name somebody chose to do harm', () => {
  const NAME = 'a\u001b[2J\n::error::forged\r\u202e.yaml';
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
    writeFileSync(join(folder, NAME), pod('a', REJECTED));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(Object.keys(FORMATS))('%s moves no cursor and begins no line with it', async format => {
    const { out } = await cofferdam(['review', folder, '-o', format]);
    expect(out).toContain('forged');
    expect(out).not.toMatch(UNSAFE);
    expect(out).not.toMatch(/^::error::/m);
  });

  it.each(Object.keys(FORMATS))('%s moves none with any text of a manifest', async format => {
    const { out, err } = await cofferdam(['review', '-', '-o', format], { stdin: HOSTILE });
    expect(out).toContain('x9b');
    expect(`${out}${err}`).not.toMatch(UNSAFE);
  });

  it.each(Object.keys(EXPLAIN_FORMATS))('explain -o %s moves none, either', async format => {
    const { out, err } = await cofferdam(['explain', '-', '-o', format, '--name', HOSTILE_NAME], {
      stdin: HOSTILE,
    });
    expect(out).toContain('x9b');
    expect(`${out}${err}`).not.toMatch(UNSAFE);
  });

  it('stays what it was to whoever reads it as JSON', async () => {
    const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin: HOSTILE });
    expect(JSON.parse(out).results[0].name).toBe(HOSTILE_NAME);
  });

  it('is no less harmless as a baseline', async () => {
    const known = join(folder, NAME.replace('yaml', 'json'));
    await cofferdam(['review', folder, '--write-baseline', known]);
    expect(readFileSync(known, 'utf8')).not.toMatch(UNSAFE);
    const { out } = await cofferdam(['review', join(folder, NAME), '--baseline', known]);
    expect(out).toContain('forged');
    expect(out).not.toMatch(UNSAFE);
  });
});
