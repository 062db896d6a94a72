import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

const POD =
  '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: "a:1"}]}}\n';

const before = process.cwd();
let folder: string;
let given: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  given = join(folder, 'a.yaml');
  writeFileSync(given, POD);
  symlinkSync(given, join(folder, 'link.yaml'));
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('an output over a file that the command reads', () => {
  it.each([
    ['review', ['review', 'A', '-o', 'json=A'], 'an argument and "-o json"'],
    ['review, by a link', ['review', 'A', '-o', 'html=LINK'], 'an argument and "-o html"'],
    ['review, of many', ['review', 'B', 'A', '-o', 'table', '-o', 'sarif=A'], 'an argument and "-o sarif"'],
    [
      'review of a cluster file',
      ['review', 'B', '--cluster', 'A', '-o', 'json=A'],
      '"--cluster" and "-o json"',
    ],
    [
      'review by a policy',
      ['review', 'B', '-o', 'json=A', '--policy', 'B', '--policy', 'A'],
      '"--policy" and "-o json"',
    ],
    ['explain', ['explain', '-f', 'A', '-o', 'json=A'], '"--filename" and "-o json"'],
    ['diff', ['diff', 'B', '--policy', 'A', '-o', 'markdown=A'], '"--policy" and "-o markdown"'],
    ['test', ['test', 'A', '-o', 'junit=A'], 'an argument and "-o junit"'],
    ['suggest', ['suggest', '--snapshot', 'A', '-o', 'yaml=A'], '"--snapshot" and "-o yaml"'],
    [
      'export guard',
      ['export', 'guard', '--policy', 'A', '--output-file', 'A'],
      '"--output-file" and "--policy"',
    ],
    ['snapshot', ['snapshot', 'A', '--kubeconfig', 'A'], 'an argument and "--kubeconfig"'],
  ])('%s', async (_, argv, words) => {
    const paths: Readonly<Record<string, string>> = { A: given, LINK: join(folder, 'link.yaml') };
    const { code, out, err } = await cofferdam(
      argv.map(word =>
        word.replace(/\b(A|LINK)$/, name => paths[name] ?? name).replace(/^B$/, join(folder, 'b.yaml')),
      ),
    );
    expect([code, out]).toEqual([2, '']);
    const named = argv.includes('html=LINK') ? paths.LINK : given;
    expect(err).toBe(`error: ${named} is named by ${words}\nGive each a file of its own.\n`);
    expect(readFileSync(given, 'utf8')).toBe(POD);
  });

  it.each([
    ['review', ['review', '.', '-o', 'json=./a.yaml']],
    ['review that writes a baseline', ['review', '.', '--write-baseline', 'a.yaml']],
    ['explain', ['explain', '.', '--name', 'a', '-o', 'json=a.yaml']],
    ['explain of exemptions', ['explain', '.', '--exempt', '-o', 'text=a.yaml']],
    ['diff', ['diff', '.', '--policy', 'strict', '-o', 'json=a.yaml']],
  ])('is an error where a walk has found the file: %s', async (_, argv) => {
    rmSync(join(folder, 'link.yaml'));
    process.chdir(folder);
    const { code, out, err } = await cofferdam(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /error: (\.\/)?a\.yaml is a manifest that was judged, so nothing was written\nName another file\.\n$/,
    );
    expect(readFileSync(given, 'utf8')).toBe(POD);
  });

  it('is none where a walk finds what was written before', async () => {
    process.chdir(folder);
    const argv = ['review', '.', '-o', 'json=out.json', '--write-baseline', 'base.json'];
    expect((await cofferdam(argv)).code).toBe(0);
    expect((await cofferdam(argv)).code).toBe(0);
  });

  it('is none where another file has the words of an option', async () => {
    const { code } = await cofferdam([
      'review',
      given,
      '--mode',
      'audit',
      '-o',
      `json=${join(folder, 'audit')}`,
    ]);
    expect(code).toBe(0);
  });
});
