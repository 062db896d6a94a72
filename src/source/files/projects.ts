import { basename, join, resolve } from 'node:path';
import type { Problem, Purpose, SourceDocument } from '../document.ts';
import { isMap, type Mapping } from '../mapping.ts';
import { readDocuments } from '../yaml/yaml.ts';
import { decodeText } from './decode.ts';
import type { Disk, Entry, Walked } from './walk.ts';
import { failing, unreadable } from './why-not.ts';

/** A folder whose manifests a program makes, from files that are no manifests themselves. */
export interface Project {
  readonly kind: 'chart' | 'kustomization';
  /** The folder as it was given or found. */
  readonly folder: string;
  /** The name of the chart, or of the folder. */
  readonly name: string;
  /** Whether somebody asked for this folder. */
  readonly named: boolean;
}

export interface Projects {
  readonly projects: readonly Project[];
  /** The full paths of files that kustomizations consist of: patches, and bases. */
  readonly parts: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** What to render or build in a tree: charts, and kustomizations that are not part of another. */
export async function projectsIn(walked: Walked, root: string, fs: Disk): Promise<Projects> {
  const problems: Problem[] = [];
  const parts = new Set<string>();
  const read = async (entry: Entry, purpose: Purpose): Promise<SourceDocument | undefined> => {
    try {
      const reading = readDocuments(decodeText(await fs.readFile(entry.path)), entry.shown, purpose);
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
    // Helm also takes the last value of a key that is set twice; kustomize does not.
    const chart = (await read(file, 'manifests'))?.value;
    if (says(chart, 'type', 'library')) {
      problems.push(notRead(folder, LIBRARY));
      continue;
    }
    const name = isMap(chart) && typeof chart.name === 'string' ? chart.name : basename(resolve(folder));
    charts.push({ kind: 'chart', folder, name, named: folder === root });
  }
  const kustomizations: Project[] = [];
  const components: Project[] = [];
  for (const { folder, file } of walked.kustomizations) {
    const value = (await read(file, 'settings'))?.value;
    for (const path of pathsIn(value)) parts.add(resolve(folder, path));
    // A component is part of others, and is built with them; Flux has a kind with the same name.
    if (isMap(value) && isOfFlux(value)) continue;
    const list = says(value, 'kind', 'Component') ? components : kustomizations;
    list.push({
      kind: 'kustomization',
      folder,
      name: basename(resolve(folder)),
      named: folder === root,
    });
  }
  const isTop = ({ folder }: Project): boolean => !parts.has(resolve(folder));
  const tops = kustomizations.filter(one => one.named || isTop(one));
  problems.push(...components.filter(isTop).map(({ folder }) => notRead(folder, UNUSED)));
  return { projects: [...charts, ...tops], parts, problems };
}

const LIBRARY = [
  'a library chart, which makes nothing by itself: its templates were not read',
  'Review a chart that depends on it.',
] as const;
const UNUSED = [
  'a component of kustomizations, of which none here names it: what it is made of was not read',
  'Review a kustomization that names it.',
] as const;

const notRead = (folder: string, [message, fix]: readonly [string, string]): Problem => ({
  ...failing(folder, message, fix),
  severity: 'warning',
  leftOut: true,
});

const says = (value: unknown, key: string, word: string): boolean => isMap(value) && value[key] === word;

const isOfFlux = ({ apiVersion }: Mapping): boolean =>
  typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');

/** Fields of a kustomization that list files and folders; other fields name them under a key of `PATH`. */
const LISTS = [
  ...[
    'resources',
    'bases',
    'components',
    'crds',
    'configurations',
    'generators',
    'transformers',
    'validators',
  ],
  ...['patchesStrategicMerge'],
];
const PATH = /^(path|files?|envs?|valuesFile|additionalValuesFiles)$/;

function* pathsIn(kustomization: unknown): Generator<string> {
  if (!isMap(kustomization)) return;
  for (const [key, value] of Object.entries(kustomization)) yield* pathsAt(value, LISTS.includes(key));
}

/** @param isPath whether texts here are paths; those of a generator come after `key=` */
function* pathsAt(value: unknown, isPath: boolean): Generator<string> {
  if (typeof value === 'string') {
    if (isPath) yield value.slice(value.indexOf('=') + 1);
  } else if (Array.isArray(value)) {
    for (const item of value) yield* pathsAt(item, isPath);
  } else if (isMap(value)) {
    for (const [key, inner] of Object.entries(value)) yield* pathsAt(inner, PATH.test(key));
  }
}

/**
 * The command line that writes its manifests.
 * @param namespace the namespace that they are for, where one is named
 */
export function commandOf({ kind, folder, name }: Project, namespace?: string): readonly string[] {
  if (kind === 'kustomization') return ['kustomize', 'build', folder];
  return ['helm', 'template', name, folder, ...(namespace === undefined ? [] : ['--namespace', namespace])];
}

/** The words as a line for a shell. */
export const shellLine = (words: readonly string[]): string =>
  words.map(word => (/^[\w./@:+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

/** The chart that a path within its templates belongs to. */
export function chartOf(path: string): string | undefined {
  const at = /(?:^|\/)templates(?:\/|$)/.exec(path);
  return at ? join(path.slice(0, at.index) || '.') : undefined;
}
