import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BUILTIN_POLICIES, isBuiltinPolicy } from '../../policy/builtin.ts';
import { flawsOf } from '../../policy/messages.ts';
import type { Problem, SourceDocument } from '../../source/document.ts';
import { NO_INPUT, readSources } from '../../source/files/files.ts';
import { isBelow } from '../../source/files/real-path.ts';
import { type Flaw, suggest, toProblem } from '../../source/flaw.ts';
import { isThere } from '../../source/is-there.ts';
import { isMap } from '../../source/mapping.ts';
import type { Keys } from '../../source/path.ts';
import { byPlace } from '../../source/place.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { isError, tell } from '../console/tell.ts';
import type { SettingsFile } from './find.ts';
import { FLAGS_ALONE, type Key, type Settings, weakening } from './schema.ts';
import { validateSettings } from './validator.ts';

/** The content of a settings file. */
export interface ReadFile {
  readonly settings: Settings;
  /**
   * A warning for each of these keys because of which something may pass.
   * @param outOfScope namespaces that nobody asks about
   */
  weakenedBy(keys: readonly Key[], outOfScope: readonly string[]): readonly Problem[];
}

/**
 * Reads a settings file.
 * @param shown its path, as messages name it
 * @throws Failure where something is wrong with it, which is reported with its place
 */
export async function readSettings(
  { file, root }: SettingsFile,
  shown: string,
  io: CliIo,
): Promise<ReadFile> {
  const { documents, problems } = await readSources([shown], NO_INPUT);
  const [document, ...more] = documents;
  const all: Problem[] = [...problems, ...more.map(tooMany)];
  if (document) {
    const flaws = schemaFlaws(document);
    all.push(
      ...(flaws.length > 0 ? flaws : await pathFlaws(document.value as Settings, file, root)).map(flaw =>
        toProblem(flaw, document),
      ),
    );
  }
  tell(byPlace(all), io);
  if (all.some(isError)) throw new Failure(`${shown} has problems, so nothing was judged`);
  return {
    settings: (document?.value ?? {}) as Settings,
    weakenedBy: (keys, outOfScope) => (document ? weakeningsIn(document, keys, outOfScope) : []),
  };
}

const VOUCH =
  'Whoever may change this file decides this: name it with --config if you vouch for it, or use --no-config.';

function weakeningsIn(
  document: SourceDocument,
  keys: readonly Key[],
  outOfScope: readonly string[],
): readonly Problem[] {
  return keys.flatMap(key => {
    const message = weakening(key, (document.value as Settings)[key], outOfScope);
    if (message === undefined) return [];
    const flaw = { path: [key], message, fix: VOUCH, severity: 'warning' } as const;
    return [{ ...toProblem(flaw, document), leftOut: true }];
  });
}

function tooMany(document: SourceDocument): Problem {
  const flaw = {
    path: [],
    message: 'a second document, expected one',
    fix: 'Put all settings into the first.',
  };
  return toProblem(flaw, document);
}

function schemaFlaws(document: SourceDocument): readonly Flaw[] {
  if (validateSettings(document.value)) return [];
  const flaws = flawsOf(validateSettings.errors ?? [], document.value, path => document.writtenAt?.(path));
  return flaws.map(flaw => (isMap(document.value) ? refused(flaw) : flaw));
}

/** Adds why no file can set a flag, where that is the flaw. */
function refused(flaw: Flaw): Flaw {
  const key = String(flaw.path[0]).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const why = Object.hasOwn(FLAGS_ALONE, key) ? FLAGS_ALONE[key] : undefined;
  if (flaw.path.length !== 1 || why === undefined) return flaw;
  const option = `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
  return {
    ...flaw,
    message: `${String(flaw.path[0])} cannot be set here: ${why}, and a pull request may change this file`,
    fix: `Give ${option} where the command is run.`,
  };
}

/** A flaw for each path that does not exist, or is outside of the repository. */
async function pathFlaws(
  { policies = [], cluster, baseline }: Settings,
  file: string,
  root: string | undefined,
): Promise<readonly Flaw[]> {
  const flaws: Flaw[] = [];
  const look = async (path: Keys, value: string, otherwise: string): Promise<void> => {
    const full = resolve(dirname(file), value);
    if (!(await isThere(full))) {
      flaws.push({ path, message: `there is no ${value}, seen from this file`, fix: otherwise });
    } else if (root !== undefined && !(await isInside(full, root))) {
      flaws.push({ path, message: `${value} is outside of the repository`, fix: OUTSIDE });
    }
  };
  for (const [i, value] of policies.entries()) {
    if (isBuiltinPolicy(value)) continue;
    await look(
      ['policies', i],
      value,
      suggest(value, BUILTIN_POLICIES, `${MEND} Built in are ${BUILTIN_POLICIES.join(', ')}.`),
    );
  }
  if (cluster !== undefined) await look(['cluster'], cluster, MEND);
  if (baseline !== undefined) await look(['baseline'], baseline, WRITE);
  return flaws;
}

const MEND = 'Correct the path.';
const WRITE = 'Correct the path, or write it by --write-baseline before it is named here.';
const OUTSIDE = 'Give it on the command line, where whoever runs the command vouches for it.';

/** Whether a path is inside, both by its spelling and by where its links lead. */
async function isInside(path: string, root: string): Promise<boolean> {
  return isBelow(path, root) && isBelow(await realpath(path), await realpath(root));
}
