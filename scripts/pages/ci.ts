import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const PAGE = new URL('docs/ci/README.md', ROOT);

/** Fills docs/ci/README.md with what its tests print, as test/golden/ci has it, below each `<!-- golden: FILE -->`. */
export const ciPage = (): string =>
  readFileSync(PAGE, 'utf8').replaceAll(
    /(<!-- golden: (\S+) -->\n)(?:```\n[\s\S]*?\n```|>.*(?:\n>.*)*)/g,
    (_, mark: string, file: string) => `${mark}${blockOf(file)}`,
  );

/** A comment is shown as GitHub renders it, anything else as plain text. */
function blockOf(file: string): string {
  const lines = readFileSync(new URL(`test/golden/ci/${file}`, ROOT), 'utf8')
    .trimEnd()
    .split('\n');
  return file.endsWith('.md')
    ? lines.map(line => `> ${line}`.trimEnd()).join('\n')
    : ['```', ...lines, '```'].join('\n');
}
