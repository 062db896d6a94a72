import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const PAGE = new URL('docs/writing-policies.md', ROOT);

/** Fills docs/writing-policies.md with the examples that `cofferdam init` writes, below each `<!-- example: FILE -->`. */
export const writingPage = (): string =>
  readFileSync(PAGE, 'utf8').replaceAll(
    /(<!-- example: (\S+) -->\n```yaml\n)[\s\S]*?(?=^```$)/gm,
    (_, mark: string, file: string) => `${mark}${exampleOf(file)}`,
  );

/** A file of policies/first as it would stand in a folder at the root of this repository, with its name below the schema. */
const exampleOf = (file: string): string =>
  readFileSync(new URL(`policies/first/${file}`, ROOT), 'utf8').replace(
    /^(.*\$schema=)\.\.\/(.*\n)/,
    `$1$2# my-policies/${file}\n`,
  );
