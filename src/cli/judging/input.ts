import { isPassedOver } from '../../input/passed-over.ts';
import { readSubjects, type Subjects } from '../../input/subjects.ts';
import { idIn } from '../../policy/object.ts';
import type { Lying } from '../../report/words/unused.ts';
import type { Problem, SourceDocument } from '../../source/document.ts';
import { eachSource, NOTHING, type Sources } from '../../source/files/files.ts';
import { API_VERSION } from '../../source/group.ts';
import { objectsOf } from '../../source/list.ts';
import { isMap } from '../../source/mapping.ts';
import { byPlace } from '../../source/place.ts';
import { someOf } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn, waitingFor } from '../console/progress.ts';
import { chunksOf } from '../console/tell.ts';
import type { Taken } from '../settings/options.ts';
import { collectOften } from './collect-often.ts';
import { composePlace } from './compose-place.ts';
import { type RenderOptions, readProject } from './render-project.ts';

export interface Input extends Subjects {
  /** The files in the order in which they were read. */
  readonly files: readonly string[];
  /** How many files and folders were excluded. */
  readonly excluded: number;
  /** How many links to folders elsewhere were not followed. */
  readonly linked: number;
  /** Policies, exemptions and profiles of this project among the manifests, which were not named as such. */
  readonly lying: readonly Lying[];
}

export interface ReadInput extends RenderOptions {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  readonly exclude?: readonly string[];
  /** Whether `.cofferdamignore` is obeyed. */
  readonly ignore?: boolean;
  readonly settings?: Pick<Taken, 'exclude'>;
}

/**
 * Everything at these paths that makes Pods, with the problems of reading it. Nothing else of a file is kept.
 * @throws Failure where there is not a single document, most likely because the program that should have written them failed
 */
export async function readInput(paths: readonly string[], options: ReadInput, io: CliIo): Promise<Input> {
  collectOften();
  const { namespace, exclude = [], ignore = true, settings } = options;
  const parts: Input[] = [];
  let empty = true;
  const progress = progressOn(io, 'read files:', undefined);
  for await (const read of eachSource(paths, chunksOf(io.stdin), {
    of: 'manifests',
    exclude,
    beside: settings?.exclude,
    ignoreFiles: ignore,
    isPassedOver,
  })) {
    empty &&= isEmpty(read);
    progress.tick(parts.length);
    parts.push(readOne(read, namespace));
    for (const project of read.projects) {
      const named = namespace === 'default' ? undefined : namespace;
      const { file, ...made } = await waitingFor(io, project.folder, readProject(project, options, named));
      parts.push(readOne({ ...NOTHING, ...made, files: [file] }, namespace));
    }
  }
  progress.end();
  if (!empty) return join(parts);
  throw new Failure(
    `there is no document in ${someOf(paths.map(nameOf))}`,
    'Give Kubernetes manifests, in YAML or JSON.',
  );
}

const isEmpty = ({ documents, problems, unrelated, excluded, projects }: Sources): boolean =>
  documents.length + problems.length + unrelated + excluded + projects.length === 0;

function readOne(
  { documents, problems, files, found, unrelated, excluded, linked }: Sources,
  namespace: string,
): Input {
  const { objects, problems: tooMany } = objectsOf(documents);
  const subjects = readSubjects(objects, namespace, found, composePlace);
  return {
    ...subjects,
    files,
    lying: objects.flatMap(lyingIn),
    excluded,
    linked,
    unrelated: unrelated + subjects.unrelated,
    problems: [...problems, ...tooMany, ...subjects.problems],
  };
}

/** A policy, exemption or profile that is not in a list: its name, and its place. */
function lyingIn(document: SourceDocument): readonly Lying[] {
  const { value, position } = document;
  const isOwn = isMap(value) && value.apiVersion === API_VERSION;
  const id = isOwn ? idIn(document) : undefined;
  return id === undefined ? [] : [{ id, position }];
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
    linked: sum(({ linked }) => linked),
    problems: byPlace(problems, files),
    lying: parts.flatMap(({ lying }) => lying),
  };
}

function adding(all: Map<string, number>, some: ReadonlyMap<string, number>): Map<string, number> {
  for (const [kind, count] of some) all.set(kind, (all.get(kind) ?? 0) + count);
  return all;
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);
