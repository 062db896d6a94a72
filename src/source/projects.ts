import { basename, join, resolve } from 'node:path';
import { decodeText } from './decode.ts';
import type { Problem, SourceDocument } from './document.ts';
import { isMap } from './mapping.ts';
import type { Disk, Entry, Walked } from './walk.ts';
import { failing, unreadable } from './why-not.ts';
import { readDocuments } from './yaml.ts';

/** A folder whose manifests are made by a program, out of files that are none by themselves. */
export interface Project {
  readonly kind: 'chart' | 'kustomization';
  /** As it was given or found. */
  readonly folder: string;
  /** A chart's; a folder's own. */
  readonly name: string;
  /** Somebody asked for this folder. */
  readonly named: boolean;
}

export interface Projects {
  readonly projects: readonly Project[];
  /** Full paths of files that kustomizations are made of: patches, and bases. */
  readonly parts: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** What is to be rendered or built in a tree: charts, and kustomizations that no other is made of. */
export async function projectsIn(walked: Walked, root: string, fs: Disk): Promise<Projects> {
  const problems: Problem[] = [];
  const parts = new Set<string>();
  const read = async (entry: Entry): Promise<SourceDocument | undefined> => {
    try {
      const reading = readDocuments(decodeText(await fs.readFile(entry.path)), entry.shown);
      problems.push(...reading.problems);
      return reading.documents[0];
    } catch (error) {
      problems.push(
        error instanceof TypeError
          ? failing(entry.shown, 'not UTF-8 text', 'Save the file as UTF-8.')
          : unreadable(entry.shown, error),
      );
      return undefined;
    }
  };
  const charts: Project[] = [];
  for (const { folder, file } of walked.charts) {
    const chart = (await read(file))?.value;
    if (isMap(chart) && chart.type === 'library') continue;
    const name = isMap(chart) && typeof chart.name === 'string' ? chart.name : basename(resolve(folder));
    charts.push({ kind: 'chart', folder, name, named: folder === root });
  }
  const kustomizations: Project[] = [];
  for (const { folder, file } of walked.kustomizations) {
    const value = (await read(file))?.value;
    for (const text of textsIn(value)) parts.add(resolve(folder, text));
    // A component is a part of others, and is built with them.
    if (isMap(value) && value.kind === 'Component') continue;
    kustomizations.push({
      kind: 'kustomization',
      folder,
      name: basename(resolve(folder)),
      named: folder === root,
    });
  }
  const tops = kustomizations.filter(({ folder, named }) => named || !parts.has(resolve(folder)));
  return { projects: [...charts, ...tops], parts, problems };
}

/** What may be a path, of whatever field: resources, patches, components, generators, replacements, … */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    // `key=path` of a generator.
    yield value.slice(value.indexOf('=') + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}

/** The command line that writes its manifests. @param namespace that they are for, where one is named */
export function commandOf({ kind, folder, name }: Project, namespace?: string): readonly string[] {
  if (kind === 'kustomization') return ['kustomize', 'build', folder];
  return ['helm', 'template', name, folder, ...(namespace === undefined ? [] : ['--namespace', namespace])];
}

/** As a shell takes it. */
export const shellLine = (words: readonly string[]): string =>
  words.map(word => (/^[\w./@:+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

export const CHART_FILE = 'Chart.yaml';
/** kustomize `konfig.RecognizedKustomizationFileNames`. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Of a chart: what `helm template` reads by itself. */
export const CHART_FOLDERS = ['templates', 'charts', 'crds'];

/** The chart that a path within its templates belongs to. */
export function chartOf(path: string): string | undefined {
  const at = /(?:^|\/)templates(?:\/|$)/.exec(path);
  return at ? join(path.slice(0, at.index) || '.') : undefined;
}
