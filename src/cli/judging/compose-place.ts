import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Beside, ComposePlace } from '../../input/compose/field.ts';
import { realPath } from '../../source/files/real-path.ts';

/** Compose resolves relative paths from the folder of its file; those of standard input, from where the command runs. */
export const composePlace = (file: string): ComposePlace => ({
  folder: file === '-' ? resolve('.') : dirname(resolve(file)),
  realPath,
  ...(file !== '-' && { beside: besideIt(resolve(file)) }),
});

/** The files that Docker looks for where none is named, in this order (compose-go, `DefaultFileNames` and those after it). */
const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = FILES.map(name => name.replace('.y', '.override.y'));

function besideIt(file: string): Beside {
  const at = FILES.indexOf(basename(file));
  const variables = variablesIn(join(dirname(file), '.env'));
  if (at < 0) return { variables };
  const isThere = (name: string): boolean => existsSync(join(dirname(file), name));
  const [override, instead] = [OVERRIDES.find(isThere), FILES.slice(0, at).find(isThere)];
  return {
    variables,
    ...(override !== undefined && { override }),
    ...(instead !== undefined && { instead }),
  };
}

/**
 * The variables that a file sets, in the syntax of compose-go's `dotenv`: `NAME=value`, `NAME: value`, with an optional
 * `export` before them.
 */
function variablesIn(file: string): ReadonlySet<string> {
  try {
    const text = statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
    return new Set(Array.from(text.matchAll(ASSIGNED), ([, name = '']) => name));
  } catch {
    // It does not exist, or may not be read.
    return new Set();
  }
}

const ASSIGNED = /^\ufeff?[^\S\n]*(?:export\s+)?([A-Za-z_]\w*)[^\S\n]*[=:]/gm;
