import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsFrom } from '../architecture/graph.ts';
import { linksIn, PAGES, ROOT, targetOf } from './pages.ts';
import { picturesIn } from './pictures.ts';

/*
docs/README.md leads to each page, and its picture shows parts that there are, and arrows that are so.
*/

const INDEX = 'docs/README.md';

it('leads to each page of docs, and to those of the root', () => {
  const linked = linksIn(INDEX).map(link => targetOf(INDEX, link));
  const pages = PAGES.filter(page => /^(docs\/.*|[A-Z]+)\.md$/.test(page) && page !== INDEX);
  expect(pages.filter(page => !linked.includes(page))).toEqual([]);
});

describe('the picture', () => {
  const pictures = picturesIn(INDEX);
  const { parts = [], arrows = [], faults = [], pathOf = () => undefined } = pictures[0] ?? {};

  it('is one, of parts and arrows between them', () => {
    expect(pictures).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it('shows parts that there are', () => {
    const folders = parts.flatMap(part => pathOf(part) ?? []);
    expect(folders.filter(folder => !existsSync(join(ROOT, folder)))).toEqual([]);
    expect(folders.filter(folder => !/^(src|charts)\//.test(folder))).toEqual([]);
    expect(folders.length).toBeGreaterThan(8);
  });

  it('has arrows between folders of src where one imports the other', () => {
    const wrong = arrows.filter(([from, to]) => {
      const [a, b] = [pathOf(from), pathOf(to)];
      if (!a?.startsWith('src/') || !b?.startsWith('src/')) return false;
      return !importsFrom(a).has(b);
    });
    expect(wrong).toEqual([]);
  });
});
