import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf, IMPORT } from './graph.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** Innermost first: a file may import from its own layer and from those before it. */
const LAYERS = [
  ['source'],
  ['log'],
  ['kube'],
  ['pod'],
  ['signals'],
  ['profiles'],
  ['policy'],
  ['cluster'],
  ['decision'],
  ['report', 'fix', 'input', 'export', 'guard', 'snapshot'],
  ['admission', 'cases', 'controller', 'verify'],
  ['doctor'],
  ['cli'],
] as const;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));

const layerOf = (file: string): number =>
  LAYERS.findIndex(layer => (layer as readonly string[]).includes(file.split('/')[0] ?? ''));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, path]) =>
    relative(SRC, resolve(SRC, dirname(file), path as string)),
  );
}

describe('the layers', () => {
  it('cover every folder of src', () => {
    const folders = new Set(files.map(file => file.split('/')[0]).filter(name => name !== 'main.ts'));
    expect([...folders].filter(folder => layerOf(`${folder}/x`) < 0)).toEqual([]);
  });

  it('import inwards only', () => {
    const outward = files
      .filter(file => file !== 'main.ts')
      .flatMap(file =>
        importsOf(file)
          .filter(target => layerOf(target) > layerOf(file))
          .map(target => `${file} → ${target}`),
      );
    expect(outward).toEqual([]);
  });

  it('have no circle of files: of any two, one can be read without the other', () => {
    expect(circlesOf(new Map(files.map(file => [file, importsOf(file)])))).toEqual([]);
  });

  it.each([
    ['rooms, those of one layer neither', (file: string) => file.split('/')[0] ?? ''],
    ['folders, a folder and those in it neither', (file: string) => dirname(file)],
  ])('have no circle of %s', (_, holderOf) => {
    const arrows = [...Map.groupBy(files, holderOf)].map(([holder, own]): [string, string[]] => [
      holder,
      own
        .flatMap(importsOf)
        .map(holderOf)
        .filter(target => target !== holder),
    ]);
    expect(circlesOf(new Map(arrows))).toEqual([]);
  });

  it('would be told of a circle, and of who is in it', () => {
    const arrows = { a: ['b'], b: ['c', 'x'], c: ['a'], d: ['a', 'e'], e: ['e'] };
    expect(circlesOf(new Map(Object.entries(arrows)))).toEqual([['a', 'b', 'c'], ['e']]);
  });

  it('leave nobody importing the command line', () => {
    const wrong = files
      .filter(file => !file.startsWith('cli/') && file !== 'main.ts')
      .flatMap(file =>
        importsOf(file)
          .filter(target => target.startsWith('cli/'))
          .map(target => `${file} → ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('load the client library only for who talks to a cluster: it takes 80 MiB and half a second', () => {
    const loading = files.filter(file =>
      /^import (?!type )[^;]*'@kubernetes\/client-node'/m.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(loading).toEqual([]);
  });
});
