import { describe, expect, it } from 'vitest';
import type { Reviewed } from '../../src/report/result.ts';
import { apartWords, placesApart } from '../../src/report/words/apart.ts';

const result = (file: string, line?: number, more: object = {}): Reviewed =>
  ({ kind: 'Deployment', namespace: 'shop', name: 'web', source: { file, line }, ...more }) as Reviewed;
const told = (...results: readonly Reviewed[]): readonly string[] => {
  const places = placesApart(results);
  return results.map(one => apartWords(one, places));
};

describe('objects of one kind, name and namespace', () => {
  it.each<[string, readonly Reviewed[], readonly string[]]>([
    ['by their files', [result('a/web.yaml', 1), result('a/api.yaml', 1)], [' (web.yaml)', ' (api.yaml)']],
    [
      'by as much of the paths as it takes',
      [result('x/a/web.yaml', 1), result('x/b/web.yaml', 1)],
      [' (a/web.yaml)', ' (b/web.yaml)'],
    ],
    [
      'by whole paths, where one is the end of another',
      [result('web.yaml', 1), result('a/web.yaml', 1)],
      [' (web.yaml)', ' (a/web.yaml)'],
    ],
    [
      'by their lines in one file',
      [result('web.yaml', 1), result('web.yaml', 9)],
      [' (line 1)', ' (line 9)'],
    ],
    [
      'by both, where a file has several',
      [result('a.yaml', 1), result('a.yaml', 9), result('b.yaml', 3)],
      [' (a.yaml:1)', ' (a.yaml:9)', ' (b.yaml)'],
    ],
    [
      'by columns in one line',
      [{ source: { file: '-', line: 1, column: 2 } }, { source: { file: '-', line: 1, column: 80 } }].map(
        more => result('-', 1, more),
      ),
      [' (line 1:2)', ' (line 1:80)'],
    ],
    [
      'by what was read, where a chart made them of one file',
      [1, 9].map(line =>
        result('', 1, { source: { file: 'templates/web.yaml', rendered: { file: 'out.yaml', line } } }),
      ),
      [' (line 1)', ' (line 9)'],
    ],
    [
      'without control characters',
      [result('a\u001b.yaml'), result('b.yaml')],
      [' (a\\u001b.yaml)', ' (b.yaml)'],
    ],
  ])('are told apart %s', (_, results, words) => {
    expect(told(...results)).toEqual(words);
  });

  it('are not where they stand in one place, as a file that is named twice is read twice', () => {
    expect(told(result('a.yaml', 1), result('a.yaml', 1))).toEqual(['', '']);
  });

  it.each<[string, Partial<Reviewed>]>([
    ['kind', { kind: 'Pod' }],
    ['namespace', { namespace: 'bank' }],
    ['name', { name: 'api' }],
  ])('are none with another %s', (_, more) => {
    expect(told(result('a.yaml', 1), result('b.yaml', 1, more))).toEqual(['', '']);
  });

  it('are none of a cluster, where Pods of one owner are one', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    expect(told(result('Pod/a', undefined, { owner }), result('Pod/b', undefined, { owner }))).toEqual([
      '',
      '',
    ]);
  });
});
