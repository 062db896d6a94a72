import { isMap, type Mapping } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import { isContainerList } from './shape.ts';

/** Defaults for all items of a list beside them, with their places. */
export interface Filled {
  /** The map, with its lists filled in, and without the defaults. */
  readonly map: Mapping;
  /** The places of what an item has by default: where it would be in the map, and where it is. */
  readonly moved: readonly (readonly [at: Keys, from: Keys])[];
}

/**
 * By convention, `stepTemplate` beside `steps` is what each of them has unless it says otherwise (Tekton), and so is
 * `templateDefaults` beside `templates` (Argo). Both merge as Kubernetes merges: maps by key, some lists by name; the rest
 * is the item's, where it says anything.
 * https://tekton.dev/docs/pipelines/tasks/#specifying-a-step-template
 * https://argo-workflows.readthedocs.io/en/latest/template-defaults/
 * @param most how many fields may be filled in; undefined where there are more
 */
export function filledIn(map: Mapping, most: number): Filled | undefined {
  const pairs = Object.keys(map).flatMap(key => pairOf(map, key) ?? []);
  const set = containerSetOf(map);
  if (pairs.length === 0 && !set) return { map, moved: [] };
  const filled: Record<string, unknown> = { ...map };
  const moved: [Keys, Keys][] = [];
  if (set) {
    filled.containers = set;
    delete filled.containerSet;
    moved.push([['containers'], ['containerSet', 'containers']]);
  }
  for (const { key, list, items, defaults, isForContainers } of pairs) {
    const merged = items.map((item, i) => {
      if (!isMap(item) || isElsewhere(item) || moved.length > most) return item;
      return merge(item, defaults, { at: [list, i], from: [key], moved });
    });
    if (moved.length > most) return undefined;
    if (isForContainers && !isContainerList(merged, list)) continue;
    filled[list] = merged;
    delete filled[key];
  }
  return { map: filled, moved };
}

/** Whether it is defined in another object, or in other items of the list, so that it has no container of its own to fill in. */
const isElsewhere = (item: Mapping): boolean =>
  ['ref', 'steps', 'dag', 'suspend'].some(key => (item[key] ?? undefined) !== undefined);

/** The containers of an Argo template that has several, which form one Pod with the init containers and volumes beside them. */
function containerSetOf({ containerSet, containers }: Mapping): readonly unknown[] | undefined {
  if (!isMap(containerSet) || containers !== undefined) return undefined;
  const list = containerSet.containers;
  return isContainerList(list, 'containers') ? list : undefined;
}

interface Pair {
  readonly key: string;
  readonly list: string;
  readonly items: readonly unknown[];
  readonly defaults: Mapping;
  /** Whether the defaults are for containers; a template of something else has another meaning. */
  readonly isForContainers: boolean;
}

function pairOf(map: Mapping, key: string): Pair | undefined {
  const [, one, word] = /^([a-z]\w*?)(Template|Defaults?)$/.exec(key) ?? [];
  const [list, defaults] = [`${one}s`, map[key]];
  const items = map[list];
  if (!Array.isArray(items) || !isMap(defaults) || isMap(defaults.spec)) return undefined;
  return { key, list, items, defaults, isForContainers: word === 'Template' };
}

/** The key that identifies the items of a list of containers or Pods (`patchMergeKey` in core/v1). */
const MERGED_BY: Readonly<Record<string, string>> = {
  env: 'name',
  volumes: 'name',
  sidecars: 'name',
  initContainers: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
};
/** The kinds of an Argo template, which is exactly one of these. */
const KIND = /^(container|script|containerSet|resource|data|http|plugin)$/;
/** Containers are nowhere near as deep, and JSON may nest deeper than calls may. */
const DEEPEST = 30;

interface Merging {
  readonly at: Keys;
  readonly from: Keys;
  readonly moved: [Keys, Keys][];
}

/** An item, with what its defaults have and it lacks. Its own entries keep their places. */
function merge(own: Mapping, defaults: Mapping, { at, from, moved }: Merging): Mapping {
  const merged: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(defaults)) {
    const [mine, by] = [own[key] ?? undefined, MERGED_BY[key]];
    const below = { at: [...at, key], from: [...from, key], moved };
    if (isMap(mine) && isMap(value) && at.length < DEEPEST) merged[key] = merge(mine, value, below);
    else if (Array.isArray(mine) && Array.isArray(value) && by !== undefined) {
      merged[key] = joined(mine, value, by, below);
    } else if (mine === undefined && !(KIND.test(key) && Object.keys(own).some(one => KIND.test(one)))) {
      merged[key] = value;
      moved.push([below.at, below.from]);
    }
  }
  return merged;
}

function joined(mine: readonly unknown[], more: readonly unknown[], by: string, below: Merging): unknown[] {
  const nameOf = (item: unknown): unknown => (isMap(item) ? item[by] : undefined);
  const names = new Set(mine.map(nameOf));
  const all = [...mine];
  for (const [i, item] of more.entries()) {
    if (names.has(nameOf(item))) continue;
    below.moved.push([
      [...below.at, all.length],
      [...below.from, i],
    ]);
    all.push(item);
  }
  return all;
}
