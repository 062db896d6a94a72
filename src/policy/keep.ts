import { type Problem, placeText, type SourceDocument } from '../source/document.ts';
import { toProblem } from '../source/flaw.ts';
import type { Clock } from './exemption.ts';
import { type PolicyObject, readObject } from './object.ts';

/** The documents in force, by `Kind/name` or `Kind/namespace/name`. */
export type Accepted = ReadonlyMap<string, SourceDocument>;

/** Refuses both of two objects with one name, as their order means nothing; a built-in one stays. */
export function refuseDuplicates(
  objects: readonly PolicyObject[],
  shipped: ReadonlySet<SourceDocument>,
): readonly PolicyObject[] {
  const byId = Map.groupBy(objects, object => object.id);
  return objects.map(object => {
    const other = byId.get(object.id)?.find(one => one !== object);
    if (!other || object.id === undefined || shipped.has(object.document)) return object;
    const message = `there is another ${object.id} at ${placeText(other.document.position)}`;
    const fix = shipped.has(other.document)
      ? 'Give it another name: this one is built in, and yours counts beside it wherever it asks for more.'
      : 'Give each its own name.';
    const problem = toProblem({ path: ['metadata', 'name'], message, fix }, object.document, object.id);
    return { ...object, sound: false, problems: [...object.problems, problem] };
  });
}

/** The last version of a broken object that was in force. */
export function lastGood(object: PolicyObject, previous: Accepted, clock: Clock): readonly PolicyObject[] {
  const document = previous.get(object.id ?? '');
  return document ? [readObject(document, clock)] : [];
}

/** A file or folder that cannot be read does not say which objects it holds, so those that it held stay in force. */
export function keptFrom(
  unread: readonly Problem[],
  objects: readonly PolicyObject[],
  previous: Accepted,
  clock: Clock,
): readonly PolicyObject[] {
  const paths = unread.map(problem => problem.position.file);
  const isUnread = ({ position }: SourceDocument): boolean =>
    paths.some(path => position.file === path || position.file.startsWith(`${path}/`));
  const present = new Set(objects.map(object => object.id));
  return [...previous]
    .filter(([id, document]) => !present.has(id) && isUnread(document))
    .map(([, document]) => readObject(document, clock));
}
