import { basename, join, relative, resolve, sep } from 'node:path';
import type { Problem } from '../document.ts';
import { isKubernetesObject, objectsOf } from '../list.ts';
import { IS_TEMPLATE } from './helm.ts';
import { IGNORE_FILE, Ignored } from './ignored.ts';
import { CHART_FILE, CHART_VALUES } from './project-files.ts';
import { chartOf, type Project, type Projects, projectsIn } from './projects.ts';
import { bytesOf, decode, looksLikeManifest } from './read-file.ts';
import { failed, NOTHING, type Reader, type Sources } from './sources.ts';
import {
  type Disk,
  type Entry,
  EXTENSIONS,
  HIDDEN,
  type Made,
  NO_MANIFESTS,
  readPatterns,
  type WalkRules,
  walk,
} from './walk.ts';
import { failing, unreadable } from './why-not.ts';

/** The documents in the files of a folder, and of the folders in it. */
export async function* readFolder(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  const chart = of === 'manifests' ? await chartAround(path, fs) : undefined;
  if (chart) {
    yield { ...NOTHING, projects: [chart] };
    return;
  }
  const walked = await walk(path, await rulesFor(path, reader), fs);
  const { projects, parts, problems } = of === 'manifests' ? await projectsIn(walked, path, fs) : NO_PROJECTS;
  const files = walked.files.filter(({ shown }) => !parts.has(resolve(shown)));
  const values = valuesOf(walked.charts);
  const templates: Problem[] = [];
  for (const file of files) {
    const read = asPartOf(values, file, await readFound(file, reader));
    if (of === 'manifests' && !reader.everyFile && isTemplate(read)) templates.push(...read.problems);
    else yield read;
  }
  const all = [...walked.problems, ...problems, ...templatesIn(templates)];
  const { excluded, linked } = walked;
  const told = all.map(({ position }) => position.file);
  yield { ...NOTHING, problems: all, files: told, excluded, linked, projects };
  if (files.length + all.length + projects.length + parts.size + excluded > 0) return;
  const message = `no file ends in ${EXTENSIONS.join(', ')}`;
  yield failed(failing(path, message, 'Name a folder that holds such files.'));
}

/** The chart to whose templates a folder belongs. */
async function chartAround(path: string, fs: Disk): Promise<Project | undefined> {
  const folder = chartOf(path);
  if (folder === undefined) return undefined;
  const chart = await fs.stat(join(folder, CHART_FILE)).catch(() => undefined);
  if (!chart || chart.isDirectory()) return undefined;
  return { kind: 'chart', folder, name: basename(resolve(folder)), named: true };
}

/** The rules of the folders above, up to where the command runs, apply to a folder, too. */
async function rulesFor(path: string, { of, exclude, beside, ignoreFiles, fs }: Reader): Promise<WalkRules> {
  if (of === 'settings')
    return { passOver: HIDDEN, ignored: new Ignored(), ignoreFiles: false, projects: false };
  let ignored = new Ignored().and(exclude, '.').and(exclude, path);
  if (beside) ignored = ignored.and(beside.patterns, beside.folder, beside.file);
  const between = relative('.', path).split(sep);
  if (ignoreFiles && between[0] !== '' && between[0] !== '..') {
    for (let i = 0; i < between.length; i++) {
      const folder = join('.', ...between.slice(0, i));
      const text = await readPatterns(join(folder, IGNORE_FILE), fs).catch(() => undefined);
      if (text) ignored = ignored.and(Buffer.from(text).toString(), folder, join(folder, IGNORE_FILE));
    }
  }
  return { passOver: NO_MANIFESTS, ignored, ignoreFiles, projects: true };
}

/** Files with the values of charts. */
const valuesOf = (charts: readonly Made[]): ReadonlySet<string> =>
  new Set(charts.flatMap(({ folder }) => CHART_VALUES.map(name => join(folder, name))));

/** Reports a file as part of its chart, unless there are manifests in it, or something that may have been meant as one. */
function asPartOf(values: ReadonlySet<string>, { shown }: Entry, read: Sources): Sources {
  const { documents, problems, files, found } = read;
  if (!values.has(shown) || problems.length > 0) return read;
  const holdsObjects = objectsOf(documents).objects.some(({ value }) => isKubernetesObject(value));
  return holdsObjects ? read : { ...NOTHING, files, found };
}

const NO_PROJECTS: Projects = { projects: [], parts: new Set(), problems: [] };

const isTemplate = ({ problems }: Sources): boolean => problems[0]?.message === IS_TEMPLATE;

/** There is one warning for all, as whoever walks through a repository has asked for none of them. */
function templatesIn(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems;
  if (!first) return [];
  const many = `${problems.length} files are templates (they hold {{ }}), not manifests: this is the first`;
  const message = problems.length === 1 ? 'a template (it holds {{ }}), not a manifest' : many;
  const fix = 'Review what is made of them, or leave them out with --exclude.';
  return [{ ...first, severity: 'warning', message, fix, leftOut: true }];
}

/** A file that was found in a folder: within a tree of manifests, one that does not look like a manifest need not be one. */
async function readFound({ path, shown }: Entry, reader: Reader): Promise<Sources> {
  const { fs, of, everyFile } = reader;
  const found = new Set([shown]);
  try {
    const bytes = await bytesOf(path, await fs.stat(path), fs);
    const read = decode(bytes, shown, reader);
    if (of === 'settings' || everyFile || read.problems.length === 0 || looksLikeManifest(bytes))
      return { ...read, found };
    return { ...NOTHING, documents: read.documents, files: [shown], found, unrelated: 1 };
  } catch (error) {
    return { ...failed(unreadable(shown, error)), found };
  }
}
