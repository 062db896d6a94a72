import { readdirSync } from 'node:fs';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { commandsTold, ENVIRONMENT, exitsIn } from '../../scripts/pages/commands.ts';
import { addConnectionOptions } from '../../src/cli/cluster/connection.ts';
import { takeFromEnv, variableOf } from '../../src/cli/console/env.ts';
import { KEYS } from '../../src/cli/settings/schema.ts';
import { sectionOf, tablesIn, textOf } from './pages.ts';

/*
docs/command-reference.md has every command, flag, environment variable and exit code of the program.
*/

const PAGE = 'docs/command-reference.md';
const all = await commandsTold();

const plain = (cell: string): string => cell.replaceAll('`', '');
const rowsOf = (section: string, head: string): readonly (readonly string[])[] =>
  tablesIn(section)
    .filter(table => table.head[0] === head)
    .flatMap(({ rows }) => rows.map(row => row.map(plain)));

/** Flags and arguments of a command that a section does not have, and variables that do not stand beside their flag. */
function lackingIn(section: string, command: Command): readonly string[] {
  const flags = rowsOf(section, 'flag');
  const words = rowsOf(section, 'argument').map(([word]) => word);
  return [
    ...command.registeredArguments.map(one => one.name()).filter(name => !words.includes(name)),
    ...command.options.flatMap(option => {
      const row = flags.find(([flag]) => flag === option.flags);
      if (!row) return [option.flags];
      const variable = variableOf(command, option);
      return variable === undefined || row.includes(variable) ? [] : [variable];
    }),
  ];
}

it('has the program and the commands that there are', () => {
  const names = all.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['cofferdam', 'cofferdam serve']);
  expect(names).toContain('cofferdam export guard');
});

it.each(all)('has all that $name takes', ({ name, command }) => {
  expect(lackingIn(sectionOf(PAGE, name), command)).toEqual([]);
});

it.each(all)('has what flags of $name are by default', ({ name, command }) => {
  const rows = rowsOf(sectionOf(PAGE, name), 'flag');
  for (const { flags, description, defaultValue, negate } of command.options) {
    const byDefault = rows.find(([flag]) => flag === flags)?.[2] ?? '';
    const told = /default: (.*)\)$/.exec(description)?.[1];
    if (told !== undefined) expect(byDefault).toBe(told);
    else if (typeof defaultValue === 'string' || typeof defaultValue === 'number')
      expect(byDefault).toBe(String(defaultValue));
    else if (!negate) expect([flags, byDefault]).toEqual([flags, '']);
  }
});

it('has the variable of each flag of serve, and of no other command', () => {
  const serve = all.find(({ name }) => name === 'cofferdam serve')?.command as Command;
  const variables = serve.options.map(option => variableOf(serve, option));
  expect(variables).toContain('COFFERDAM_TLS_CERT');
  expect(variables).not.toContain(undefined);
  const others = all.filter(({ command }) => command !== serve);
  expect(
    others.flatMap(({ command }) => command.options.flatMap(one => variableOf(command, one) ?? [])),
  ).toEqual([]);
});

it('finds a flag, an argument and a variable that are not there', () => {
  const doctor = sectionOf(PAGE, 'cofferdam doctor');
  const changed = addConnectionOptions(new Command('doctor').argument('[place]')).option('--new <word>');
  expect(lackingIn(doctor, changed)).toEqual(['place', '--new <word>']);
  takeFromEnv(changed, { env: {}, err: () => {} });
  expect(lackingIn(doctor, changed)).toContain('COFFERDAM_CONTEXT');
});

it.each(all)('says what exit codes of $name mean', ({ name, exits }) => {
  const label = name === 'cofferdam' ? 'every command' : name;
  const row = rowsOf(sectionOf(PAGE, 'Exit codes'), 'command').find(([command]) => command === label);
  expect(row).toEqual([label, ...['0', '1', '2'].map(code => exits.get(code) ?? '')]);
  // Usage that is wrong is 2 everywhere, and each can succeed.
  expect(exits.get('0')).not.toBe(undefined);
  expect(exits.get('2')).not.toBe(undefined);
});

it('reads exit codes of a help, and what stands below them', () => {
  const help =
    'About.\n\nExit code: 0 if it was well; 2 not (usage, or no file).\nOf a part: 1 no.\n\nExamples:\n  one\n';
  const { exits, notes } = exitsIn(help);
  expect([...exits]).toEqual([
    ['0', 'it was well'],
    ['2', 'not (usage, or no file)'],
  ]);
  expect(notes).toEqual(['Of a part: 1 no.']);
  expect(exitsIn('About.\n').exits.size).toBe(0);
});

/** Names of variables that a source takes from the environment, in whatever way. */
const variablesIn = (source: string): readonly string[] =>
  [
    ...source.matchAll(/\benv(?:\.|\[['"])([A-Z][A-Z0-9_]*)/g),
    ...Array.from(
      source.matchAll(/\{([^{}]*)\}(?:: [^=;]+)? = (?:process\.)?env\b/g),
      ([, inner = '']) => inner,
    ).flatMap(inner => [...inner.matchAll(/\b([A-Z][A-Z0-9_]+)\b/g)]),
  ].map(([, name = '']) => name);

it('has every variable that src reads, and those that help names', () => {
  const read = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => variablesIn(textOf(`src/${file}`)));
  const told = all.flatMap(({ command }) =>
    command.options.flatMap(({ description }) =>
      Array.from(description.matchAll(/\$([A-Z]+)/g), ([, name = '']) => name),
    ),
  );
  expect(new Set([...read, ...told])).toEqual(
    new Set(Object.keys(ENVIRONMENT).filter(name => !BY_OTHERS.includes(name))),
  );
  const rows = rowsOf(sectionOf(PAGE, 'Environment variables'), 'variable').map(([name]) => name);
  expect(rows).toEqual(Object.keys(ENVIRONMENT));
});

/** Read by Node, which looks for programs, and by the client library, which looks for a kubeconfig. */
const BY_OTHERS = ['PATH', 'HOME'];

it('finds a variable that is read in any of three ways', () => {
  expect(variablesIn("const a = io.env.NEW_ONE ?? process.env['NEW_TWO'];")).toEqual(['NEW_ONE', 'NEW_TWO']);
  expect(variablesIn("const { NEW_THREE: host, NEW_FOUR = '443' } = env;")).toEqual([
    'NEW_THREE',
    'NEW_FOUR',
  ]);
});

it('has every key of .cofferdam.yaml, beside the flag that it stands for', () => {
  expect(rowsOf(sectionOf(PAGE, '.cofferdam.yaml'), 'key').map(([key]) => key)).toEqual(KEYS);
  const beside = rowsOf(sectionOf(PAGE, 'cofferdam review'), 'flag').flatMap(row => row[3] || []);
  expect(new Set(beside.map(cell => cell.replace(': false', '')))).toEqual(new Set(KEYS));
});
