import { readSubjects, type Subjects } from '../input/subjects.ts';
import { readSources } from '../source/files.ts';
import { splitList } from '../source/list.ts';
import { chunksOf } from './ground.ts';
import type { CliIo } from './io.ts';

/** Everything at these paths that makes Pods, with the problems of reading it. */
export async function readInput(paths: readonly string[], namespace: string, io: CliIo): Promise<Subjects> {
  const read = await readSources(paths, chunksOf(io.stdin));
  const subjects = readSubjects(read.documents.flatMap(splitList), namespace);
  return { ...subjects, problems: [...read.problems, ...subjects.problems] };
}
