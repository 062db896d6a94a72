import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, sectionOf } from './pages.ts';

/** The examples of what a contributor adds, from CONTRIBUTING.md. */
const EXAMPLES = sectionOf('CONTRIBUTING.md', 'Adding to it');

/** A block of an example: a whole file, or some lines of one with additions and removals. */
interface Part {
  readonly path: string;
  readonly isChange: boolean;
  readonly body: string;
}

const PATH = /`((?:src|policies|test|docs|charts)\/[\w/.-]+\.\w+)`/g;
const pathsIn = (text: string): readonly string[] => Array.from(text.matchAll(PATH), ([, path = '']) => path);

/** Each block except commands, with the last path in the paragraph above it. */
export const PARTS: readonly Part[] = EXAMPLES.split(/^```$/m).flatMap(text => {
  const [above = '', language, body = ''] = text.split(/^```(\w+)\n/m);
  if (language === undefined || language === 'sh') return [];
  const path = pathsIn(above.trimEnd().split('\n\n').at(-1) ?? '').at(-1);
  if (path === undefined) throw new Error(`no file is named above: ${body.slice(0, 100)}`);
  return [{ path, isChange: language === 'diff', body }];
});

/** The files that the commands of the examples write: pages by `npm run docs`, and the expected outputs of tests. */
export const WRITTEN: readonly string[] = [
  ...Array.from(EXAMPLES.matchAll(/^`npm run docs` writes it into .*?[.,] /gm), ([text]) =>
    pathsIn(text),
  ).flat(),
  ...pathsIn(EXAMPLES).filter(path => path.startsWith('test/golden/')),
];

/** The tests that the examples end with. */
export const TESTS: readonly string[] = Array.from(
  EXAMPLES.replaceAll('\\\n', '').matchAll(/^npm test -- (.*)$/gm),
  ([, words = '']) => words.split(/ +/).filter(word => !word.startsWith('-')),
).flat();

const LEFT = ['.git', 'coverage', 'dist', 'node_modules'];

/** A copy of the repository, with its packages linked. */
export function copyTo(folder: string): void {
  for (const name of readdirSync(ROOT)) {
    if (!LEFT.includes(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** @throws Error where a new file already exists, or where the lines to change are not there exactly once */
export function apply({ path, isChange, body }: Part, folder: string): void {
  const file = join(folder, path);
  if (!isChange) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body, { flag: 'wx' });
    return;
  }
  const lines = body.split('\n').slice(0, -1);
  const having = (marks: string): string =>
    lines
      .filter(line => marks.includes(line.charAt(0)))
      .map(line => `${line.slice(1)}\n`)
      .join('');
  const parts = readFileSync(file, 'utf8').split(having(' -'));
  if (parts.length !== 2) throw new Error(`not once in ${path}:\n${having(' -')}`);
  writeFileSync(file, parts.join(having(' +')));
}
