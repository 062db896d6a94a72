import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Beside, ComposePlace } from '../../input/compose/field.ts';
import { realPath } from '../../source/files/real-path.ts';

/** Compose starts relative paths at the folder of its file; what comes by standard input, where the command runs. */
export const composePlace = (file: string): ComposePlace => ({
  folder: file === '-' ? resolve('.') : dirname(resolve(file)),
  realPath,
  ...(file !== '-' && { beside: besideIt(resolve(file)) }),
});

/** What Docker looks for where no file is named, the first first (compose-go, `DefaultFileNames` and those behind it). */
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

/** What a file of variables sets, as compose-go `dotenv` takes it: `NAME=value`, `NAME: value`, and `export` in front. */
function variablesIn(file: string): ReadonlySet<string> {
  try {
    const text = statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
    return new Set(Array.from(text.matchAll(ASSIGNED), ([, name = '']) => name));
  } catch {
    // It is not there, or nobody may read it.
    return new Set();
  }
}

const ASSIGNED = /^\ufeff?[^\S\n]*(?:export\s+)?([A-Za-z_]\w*)[^\S\n]*[=:]/gm;
