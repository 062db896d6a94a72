import { isMap, type Mapping } from '../source/mapping.ts';
import { type Keys, valueAt } from '../source/path.ts';
import { type Assembled, assemble, atOrigin } from './assemble.ts';
import { mayHoldPods } from './kinds.ts';
import { knownTemplate } from './known.ts';
import { madeBy, pathAt } from './made-by.ts';
import { underTemplate } from './path.ts';
import { type Named, podOf } from './pod-of.ts';
import { search } from './search.ts';
import { partName, TOO_LARGE } from './template.ts';

/** A Pod as an object describes it, or the part of one that it describes. */
export interface DescribedPod {
  /** The object's, with what tells one of several. */
  readonly name: string;
  readonly pod: unknown;
  /** Where the template, or most of the part, lies; empty for a Pod. */
  readonly keys: Keys;
  /** The object's field path of a Pod's field. */
  readonly pathOf: (podField: string) => string;
  /** Put together of parts: what its controller adds is not known. */
  readonly isFragment: boolean;
}

export interface PodsIn {
  readonly pods: readonly DescribedPod[];
  /** Where whole objects lie in the object. */
  readonly objects: readonly Keys[];
  /** Why there may be others. */
  readonly excess?: string;
}

/** Argo's largest workflows have some hundred templates. */
const MOST = 1000;
const TOO_MANY = `holds more than ${MOST} Pod templates, parts of Pods, or objects`;

const NONE: PodsIn = { pods: [], objects: [] };

/** @param owner with the namespace in which its Pods will be */
export function podsIn(object: Mapping, owner: Named): PodsIn {
  const known = knownTemplate(object);
  if (known) return { ...NONE, pods: [whole(object, known, owner)] };
  if (!mayHoldPods(object)) return NONE;
  const { tooLarge, ...found } = search(object);
  const [templates, objects] = [found.templates.slice(0, MOST), found.objects.slice(0, MOST)];
  const fragments = assemble(found.parts.slice(0, MOST));
  const isMore = Object.values(found).some(list => list.length > MOST);
  const partly = (keys: Keys): Named =>
    templates.length + fragments.length === 1
      ? owner
      : { ...owner, name: `${owner.name}/${partName(object, keys)}` };
  return {
    pods: [
      ...templates.map(keys => whole(object, keys, partly(keys), true)),
      ...fragments.map(part => ofPart(part, partly(part.keys))),
    ],
    objects,
    ...(tooLarge && { excess: TOO_LARGE }),
    ...(isMore && { excess: TOO_MANY }),
  };
}

const ofPart = (part: Assembled, owner: Named): DescribedPod => ({
  name: owner.name,
  pod: podOf(part.pod, owner),
  keys: part.keys,
  pathOf: field => atOrigin(part, field),
  isFragment: true,
});

/** @param fillsIn its controller gives containers a name that have none, as Knative does */
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
