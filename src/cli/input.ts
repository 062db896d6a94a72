import { readSubjects, type Subjects } from '../input/subjects.ts';
import { someOf } from '../report/words.ts';
import { readSources } from '../source/files.ts';
import { splitList } from '../source/list.ts';
import { byPlace } from '../source/place.ts';
import { Failure } from './failure.ts';
import { chunksOf } from './ground.ts';
import type { CliIo } from './io.ts';

export interface Input extends Subjects {
  /** In the order in which they were read. */
  readonly files: readonly string[];
}

/**
 * Everything at these paths that makes Pods, with the problems of reading it.
 * @throws Failure where there is not a single document: most likely what should have written them has failed
 */
export async function readInput(paths: readonly string[], namespace: string, io: CliIo): Promise<Input> {
  const read = await readSources(paths, chunksOf(io.stdin), { of: 'manifests' });
  if (read.documents.length === 0 && read.problems.length === 0 && read.unrelated === 0) {
    throw new Failure(
      `there is no document in ${someOf(paths.map(nameOf))}`,
      'Give Kubernetes manifests, in YAML or JSON.',
    );
  }
  const subjects = readSubjects(read.documents.flatMap(splitList), namespace, read.found);
  const { files } = read;
  const unrelated = read.unrelated + subjects.unrelated;
  return {
    ...subjects,
    files,
    unrelated,
    problems: byPlace([...read.problems, ...subjects.problems], files),
  };
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);
