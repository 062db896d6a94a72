import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Innermost first: a file may import from its own layer and from those before it. */
const LAYERS = [
  ['source'],
  ['kube'],
  ['pod'],
  ['signals'],
  ['profiles'],
  ['policy', 'cluster'],
  ['decision'],
  ['report', 'input', 'export', 'guard'],
  ['admission', 'controller', 'verify'],
  ['doctor'],
  ['cli'],
] as const;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));

const layerOf = (file: string): number =>
  LAYERS.findIndex(layer => (layer as readonly string[]).includes(file.split('/')[0] ?? ''));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) =>
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
