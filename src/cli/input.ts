import { readSubjects, type Subjects } from '../input/subjects.ts';
import { someOf } from '../report/words.ts';
import type { Problem } from '../source/document.ts';
import { eachSource, type Sources } from '../source/files.ts';
import { objectsOf } from '../source/list.ts';
import { byPlace } from '../source/place.ts';
import { Failure } from './failure.ts';
import { chunksOf } from './ground.ts';
import { collectOften } from './heap.ts';
import type { CliIo } from './io.ts';
import { type RenderOptions, readProject } from './render.ts';

export interface Input extends Subjects {
  /** In the order in which they were read. */
  readonly files: readonly string[];
  /** Files and folders that somebody left out. */
  readonly excluded: number;
}

export interface ReadInput extends RenderOptions {
  /** Of objects that name none. */
  readonly namespace: string;
  readonly exclude?: readonly string[];
  /** Whether `.cofferdamignore` is obeyed. */
  readonly ignore?: boolean;
}

/**
 * Everything at these paths that makes Pods, with the problems of reading it. Of each file, no more is kept than that.
 * @throws Failure where there is not a single document: most likely what should have written them has failed
 */
export async function readInput(paths: readonly string[], options: ReadInput, io: CliIo): Promise<Input> {
  collectOften();
  const { namespace, exclude = [], ignore = true } = options;
  const parts: Input[] = [];
  let empty = true;
  for await (const read of eachSource(paths, chunksOf(io.stdin), {
    of: 'manifests',
    exclude,
    ignoreFiles: ignore,
  })) {
    empty &&= isEmpty(read);
    parts.push(readOne(read, namespace));
    for (const project of read.projects) {
      const { file, ...made } = await readProject(
        project,
        options,
        namespace === 'default' ? undefined : namespace,
      );
      parts.push(
        readOne({ ...read, ...made, files: [file], found: new Set(), unrelated: 0, excluded: 0 }, namespace),
      );
    }
  }
  if (!empty) return join(parts);
  throw new Failure(
    `there is no document in ${someOf(paths.map(nameOf))}`,
    'Give Kubernetes manifests, in YAML or JSON.',
  );
}

const isEmpty = ({ documents, problems, unrelated, excluded, projects }: Sources): boolean =>
  documents.length + problems.length + unrelated + excluded + projects.length === 0;

function readOne(
  { documents, problems, files, found, unrelated, excluded }: Sources,
  namespace: string,
): Input {
  const { objects, problems: tooMany } = objectsOf(documents);
  const subjects = readSubjects(objects, namespace, found);
  return {
    ...subjects,
    files,
    excluded,
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
    rbac: parts.flatMap(({ rbac }) => rbac),
    namespaces: new Map(parts.flatMap(({ namespaces }) => [...namespaces])),
    skipped: parts.reduce((all, { skipped }) => adding(all, skipped), new Map<string, number>()),
    unrelated: sum(({ unrelated }) => unrelated),
    excluded: sum(({ excluded }) => excluded),
    problems: byPlace(problems, files),
  };
}

function adding(all: Map<string, number>, some: ReadonlyMap<string, number>): Map<string, number> {
  for (const [kind, count] of some) all.set(kind, (all.get(kind) ?? 0) + count);
  return all;
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);
