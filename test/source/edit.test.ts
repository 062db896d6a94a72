import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spliced, splicesFor, type TextEdit } from '../../src/source/edit/splice.ts';
import { unifiedDiff } from '../../src/source/edit/unified.ts';

/** The edits of a text whose entries that go stand behind a `«`, items behind `«-`; of what is set behind `«=`. */
function marked(text: string): { readonly text: string; readonly edits: readonly TextEdit[] } {
  const edits: TextEdit[] = [];
  let plain = '';
  for (const [i, part] of text.split('«').entries()) {
    if (i === 0) plain += part;
    else {
      const isItem = part.startsWith('-');
      const isPut = part.startsWith('=');
      edits.push({ at: plain.length, isItem, ...(isPut && { put: 'new' }) });
      plain += isItem || isPut ? part.slice(1) : part;
    }
  }
  return { text: plain, edits };
}

function changed(text: string): string | undefined {
  const { text: plain, edits } = marked(text);
  const splices = splicesFor(plain, edits);
  return splices && spliced(plain, splices);
}

describe('what goes of a text, and what stays', () => {
  it.each([
    ['a key with its line', 'a: 1\n«b: 2\nc: 3\n', 'a: 1\nc: 3\n'],
    ['the first key', '«a: 1\nb: 2\n', 'b: 2\n'],
    ['the last key, where no line end follows', 'a: 1\n«b: 2', 'a: 1\n'],
    ['a key with all that it holds', 'a: 1\n«b:\n  c: 2\n  d: [3,\n    4]\ne: 5\n', 'a: 1\ne: 5\n'],
    ['a key without a value', 'a: 1\n«b:\nc: 3\n', 'a: 1\nc: 3\n'],
    ['a key with text of several lines', 'a: 1\n«b: |\n  text\n\n  more\nc: 3\n', 'a: 1\nc: 3\n'],
    ['a key with quoted text of several lines', 'a: 1\n«b: "text\n  more"\nc: 3\n', 'a: 1\nc: 3\n'],
    ['keys one behind the other', 'a: 1\n«b: 2\n«c: 3\nd: 4\n', 'a: 1\nd: 4\n'],
    ['line ends of Windows', 'a: 1\r\n«b: 2 # why\r\nc: 3\r\n', 'a: 1\r\nc: 3\r\n'],
    ['keys with a comment between them', 'a: 1\n«b: 2\n# c\n«c: 3\nd: 4\n', 'a: 1\n# c\nd: 4\n'],
    [
      'the first keys of an item, with a comment between them',
      'a:\n- «x: 1\n  # y\n  «y: 2\n  z: 3\n',
      'a:\n- # y\n  z: 3\n',
    ],
    [
      'its own comment goes, those in lines of their own stay',
      '# a\na: 1\n# b\n«b: 2 # why\n# c\nc: 3\n',
      '# a\na: 1\n# b\n# c\nc: 3\n',
    ],
    ['an item', 'a:\n  - 1\n  - «-2\n  - 3\n', 'a:\n  - 1\n  - 3\n'],
    ['an item that is a map', 'a:\n- «-x: 1\n  y: 2\n- x: 3\n', 'a:\n- x: 3\n'],
    ['the first key of an item', 'a:\n- «x: 1\n  y: 2\n', 'a:\n- y: 2\n'],
    ['the first keys of an item', 'a:\n-   «x: 1\n    «y: 2\n    z: 3\n', 'a:\n-   z: 3\n'],
    [
      'the first key of an item, with a comment behind it',
      'a:\n- «x: 1 # x\n  # y\n  y: 2\n',
      'a:\n- # y\n  y: 2\n',
    ],
    ['a later key of an item', 'a:\n- x: 1\n  «y: 2\n- z: 3\n', 'a:\n- x: 1\n- z: 3\n'],
    ['an item below its dash', 'a:\n  -\n    «-x: 1\n  -\n    x: 2\n', 'a:\n  -\n    x: 2\n'],
    ['the first in brackets', 'a: {«b: 1, c: 2}\n', 'a: {c: 2}\n'],
    ['the middle one in brackets', 'a: [1, «-2, 3]\n', 'a: [1, 3]\n'],
    ['the last in brackets', 'a: {b: 1, «c: 2}\n', 'a: {b: 1}\n'],
    ['the last ones in brackets', 'a: [1, «-2, «-3]\n', 'a: [1]\n'],
    [
      'in brackets over several lines',
      'a: [\n  1, # one\n  «-2, # two\n  # three\n  3,\n]\n',
      'a: [\n  1, # one\n  # three\n  3,\n]\n',
    ],
    ['JSON', '{\n\t"a": 1,\n\t«"b": {"c": [2]},\n\t"d": 3\n}\n', '{\n\t"a": 1,\n\t"d": 3\n}\n'],
    ['the last of JSON', '{\n  "a": 1,\n  «"b": 2\n}\n', '{\n  "a": 1\n}\n'],
    [
      'the second of two JSON values',
      '{"a": 1, "b": 2}\n{"a": 1, «"b": 2}\n',
      '{"a": 1, "b": 2}\n{"a": 1}\n',
    ],
    ['one of several documents', 'a: 1\nb: 2\n---\na: 1\n«b: 2\n---\nc\n', 'a: 1\nb: 2\n---\na: 1\n---\nc\n'],
    ['YAML behind JSON', '{"a": 1}\n---\na: 1\n«b: 2\n', '{"a": 1}\n---\na: 1\n'],
    ['a value in place of another', 'a: 1\n«=b: old # why\nc: 3\n', 'a: 1\nb: new # why\nc: 3\n'],
    [
      'a value in the quotes of the other',
      `{«="a": "old", b: 'x', «=c: 'old'}\n`,
      `{"a": "new", b: 'x', c: 'new'}\n`,
    ],
    ['two entries of which one holds the other', 'a: 1\n«b:\n  «c: 2\n  d: 3\n', 'a: 1\n'],
  ])('%s', (_, text, after) => {
    expect(changed(text)).toBe(after);
  });

  it.each([
    ['nothing begins there', { text: 'a: 1\n', edits: [{ at: 2, isItem: false }] }],
    ['a map would have to become a text', marked('«=a: {b: 1}\n')],
    ['a comment in brackets may be about either', marked('a: [1, # one\n  «-2]\n')],
    ['it is not readable', marked('«a: [1\n')],
  ])('no change where %s', (_, { text, edits }) => {
    expect(splicesFor(text, edits)).toBeUndefined();
  });
});

