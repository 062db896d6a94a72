import type { Command } from 'commander';
import type { Problem } from '../../source/document.ts';
import type { BesideExclude } from '../../source/files/sources.ts';
import { SETTINGS_FILE } from './find.ts';
import type { Settings } from './schema.ts';

/** What was taken from a file of settings. */
export interface Taken {
  /** The file as messages name it. */
  readonly file: string;
  /** What no flag overrode, as the file says it. */
  readonly values: Settings;
  /** What it leaves out of folders, where the file was found and not named. */
  readonly exclude?: BesideExclude;
  /** Warnings of what may pass by it, where the file was found and not named: it may come with what is reviewed. */
  readonly problems: readonly Problem[];
}

export interface SettingsOptions {
  /** A file that was named; false for none. */
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
