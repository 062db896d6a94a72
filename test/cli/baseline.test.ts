import { createHook } from 'node:async_hooks';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from './review-schema.ts';
import { cofferdam, type Ran } from './stranger.ts';

let folder: string;
let known: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  known = join(folder, 'known.json');
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const review = (...argv: readonly string[]): Promise<Ran> =>
  cofferdam(['review', join(folder, 'a.yaml'), ...argv]);
const since = (...argv: readonly string[]): Promise<Ran> => review('--baseline', known, ...argv);

interface Document {
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly name: string;
    readonly since: { readonly state: string; readonly worse?: readonly string[] };
    readonly findings: readonly { readonly signal: string; readonly new: boolean }[];
  }[];
  readonly baseline: {
    readonly new: number;
    readonly worse: number;
    readonly known: number;
    readonly gone: readonly object[];
  };
}
const document = async (...argv: readonly string[]): Promise<Document> => {
  const { out } = await since('-o', 'json', ...argv);
  const read = JSON.parse(out);
  expect(validate(read) || validate.errors).toBe(true);
  return read as Document;
};
/** What is listed, and how it has changed. */
const told = async (...argv: readonly string[]) =>
  (await document(...argv)).results.map(({ name, since: { state, worse } }) => [name, state, worse]);

const pod = (name: string, spec: string, labels = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {${labels}}}\nspec:\n  ${spec}\n---\n`;
const container = (security: string, name = 'app'): string =>
  `{name: ${name}, image: "a:1", securityContext: {${security}}}`;
const PID = pod('pid', `hostPID: true\n  containers: [${container('')}]`);
const BOXED = pod('boxed', `containers: [${container('capabilities: {add: [SYS_ADMIN]}')}]`);
const FINE = pod('fine', `containers: [${container('')}]`);
const STRICT =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {cofferdam.dev/minimum-isolation: vm}}\n---\n';
const volume = (name: string, path: string): string => `{name: ${name}, hostPath: {path: ${path}}}`;
const VOLUMES = pod(
  'volumes',
  `volumes: [${volume('etc', '/etc')}, ${volume('srv', '/srv')}]\n  containers: [${container('privileged: true')}]`,
);

describe('a baseline that was just written', () => {
  it('leaves nothing to be told, and nothing to fail for', async () => {
    await put('a.yaml', PID + BOXED + FINE);
    expect(await review()).toMatchObject({ code: 1 });
    const written = await review('--write-baseline', known);
    expect(written).toMatchObject({
      code: 0,
      err: `note: wrote 2 objects with 2 findings to ${known}; give it with --baseline\n`,
    });
    const { code, out } = await since('--fail-on', 'sandbox');
    expect(code).toBe(0);
    expect(out.trimEnd().replaceAll('\n', ' ')).toBe(
      [
        '3 objects judged: 1 reject, 1 sandbox, 1 admit.',
        `Baseline ${known}: nothing new; not listed: 2 that it knows and 1 that is admitted.`,
        'Assumed: classes gvisor and kata-qemu; namespace shop without labels. --cluster FILE tells yours.',
      ].join(' '),
    );
    expect(await document()).toMatchObject({
      summary: { total: 3, reject: 1, sandbox: 1, admit: 1, notListed: 3 },
      results: [],
      baseline: { new: 0, worse: 0, known: 2, gone: [] },
    });
  });

  it.each(['test/fixtures/resources', 'test/fixtures/host-paths', 'test/golden/inputs/shop.yaml'])(
    'knows all of %s',
    async path => {
      await cofferdam(['review', path, '--write-baseline', known]);
      const { out } = await cofferdam(['review', path, '--baseline', known, '-o', 'json']);
      const { baseline, results } = JSON.parse(out) as Document;
      expect(baseline.known).toBeGreaterThan(0);
      expect([results, baseline.gone]).toEqual([[], []]);
    },
  );

  it('is the same text whatever the order, with a line for each finding', async () => {
    await put('a.yaml', PID + BOXED + VOLUMES);
    await review('--write-baseline', known);
    const before = await readFile(known, 'utf8');
    await put('a.yaml', VOLUMES + BOXED + PID);
    await review('--write-baseline', known);
    expect(await readFile(known, 'utf8')).toBe(before);
    expect(
      before.match(/^ {8}\{ "signal": "\w+", "at": ".*", "fingerprint": "[0-9a-f]{64}" \}/gm),
    ).toHaveLength(5);
    expect(before).toContain('"at": "app: securityContext.privileged = true"');
    expect(before).toContain('"at": "spec.volumes[].hostPath = /etc"');
  });

  it('is empty where nothing is to be told', async () => {
    await put('a.yaml', FINE);
    await review('--write-baseline', known);
    expect(await readFile(known, 'utf8')).toBe('{\n  "version": 1,\n  "objects": []\n}\n');
    expect(await since()).toMatchObject({ code: 0, err: '' });
  });

  it('is not written where not everything was judged', async () => {
    await put('a.yaml', `${PID}apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {hostPID: text}\n`);
    const { code, err } = await review('--write-baseline', known);
    expect([code, err.split('\n').at(-2)]).toEqual([
      2,
      `note: ${known} is left as it is, as not everything was judged`,
    ]);
    await expect(readFile(known, 'utf8')).rejects.toThrow('ENOENT');
  });
});

describe('what stays known', () => {
  beforeEach(async () => {
    await put('a.yaml', VOLUMES + PID + BOXED);
    await review('--write-baseline', known);
  });
  const first = container('', 'first');

  it.each([
    ['in other lines', `# moved\n\n\n${VOLUMES}# moved\n${PID}${BOXED}`],
    ['in another order', BOXED + PID + VOLUMES],
    ['behind another container', VOLUMES + PID + BOXED.replace('containers: [', `containers: [${first}, `)],
    [
      'behind another volume that needs nothing',
      VOLUMES.replace('volumes: [', 'volumes: [{name: tmp, emptyDir: {}}, ') + PID + BOXED,
    ],
    [
      'in other places of a list',
      VOLUMES.replace(
        `${volume('etc', '/etc')}, ${volume('srv', '/srv')}`,
        `${volume('srv', '/srv')}, ${volume('etc', '/etc')}`,
      ) +
        PID +
        BOXED,
    ],
    ['with a name for a lapse of hygiene more', VOLUMES + PID.replace('a:1', 'a:2') + BOXED],
  ])('%s', async (_, text) => {
    await put('a.yaml', text);
    expect(await document()).toMatchObject({ results: [], baseline: { known: 3, gone: [] } });
  });

  it('in a file that has moved', async () => {
    await rm(join(folder, 'a.yaml'));
    await put('b.yaml', PID + BOXED + VOLUMES);
    const { out } = await cofferdam(['review', folder, '--baseline', known, '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ results: [], baseline: { known: 3, gone: [] } });
  });

  it('however the file is named', async () => {
    const { out } = await cofferdam([...['review', `${folder}/./a.yaml`, '--baseline', known, '-o', 'json']]);
    expect(JSON.parse(out)).toMatchObject({ results: [], baseline: { known: 3, gone: [] } });
  });

  it('where it is better now', async () => {
    await put(
      'a.yaml',
      VOLUMES.replace('privileged: true', '') + PID.replace('hostPID: true\n  ', '') + BOXED,
    );
    expect(await told()).toEqual([]);
    const { out, code } = await since();
    expect(code).toBe(0);
    expect(out.replaceAll('\n', ' ')).toContain(
      'Gone since then: Pod/shop/pid and 1 finding of Pod/shop/volumes. --write-baseline renews it.',
    );
  });
});

