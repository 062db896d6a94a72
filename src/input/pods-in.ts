import { isMap, type Mapping } from '../source/mapping.ts';
import { type Keys, valueAt } from '../source/path.ts';
import { type Assembled, assemble, atOrigin } from './assemble.ts';
import { mayHoldPods } from './kinds.ts';
import { knownTemplate } from './known.ts';
import { madeBy, pathAt } from './made-by.ts';
import { underTemplate } from './path.ts';
import { type Named, podOf } from './pod-of.ts';
import { type Moved, pathTo, search, whereIs } from './search.ts';
import { partNames, TOO_LARGE } from './template.ts';

/** A Pod as an object describes it, or the described part of one. */
export interface DescribedPod {
  /** The object's name, with what distinguishes one of several Pods. */
  readonly name: string;
  readonly pod: unknown;
  /** The path of the template, or of most of the part; empty for a Pod. */
  readonly keys: Keys;
  /** The field path in the object for a Pod's field. */
  readonly pathOf: (podField: string) => string;
  /** Whether it is a part of a Pod, where the controller's additions are not known. */
  readonly isFragment: boolean;
  /** The places of changes to it that cannot be read. */
  readonly unread?: readonly Keys[];
}

export interface PodsIn {
  readonly pods: readonly DescribedPod[];
  /** The places of whole objects in the object. */
  readonly objects: readonly Keys[];
  /** Why there may be others. */
  readonly excess?: string;
}

/** The most Pods of one object; Argo's largest workflows have some hundred templates. */
const MOST = 1000;
const TOO_MANY = `holds more than ${MOST} Pod templates, parts of Pods, or objects`;

const NONE: PodsIn = { pods: [], objects: [] };

/** @param owner the owner, with the namespace in which its Pods will be */
export function podsIn(object: Mapping, owner: Named): PodsIn {
  const known = knownTemplate(object);
  if (known) return { ...NONE, pods: [whole(object, known, owner)] };
  if (!mayHoldPods(object)) return NONE;
  const { tooLarge, moved, ...found } = search(object);
  const [templates, objects] = [found.templates.slice(0, MOST), found.objects.slice(0, MOST)];
  const fragments = assemble(found.parts.slice(0, MOST));
  const all = [...templates, ...found.parts.slice(0, MOST).map(pathTo)];
  const isMore = Object.values(found).some(list => list.length > MOST);
  const parts = [...templates, ...fragments.map(({ keys }) => keys)];
  const names = parts.length > 1 ? partNames(object, parts) : new Map<Keys, string>();
  const partly = (keys: Keys): Named => {
    const part = names.get(keys) ?? '';
    return part === '' ? owner : { ...owner, name: `${owner.name}/${part}` };
  };
  return {
    pods: [
      ...templates.map(keys => ({
        ...whole(object, keys, partly(keys), true),
        isFragment: isUnfinished(valueAt(object, keys)) || isMerged(keys, all),
      })),
      ...fragments.map(part => ofPart(part, partly(part.keys), moved)),
    ],
    objects,
    ...(tooLarge && { excess: TOO_LARGE }),
    ...(isMore && { excess: TOO_MANY }),
  };
}

/**
 * Whether a container has no image: it then stands for one that the controller adds, and is merged into that (Flink's
 * `flink-main-container`).
 */
function isUnfinished(template: unknown): boolean {
  const containers = valueAt(template, ['spec', 'containers']);
  return Array.isArray(containers) && containers.some(one => isMap(one) && (one.image ?? '') === '');
}

/** If templates have the same key, an outer one is merged into inner ones, as Flink's `podTemplate` is. */
const isMerged = (keys: Keys, all: readonly Keys[]): boolean =>
  all.some(other => other.at(-1) === keys.at(-1) && other.length !== keys.length && isAround(other, keys));

/** Whether what contains the one also contains the other. */
function isAround(one: Keys, other: Keys): boolean {
  const [outer, inner] = one.length < other.length ? [one, other] : [other, one];
  return outer.slice(0, -1).every((key, i) => inner[i] === key);
}

const ofPart = (part: Assembled, owner: Named, moved: Moved): DescribedPod => ({
  name: owner.name,
  pod: podOf(part.pod, owner),
  keys: part.keys,
  pathOf: field => whereIs(atOrigin(part, field), moved),
  isFragment: true,
  unread: part.unread,
});

/** @param fillsIn whether its controller names containers without a name, as Knative does */
function whole(object: Mapping, keys: Keys, owner: Named, fillsIn = false): DescribedPod {
  if (keys.length === 0)
    return { name: owner.name, pod: object, keys, pathOf: field => field, isFragment: false };
  const template = valueAt(object, keys);
  const { pod, origins } = madeBy(object, keys, fillsIn ? withNames(template) : template, owner);
  const pathOf = (field: string): string => pathAt(origins, field) ?? underTemplate(keys, field);
  return { name: owner.name, pod, keys, pathOf, isFragment: false };
}

function withNames(template: unknown): unknown {
  if (!isMap(template) || !isMap(template.spec)) return template;
  const { spec } = template;
  const lists = ['containers', 'initContainers'].flatMap(key => {
    const list = spec[key];
    return Array.isArray(list) ? [[key, list.map(withName)]] : [];
  });
  return { ...template, spec: { ...spec, ...Object.fromEntries(lists) } };
}

const withName = (container: unknown, i: number): unknown =>
  isMap(container) && (container.name ?? undefined) === undefined
    ? { ...container, name: `container-${i}` }
    : container;
