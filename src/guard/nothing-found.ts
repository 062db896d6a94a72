import type { Cel } from '../signals/cel.ts';
import { type Lens, type Over, WHOLE_POD } from '../signals/guards.ts';
import { anyOf } from './cel.ts';
import { GUARDED } from './findings.ts';

/*
Most Pods have nothing that a guard looks for, and one look at them says so: each list is walked once for all signals, and a
predicate is evaluated only where the fields that it reads are set. A test holds that no guard fires where this is true.
*/

/**
 * True where no guard fires on the Pod `object`; it may be false although none does.
 * @param containers a list of all kinds
 */
export function nothingFound(containers: Cel): Cel {
  const asked = gathered();
  const found = [
    ...whereSet('object.spec', asked('pod')),
    ...both('object.spec.?volumes.orValue([])', 'v', asked('volume')),
    ...both('object.metadata.?annotations.orValue({})', 'a', asked('annotation')),
    ...both(containers, 'c', whereSet('c', asked('container'))),
  ];
  return `!(${anyOf(found) ?? 'false'})`;
}

/** The questions of the guards, each once, under the field that it is about. */
function gathered(): (over: Over) => readonly Cel[] {
  const byOver = new Map<Over, Set<Cel>>();
  const gather = (over: Over, predicate: Cel): void => {
    byOver.set(over, (byOver.get(over) ?? new Set()).add(predicate));
  };
  const lens: Lens = { ...WHOLE_POD, gather };
  for (const { guardAt } of GUARDED) guardAt(lens);
  return over => [...(byOver.get(over) ?? [])];
}

/** True where some item of a list satisfies one of the predicates; nothing where there is none. */
const both = (list: Cel, item: string, predicates: readonly Cel[]): readonly Cel[] =>
  predicates.length === 0 ? [] : [`${list}.exists(${item}, ${predicates.join(' || ')})`];

interface Field {
  /** Predicates about this field, or about several below it. */
  readonly predicates: Cel[];
  readonly fields: Map<string, Field>;
}

/** Each predicate behind a `has` of the fields above all that it reads. If such a field is absent, all of them are false. */
export function whereSet(subject: Cel, predicates: readonly Cel[]): readonly Cel[] {
  const root: Field = { predicates: [], fields: new Map() };
  for (const predicate of predicates) {
    let at = root;
    for (const name of sharedPath(subject, predicate)) {
      const below = at.fields.get(name) ?? { predicates: [], fields: new Map() };
      at.fields.set(name, below);
      at = below;
    }
    at.predicates.push(predicate);
  }
  return write(root, subject);
}

const write = ({ predicates, fields }: Field, path: Cel): readonly Cel[] => [
  ...predicates,
  ...Array.from(fields, ([name, field]) => {
    const below = `${path}.${name}`;
    return `has(${below}) && (${write(field, below).join(' || ')})`;
  }),
];

/** The fields that lead to all that a predicate reads of its subject: `c.?ports.orValue([])` → ports. */
function sharedPath(subject: Cel, predicate: Cel): readonly string[] {
  const pattern = new RegExp(`\\b${subject.replaceAll('.', '[.]')}((?:[.][?]\\w+)+)`, 'g');
  const paths = [...predicate.matchAll(pattern)].map(([, path = '']) => path.slice(2).split('.?'));
  const [first = [], ...others] = paths;
  const differs = first.findIndex((name, i) => others.some(path => path[i] !== name));
  return differs === -1 ? first : first.slice(0, differs);
}
