import { readSubjects, type Subjects } from '../input/subjects.ts';
import { someOf } from '../report/words.ts';
import type { Problem } from '../source/document.ts';
import { eachSource, type Sources } from '../source/files.ts';
import { objectsOf } from '../source/list.ts';
import { byPlace } from '../source/place.ts';
import { Failure } from './failure.ts';
import { chunksOf } from './ground.ts';
import type { CliIo } from './io.ts';

export interface Input extends Subjects {
  /** In the order in which they were read. */
  readonly files: readonly string[];
}

/**
 * Everything at these paths that makes Pods, with the problems of reading it. Of each file, no more is kept than that.
 * @throws Failure where there is not a single document: most likely what should have written them has failed
 */
export async function readInput(paths: readonly string[], namespace: string, io: CliIo): Promise<Input> {
  const parts: Input[] = [];
  let empty = true;
  for await (const read of eachSource(paths, chunksOf(io.stdin), { of: 'manifests' })) {
    empty &&= read.documents.length + read.problems.length + read.unrelated === 0;
    parts.push(readOne(read, namespace));
  }
  if (!empty) return join(parts);
  throw new Failure(
    `there is no document in ${someOf(paths.map(nameOf))}`,
    'Give Kubernetes manifests, in YAML or JSON.',
  );
}

function readOne({ documents, problems, files, found, unrelated }: Sources, namespace: string): Input {
  const { objects, problems: tooMany } = objectsOf(documents);
  const subjects = readSubjects(objects, namespace, found);
  return {
    ...subjects,
    files,
    unrelated: unrelated + subjects.unrelated,
    problems: [...problems, ...tooMany, ...subjects.problems],
  };
}

function join(parts: readonly Input[]): Input {
  const sum = (count: (part: Input) => number): number => parts.reduce((all, part) => all + count(part), 0);
  const files = parts.flatMap(part => part.files);
  const problems: readonly Problem[] = parts.flatMap(part => part.problems);
  return {
    files,
    subjects: parts.flatMap(({ subjects }) => subjects),
    namespaces: new Map(parts.flatMap(({ namespaces }) => [...namespaces])),
    skipped: parts.reduce((all, { skipped }) => adding(all, skipped), new Map<string, number>()),
    unrelated: sum(({ unrelated }) => unrelated),
    problems: byPlace(problems, files),
  };
}

function adding(all: Map<string, number>, some: ReadonlyMap<string, number>): Map<string, number> {
  for (const [kind, count] of some) all.set(kind, (all.get(kind) ?? 0) + count);
  return all;
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);
