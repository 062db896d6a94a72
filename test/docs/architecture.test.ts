import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsFrom, reachedFrom } from '../architecture/graph.ts';
import { headingsOf, ROOT } from './pages.ts';
import { picturesIn } from './pictures.ts';

/*
docs/architecture.md shows the folders of src as they are, and three ways over files that there are.
*/

const PAGE = 'docs/architecture.md';
const [folders, ...ways] = picturesIn(PAGE);
if (!folders) throw new Error(`${PAGE} has no picture`);

describe('the picture of the folders', () => {
  const { parts, arrows, faults, pathOf } = folders;
  const pathIn = (part: string): string => pathOf(part) ?? '';

  it('is of parts and arrows between them', () => {
    expect(faults).toEqual([]);
  });

  it('has each folder of src', () => {
    const there = readdirSync(join(ROOT, 'src')).filter(name => !name.endsWith('.ts'));
    expect(parts.map(pathIn).toSorted()).toEqual(there.map(name => `src/${name}`).toSorted());
  });

  it('has an arrow only where one imports the other', () => {
    const wrong = arrows.filter(([from, to]) => !importsFrom(pathIn(from)).has(pathIn(to)));
    expect(wrong).toEqual([]);
  });

  it('leads along its arrows to all that a folder imports', () => {
    const targets = new Map(
      parts.map(part => [part, arrows.flatMap(([from, to]) => (from === part ? [to] : []))]),
    );
    const unshown = parts.flatMap(part => {
      const shown = new Set([...reachedFrom(part, targets), part].map(pathIn));
      return [...importsFrom(pathIn(part))].filter(path => !shown.has(path)).map(path => `${part} → ${path}`);
    });
    expect(unshown).toEqual([]);
  });
});

it('has a picture for the way of a Pod, of a policy and of a node’s event', () => {
  const headings = headingsOf(PAGE).flatMap(({ text }) => (text.startsWith('The way of') ? [text] : []));
  expect(headings).toEqual(['The way of a Pod', 'The way of a policy', 'The way of a Node event']);
  expect(ways).toHaveLength(headings.length);
});

it.each(ways)(
  'goes over files that there are, by arrows that lead somewhere',
  ({ parts, faults, pathOf }) => {
    expect(faults).toEqual([]);
    const paths = parts.flatMap(part => pathOf(part) ?? []);
    expect(paths.filter(path => !/^src\/.*\.ts$/.test(path) || !existsSync(join(ROOT, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(5);
  },
);
