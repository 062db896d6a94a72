import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SHELLS } from '../../src/cli/completion/completion.ts';
import { offeredBy } from '../../src/cli/console/offered.ts';
import { COMMANDS, createProgram } from '../../src/cli/program.ts';
import { CHECKS, PREFLIGHT } from '../../src/doctor/checks/index.ts';

/*
What is listed in one place is known in the others: commands, output formats and doctor's checks have a case each, and a place
in the pages. Signals have a test of their own (test/signals/signals.test.ts).
*/

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (folder: string, ending: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith(ending))
    .map(file => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n');

const pages = `${readFileSync(join(ROOT, 'README.md'), 'utf8')}\n${textOf('docs', '.md')}`;
const tests = ['cli', 'doctor', 'export', 'report', 'verify', 'docs'].map(folder =>
  textOf(`test/${folder}`, '.ts'),
);
const cases = tests.join('\n');

const nothing = (): void => {};
const program = await createProgram(
  { stdin: Readable.from([]), out: nothing, err: nothing, env: {}, color: false, isTTY: false },
  nothing,
  undefined,
);
/** What `-o` of each command takes, but for its default, which the command's own cases are about. */
const formats = program.commands.flatMap(command =>
  command.options
    .filter(({ long }) => long === '--output')
    .flatMap(option => offeredBy(option).slice(1))
    .map(name => [command.name(), name] as const),
);
/** Formats that a flag of their own asks for. */
const BY_FLAG: Readonly<Record<string, string>> = { profiles: '--write-profiles' };
const checks = [...CHECKS, ...PREFLIGHT];

describe.each(Object.keys(COMMANDS))('the command %s', name => {
  it('has a folder, a case, and a line in the pages', () => {
    expect(readdirSync(join(ROOT, 'src/cli', name))).toContain(`${name}.ts`);
    expect(cases).toMatch(new RegExp(`['\`]${name}\\b`));
    expect(pages).toMatch(new RegExp(`cofferdam ${name}\\b`));
  });
});

describe.each(formats)('the format of %s called %s', (_, name) => {
  it('has a case, and a word in the pages', () => {
    const flag = BY_FLAG[name];
    const isGolden = existsSync(join(ROOT, `test/golden/formats/shop.${name}`));
    if (!isGolden) expect(cases).toMatch(new RegExp(flag ?? `'-o',\\s+['\`]${name}\\b`));
    expect(pages).toMatch(new RegExp(flag ?? `-o ${name}\\b`));
  });
});

describe.each(Object.keys(SHELLS))('the script of completion for %s', shell => {
  it('has a file, a case, and a line in the pages', () => {
    expect(readdirSync(join(ROOT, 'src/cli/completion'))).toContain(`${shell}.ts`);
    expect(cases).toMatch(new RegExp(`\\bconst ${shell}: Ask\\b`));
    expect(pages).toMatch(new RegExp(`cofferdam completion ${shell}\\b`));
  });
});

describe('the checks of doctor', () => {
  it('have each id once, in kebab-case', () => {
    const ids = checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });

  it.each(checks)(
    '$id says what holds where all is well, has a case, and stands in the pages',
    ({ id, title }) => {
      expect(title).toMatch(/^[a-zA-Z].*[^.]$/);
      const name = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      expect(cases.includes(title) || new RegExp(`\\b${name}\\b`).test(cases)).toBe(true);
      expect(pages).toContain(`\`${id}\``);
    },
  );
});
