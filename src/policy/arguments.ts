import type { Problem } from '../source/document.ts';
import {
  type FileSystem,
  joinSources,
  NO_SUCH_FILE,
  NOTHING,
  readSources,
  type Sources,
} from '../source/files/files.ts';
import { suggest } from '../source/flaw.ts';
import { KINDS } from '../source/group.ts';
import { splitList } from '../source/list.ts';
import { BUILTIN_POLICIES, builtinPolicy, isBuiltinPolicy } from './builtin.ts';

/** Files of cases for a policy, which lie beside it. */
const TESTS = /\.tests\.(yaml|yml|json)$/;

/**
 * The documents of policy arguments, each a built-in name or a path (file, folder, `-`). A built-in name wins over a
 * file of that name; `./strict` is the file. Files of policy tests in a folder are passed over.
 */
export async function readPolicies(
  names: readonly string[],
  stdin: AsyncIterable<string | Uint8Array>,
  fs: FileSystem = {},
): Promise<Sources> {
  const read: Sources[] = [];
  for (const name of new Set(names)) {
    read.push(isBuiltinPolicy(name) ? builtin(name) : await readPath(name, stdin, fs));
  }
  return joinSources(read);
}

const builtin = (name: (typeof BUILTIN_POLICIES)[number]): Sources => ({
  ...NOTHING,
  documents: builtinPolicy(name),
});

async function readPath(
  path: string,
  stdin: AsyncIterable<string | Uint8Array>,
  fs: FileSystem = {},
): Promise<Sources> {
  const read = await readSources([path], stdin, { fs });
  const documents = read.documents
    .filter(({ position }) => position.file === path || !TESTS.test(position.file))
    .flatMap(splitList);
  const problems = read.problems.map(problem => mayBeName(problem, path));
  return {
    ...read,
    documents,
    problems: documents.length + problems.length > 0 ? problems : [holdsNone(path)],
  };
}

/**
 * Whoever names a file wants something in it to be in force, so a file that was cut short must not pass for one without
 * policies.
 */
const holdsNone = (file: string): Problem => ({
  severity: 'error',
  position: { file },
  path: '',
  message: 'holds no policy, exemption or profile',
  fix: `Write one of ${KINDS.join(', ')} into it, or do not name it.`,
});

/** An argument without a slash or a dot that is no file was probably meant as a name. */
function mayBeName(problem: Problem, path: string): Problem {
  if (problem.message !== NO_SUCH_FILE || !/^[\w-]+$/.test(path)) return problem;
  return {
    ...problem,
    message: `${path} is neither a built-in policy (${BUILTIN_POLICIES.join(', ')}) nor a file or folder`,
    fix: suggest(path, BUILTIN_POLICIES, 'Name one of these, or the path of a file or folder.'),
  };
}