describe('a patch', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const lines = (n: number, more = ''): string =>
    Array.from({ length: n }, (_, i) => `k${i}: ${i}${more}\n`).join('');
  const TEXTS: readonly (readonly [string, string])[] = [
    ['in the middle', lines(9).replace('k4', '«k4')],
    ['at the start and the end', lines(20).replace('k0', '«k0').replace('k19', '«k19')],
    ['close to each other', lines(20).replace('k4', '«k4').replace('k6', '«k6').replace('k9', '«k9')],
    ['in neighbouring lines', lines(9).replace('k4', '«=k4').replace('k5', '«k5')],
    ['without a line end at the end', `${lines(5)}«k9: 9`],
    ['before a last line without an end', `${lines(5)}«k8: 8\nk9: 9`],
    ['with line ends of Windows', lines(9).replace('k4', '«k4').replaceAll('\n', '\r\n')],
    ['in a line', 'a: {b: 1, «c: 2}\nd: 3\n'],
    ['beside another document', `${lines(4)}«k4: 4\n---\n${lines(3)}`],
    ['of all that follows', 'a: 1\n«b:\n  c: 2\n'],
  ];
  /** Applies the patch of a text to a file of that name, by either program. */
  function applied(text: string, name: string): void {
    const { text: before, edits } = marked(text);
    const splices = splicesFor(before, edits) ?? [];
    const made = unifiedDiff(before, splices, name);
    if (!('patch' in made)) throw new Error(made.holds);
    for (const command of ['git apply', 'patch -s -p1 --binary']) {
      const file = join(folder, name);
      writeFileSync(file, before);
      const [program = '', ...args] = command.split(' ');
      execFileSync(program, args, { cwd: folder, input: made.patch, stdio: ['pipe', 'pipe', 'pipe'] });
      expect(readFileSync(file, 'utf8'), command).toBe(spliced(before, splices));
    }
  }

  it.each(TEXTS)('applies by git and by patch: %s', (_, text) => applied(text, 'web.yaml'));

  it.each(['a file.yaml', 'odd"name\\.yaml', 'täg.yaml', 'tab\t.yaml'])('applies to a file called %j', name =>
    applied(lines(9).replace('k4', '«k4'), name),
  );

  const patchOf = (text: string) => {
    const { text: before, edits } = marked(text);
    return unifiedDiff(before, splicesFor(before, edits) ?? [], 'web.yaml');
  };

  it('shows three lines around a change', () => {
    expect(patchOf(lines(9).replace('k4', '«k4'))).toEqual({
      patch: `--- a/web.yaml
+++ b/web.yaml
@@ -2,7 +2,6 @@
 k1: 1
 k2: 2
 k3: 3
-k4: 4
 k5: 5
 k6: 6
 k7: 7
`,
    });
  });

  it.each([
    ['values of variables', 'env:\n  - name: A\n    value: hush\n«b: 2\nc: 3\n'],
    ['arguments', 'args: [hush]\n«b: 2\nc: 3\n'],
    ['the data of a Secret', 'a: 1\n«b: 2\nc: 3\nstringData:\n  a: hush\n'],
    ['what kubectl keeps', 'kubectl.kubernetes.io/last-applied-configuration: |\n  hush\n«b: 2\nc: 3\n'],
    ['another document', '«b: 2\n---\nhush: 1\n'],
    ['a character that moves a terminal', 'a: "\u202ehush"\n«b: 2\nc: 3\n'],
  ])('leaves out %s', (_, text) => {
    const made = patchOf(text);
    expect(made).toHaveProperty('patch');
    expect(JSON.stringify(made)).not.toContain('hush');
  });

  it.each([
    ['values of variables', '{a: {env: [{name: A, value: hush}], «b: 2}}\n', 1, 'a value'],
    ['values of variables behind it', 'a: 1\n«b: 2\nenv: [{name: A, value: hush}]\n', 3, 'a value'],
    ['a character that moves a terminal', 'a: 1\n«b: "\u202e"\nc: 3\n', 2, 'an unsafe character'],
  ])('is none where it would have to show %s', (_, text, line, holds) => {
    expect(patchOf(text)).toEqual({ line, holds });
  });
});
