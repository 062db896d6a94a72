import { dirname, relative, resolve } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import { isBuiltinPolicy } from '../../policy/builtin.ts';
import { settingsSentence } from '../../report/words/settings.ts';
import type { BesideExclude } from '../../source/files/sources.ts';
import type { CliIo } from '../console/io.ts';
import { findSettings, namedSettings, type SettingsFile } from './find.ts';
import type { SettingsOptions, Taken } from './options.ts';
import { KEYS, type Key, OPTIONS, type Settings } from './schema.ts';

/**
 * Sets options that the command line left out from a repository's settings, and says so.
 * @throws Failure where the settings are broken
 */
export async function applySettings(command: Command, io: CliIo): Promise<void> {
  const found = await fileFor(command.opts<SettingsOptions>());
  if (!found) return;
  // It is loaded only now, as it compiles a schema, and most folders have no settings.
  const { readSettings } = await import('./read.ts');
  const shown = fromHere(found.file);
  const { settings, weakenedBy } = await readSettings(found, shown, io);
  const known = new Set(command.options.map(option => option.attributeName()));
  const taken = KEYS.filter(
    key => settings[key] !== undefined && known.has(OPTIONS[key]) && !isGiven(command, OPTIONS[key]),
  );
  const values = Object.fromEntries(taken.map(key => [key, settings[key]])) as Settings;
  const isNamed = found.root === undefined;
  const exclude = isNamed ? undefined : excludeBeside(values, found, shown);
  for (const key of taken) {
    if (key === 'exclude' && exclude) continue;
    command.setOptionValueWithSource(OPTIONS[key], optionValue(key, values, found), 'config');
  }
  const told: Taken = {
    file: shown,
    values,
    ...(exclude && { exclude }),
    problems: isNamed ? [] : weakenedBy(taken, outOfScope(command)),
  };
  command.setOptionValueWithSource('settings', told, 'config');
  io.err(`${settingsSentence(told)}\n`);
}

async function fileFor({ config }: SettingsOptions): Promise<SettingsFile | undefined> {
  if (config === false) return undefined;
  return config === undefined ? findSettings(process.cwd()) : namedSettings(config);
}

/** The namespaces that nobody is asked about, whether named by a flag or by the settings. */
const outOfScope = (command: Command): readonly string[] => [
  ...SYSTEM_NAMESPACES,
  ...(command.opts<{ readonly excludeNamespace?: readonly string[] }>().excludeNamespace ?? []),
];

const isGiven = (command: Command, option: string): boolean => command.getOptionValueSource(option) === 'cli';

/** Reads patterns like those of a .cofferdamignore, so that a warning says how much they leave out. */
const excludeBeside = (
  { exclude }: Settings,
  { file }: SettingsFile,
  shown: string,
): BesideExclude | undefined => exclude && { patterns: exclude, folder: dirname(file), file: shown };

/** The value in the form of the option. */
function optionValue(key: Key, settings: Settings, { file }: SettingsFile): unknown {
  const path = (value: string): string => fromHere(resolve(dirname(file), value));
  switch (key) {
    case 'policies':
      return settings.policies?.map(value => (isBuiltinPolicy(value) ? value : path(value)));
    case 'cluster':
    case 'baseline':
      return path(settings[key] ?? '');
    default:
      return settings[key];
  }
}

/** A path that cannot be mistaken for a word with another meaning in its place. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path) || '.';
  return short === '-' || isBuiltinPolicy(short) ? `./${short}` : short;
}
