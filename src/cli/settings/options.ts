import type { Command } from 'commander';
import type { Problem } from '../../source/document.ts';
import type { BesideExclude } from '../../source/files/sources.ts';
import { SETTINGS_FILE } from './find.ts';
import type { Settings } from './schema.ts';

/** The settings that were taken from a file. */
export interface Taken {
  /** The file, as messages name it. */
  readonly file: string;
  /** The values that no flag overrode, as in the file. */
  readonly values: Settings;
  /** What it excludes from folders, where the file was found and not named. */
  readonly exclude?: BesideExclude;
  /** Warnings of what may pass because of it, where the file was found and not named, as it may come with what is reviewed. */
  readonly problems: readonly Problem[];
}

export interface SettingsOptions {
  /** The name of the file; false for none. */
  readonly config?: string | false;
  /** Set by `applySettings`. */
  readonly settings?: Taken;
}

export const addSettingsOptions = (command: Command): Command =>
  command
    .option(
      '--config <file>',
      `file with defaults of these options (default: ${SETTINGS_FILE} of this folder or one above, up to the repository's root)`,
    )
    .option('--no-config', `take no defaults from a ${SETTINGS_FILE}`);