describe('what is told', () => {
  it.each<[string, string, string, readonly string[] | undefined]>([
    ['another object', FINE, FINE + PID, undefined],
    ['a new finding', PID, PID.replace('hostPID', 'hostNetwork: true\n  hostPID'), ['findings']],
    ['the same at another place', BOXED, BOXED.replace('app', 'other'), ['findings']],
    ['another value', VOLUMES, VOLUMES.replace('/srv', '/root'), ['findings']],
    [
      'the same in another container, too',
      BOXED,
      BOXED.replace(
        /(\{name: app.*\}\})/,
        '$1, {name: b, image: "a:1", securityContext: {capabilities: {add: [SYS_ADMIN]}}}',
      ),
      ['findings'],
    ],
    [
      'a higher class of the score, and so more that is required',
      BOXED,
      BOXED.replace('labels: {', 'labels: {cofferdam.dev/risk: high'),
      ['required', 'score'],
    ],
    [
      'a higher class of the score alone',
      STRICT + FINE,
      STRICT + FINE.replace('labels: {', 'labels: {cofferdam.dev/risk: medium'),
      ['score'],
    ],
    [
      'a rejection of what was sandboxed',
      BOXED,
      BOXED.replace('containers', 'hostPID: true\n  containers'),
      ['outcome', 'required', 'score', 'findings'],
    ],
    [
      'a weaker sandbox',
      FINE.replace('labels: {', 'labels: {cofferdam.dev/risk: critical'),
      FINE.replace('labels: {', 'labels: {cofferdam.dev/risk: high'),
      ['isolation'],
    ],
    [
      'no sandbox any more',
      FINE.replace('labels: {', 'labels: {cofferdam.dev/risk: critical'),
      FINE,
      ['isolation'],
    ],
    [
      'a rejection for another reason',
      pod('boxed', `runtimeClassName: gvisor\n  containers: [${container('privileged: true')}]`),
      pod('boxed', `hostPID: true\n  containers: [${container('privileged: true')}]`),
      ['outcome', 'findings'],
    ],
  ])('%s', async (_, before, after, worse) => {
    await put('a.yaml', before);
    await review('--write-baseline', known);
    await put('a.yaml', after);
    expect((await told()).map(([, ...how]) => how)).toEqual([[worse ? 'worse' : 'new', worse]]);
  });

  it.each(['table', 'markdown', 'sarif', 'junit', 'github', 'gitlab'])(
    'with the name of what is new in a workload that is sandboxed as before: -o %s',
    async format => {
      await put('a.yaml', BOXED);
      await review('--write-baseline', known);
      await put('a.yaml', BOXED.replace('SYS_ADMIN', 'SYS_ADMIN, NET_RAW'));
      expect((await since('-o', format)).out).toContain('1 new finding (capabilityNetRaw)');
    },
  );

  it('with what is new in it, in the words of each format', async () => {
    await put('a.yaml', PID + BOXED);
    await review('--write-baseline', known);
    await put('a.yaml', PID.replace('hostPID', 'hostNetwork: true\n  hostPID') + BOXED + VOLUMES);
    const { code, out } = await since();
    expect(code).toBe(1);
    expect(out).toContain('\n  Worse: Since the baseline: 1 new finding (hostNetwork).\n');
    expect(out).toContain('spec.hostNetwork = true (new)');
    expect(out).toContain('spec.hostPID = true\n');
    expect(out).not.toContain('boxed');
    const { results } = await document();
    expect(results[0]?.findings.filter(finding => finding.new).map(({ signal }) => signal)).toEqual([
      'hostNetwork',
    ]);
    expect((await since('-o', 'markdown')).out).toMatch(
      /^### ❌ Cofferdam: 3 objects judged; new or worse since the baseline: 2 rejected\n/,
    );
    expect((await since('-o', 'junit')).out).toMatch(
      /<testsuites name="cofferdam review: Assumed: [^"]*" tests="3" failures="2" errors="0" skipped="1">/,
    );
    expect((await since('-o', 'junit')).out).toContain('<skipped message="in the baseline; RuntimeClass');
    expect((await since('-o', 'github')).out).not.toContain('boxed');
    expect(JSON.parse((await since('-o', 'gitlab')).out)).toHaveLength(5);
  });

  it('to code scanning as new or updated, by the fingerprints that the file has', async () => {
    await put('a.yaml', PID + BOXED);
    await review('--write-baseline', known);
    await put('a.yaml', PID.replace('hostPID', 'hostNetwork: true\n  hostPID') + BOXED + VOLUMES);
    const [run] = JSON.parse((await since('-o', 'sarif')).out).runs;
    const states = run.results.map((one: Record<string, unknown>) => [one.ruleId, one.baselineState]);
    expect(states).toEqual(
      expect.arrayContaining([
        ['hostNetwork', 'new'],
        ['hostPID', 'updated'],
        ['hostPathSystem', 'new'],
      ]),
    );
    const text = await readFile(known, 'utf8');
    const pid = run.results.find((one: Record<string, unknown>) => one.ruleId === 'hostPID');
    expect(text).toContain(pid.partialFingerprints['cofferdam/v1']);
    expect(run.properties.overall[0]).toContain(
      '1 new and 1 worse than before; not listed: 1 that it knows.',
    );
  });
});

