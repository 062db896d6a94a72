import { isMap, type Mapping } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import { readDocuments } from '../source/yaml/yaml.ts';

/** A longer text is a program rather than a patch. */
const LONGEST = 64 * 1024;
const DEEPEST = 10;

/** Text that an object merges into its Pods (Argo's `podSpecPatch`), and its place. */
export interface PodSpecPatch {
  readonly spec: Mapping;
  readonly keys: Keys;
}

/** The patch in a map, in JSON or YAML; undefined where there is none, or it is none before its placeholders are filled in. */
export function podSpecPatchIn(map: Mapping, at: Keys): PodSpecPatch | undefined {
  const spec = typeof map.podSpecPatch === 'string' ? specIn(map.podSpecPatch) : undefined;
  return spec && { spec, keys: [...at, KEY] };
}

/** The place of a patch that cannot be read as it is; undefined where there is none. */
export function unreadPatchIn(map: Mapping, at: Keys): Keys | undefined {
  const text = map.podSpecPatch;
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  return specIn(text) ? undefined : [...at, KEY];
}

const KEY = 'podSpecPatch';

function specIn(text: string): Mapping | undefined {
  if (text.length > LONGEST) return undefined;
  const { documents, problems } = readDocuments(text, KEY);
  const spec = documents[0]?.value;
  return problems.length === 0 && isMap(spec) ? spec : undefined;
}

/**
 * A Pod's spec with a patch merged into it, as Kubernetes merges: maps by key, containers and volumes by name. The only
 * container of a template is called `main`, whatever the template calls it.
 * https://argo-workflows.readthedocs.io/en/latest/fields/#template
 * @param origins receives the fields that come from the patch
 */
export function patched(
  spec: Mapping,
  { spec: patch, keys }: PodSpecPatch,
  origins: [string, Keys][],
): Record<string, unknown> {
  const told: Tell = (path, value) => {
    origins.push([path, keys]);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      told(Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, one);
    }
  };
  return mergeInto(spec, patch, 'spec', told);
}

/** Records that a value and everything in it comes from the text, within which there are no places. */
type Tell = (path: string, value: unknown) => void;

const BY_NAME = ['containers', 'initContainers', 'volumes'];

function mergeInto(own: Mapping, patch: Mapping, path: string, told: Tell): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(patch)) {
    const [mine, at] = [own[key], `${path}.${key}`];
    if (isMap(mine) && isMap(value) && at.split('.').length < DEEPEST) {
      merged[key] = mergeInto(mine, value, at, told);
    } else if (path === 'spec' && BY_NAME.includes(key) && Array.isArray(mine) && Array.isArray(value)) {
      merged[key] = mergeByName(mine, value, at, told);
    } else {
      merged[key] = value;
      told(at, value);
    }
  }
  return merged;
}

function mergeByName(
  mine: readonly unknown[],
  more: readonly unknown[],
  path: string,
  told: Tell,
): unknown[] {
  const all = [...mine];
  for (const item of more.filter(isMap)) {
    const named = all.findIndex(one => isMap(one) && one.name === item.name);
    const isMain = named < 0 && item.name === 'main' && path === 'spec.containers' && all.length === 1;
    const i = isMain ? 0 : named;
    const one = all[i];
    if (isMap(one)) {
      const { name: _, ...rest } = item;
      all[i] = mergeInto(one, rest, `${path}[${i}]`, told);
    } else {
      told(`${path}[${all.length}]`, item);
      all.push(item);
    }
  }
  return all;
}