describe('of several objects of one name', () => {
  it('each file keeps its own, and one more is new', async () => {
    await put('a.yaml', PID);
    await put('b.yaml', PID.replace('hostPID', 'hostNetwork: true\n  hostPID'));
    const all = ['review', folder, '--baseline', known];
    await cofferdam(['review', folder, '--write-baseline', known]);
    expect((await cofferdam(all)).code).toBe(0);
    await put('0.yaml', PID);
    const { out } = await cofferdam([...all, '-o', 'json']);
    expect((JSON.parse(out) as Document).baseline).toEqual({
      file: known,
      new: 1,
      worse: 0,
      known: 2,
      gone: [],
    });
  });
});

describe('of several objects of one name, one that is mended', () => {
  it('hides no other whose long name differs in its last character alone', async () => {
    const long = 'a'.repeat(252);
    await put('a.yaml', PID.replace('name: pid', `name: ${long}x`));
    await review('--write-baseline', known);
    expect(await since()).toMatchObject({ code: 0 });
    await put('a.yaml', PID.replace('name: pid', `name: ${long}z`));
    expect(await since()).toMatchObject({ code: 1 });
  });

  it('makes no room for another, as an equal address does in checkov (bridgecrewio/checkov#7647)', async () => {
    await put('a.yaml', PID);
    await cofferdam(['review', folder, '--write-baseline', known]);
    await put('a.yaml', PID.replace('hostPID: true\n  ', ''));
    await put('b.yaml', PID);
    const { code, out } = await cofferdam(['review', folder, '--baseline', known, '-o', 'json']);
    expect([code, (JSON.parse(out) as Document).baseline]).toEqual([
      1,
      {
        ...{ file: known, new: 1, worse: 0, known: 0 },
        gone: [{ object: 'Pod/shop/pid', source: join(folder, 'a.yaml'), findings: 1, whole: true }],
      },
    ]);
  });
});

describe('a review of a part', () => {
  beforeEach(async () => {
    await put('a.yaml', PID);
    await put('b.yaml', VOLUMES);
    await cofferdam(['review', folder, '--write-baseline', known]);
  });

  it('says nothing of files that it did not read', async () => {
    expect((await document()).baseline).toEqual({ file: known, new: 0, worse: 0, known: 1, gone: [] });
  });

  it('tells of files that are no more', async () => {
    await rm(join(folder, 'b.yaml'));
    expect((await document()).baseline.gone).toEqual([
      { object: 'Pod/shop/volumes', source: join(folder, 'b.yaml'), findings: 3, whole: true },
    ]);
  });

  it('asks for few of them at once, however many they are', async () => {
    const read = JSON.parse(await readFile(known, 'utf8'));
    const [one] = read.objects;
    const objects = Array.from({ length: 300 }, (_, i) => ({
      ...one,
      object: `Pod/shop/gone-${i}`,
      file: join(folder, `gone-${i}`),
    }));
    await writeFile(known, JSON.stringify({ ...read, objects }));
    const open = new Set<number>();
    let most = 0;
    const hook = createHook({
      init(id, type) {
        if (type === 'FSREQPROMISE') most = Math.max(most, open.add(id).size);
      },
      before: id => void open.delete(id),
    }).enable();
    try {
      expect((await document()).baseline.gone).toHaveLength(300);
    } finally {
      hook.disable();
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(20);
  });

  it('keeps what is known of the others where it renews the file', async () => {
    await put('a.yaml', PID + BOXED);
    expect(await since('--write-baseline', known)).toMatchObject({ code: 0 });
    const objects = JSON.parse(await readFile(known, 'utf8')).objects as { object: string }[];
    expect(objects.map(({ object }) => object)).toEqual([
      'Pod/shop/boxed',
      'Pod/shop/pid',
      'Pod/shop/volumes',
    ]);
  });
});

describe('a file that is none is told in a line', () => {
  beforeEach(() => put('a.yaml', FINE));

  it.each([
    ['{', /^error: .*known\.json:1: /],
    ['', /^error: .*known\.json: found 0 documents, expected one baseline$/],
    ['[]', /^error: .*known\.json:1: a list where a map is expected$/],
    ['{"objects": []}', /^error: .*known\.json:1: version: version is missing$/],
    ['{"version": 2, "objects": []}', /^error: .*known\.json:1: version: found version 2, expected 1$/],
    ['{"version": "1", "objects": []}', /^error: .*known\.json:1: version: /],
    ['{"version": 1,\n "objects": [\n{"object": 1}]}', /^error: .*known\.json:3: objects\[0\]/],
    ['{"version": 1, "version": 1, "objects": []}', /^error: .*known\.json:1: /],
  ])('%s', async (text, told) => {
    await put('known.json', text);
    const { code, out, err } = await since();
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toMatch(told);
    expect(err.trim().split('\n').length).toBeLessThan(3);
  });

  it('as is one that is not there, or a folder, before anything is judged', async () => {
    expect(await since()).toMatchObject({
      code: 2,
      out: '',
      err: `error: ${known}: no such file or folder\nWrite it first, with --write-baseline FILE.\n`,
    });
    expect(await review('--baseline', folder)).toMatchObject({ code: 2, out: '' });
  });

  it('and there is none of a cluster', async () => {
    expect(await cofferdam(['review', '--from-cluster', '--write-baseline', known])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--from-cluster takes no baseline'),
    });
  });
});
