import { type PodSubject, readSubjects } from '../input/subjects.ts';
import { edited, type ManifestEdit, tidied } from './edit.ts';

/** An object with edits: which, and what it is with them. */
export interface Revised {
  readonly edits: readonly ManifestEdit[];
  readonly subject: PodSubject;
}

/** The object as it would be read with these edits; undefined where it would no longer be read as the same. */
export function revised(subject: PodSubject, edits: readonly ManifestEdit[]): Revised | undefined {
  const { document, namespace, composed } = subject;
  const all = tidied(document.value, edits);
  const changed = { ...document, value: edited(document.value, all) };
  const { subjects } = readSubjects([changed], namespace, undefined, composed && (() => composed.place));
  const same = subjects.find(one => isSame(one, subject));
  return same && { edits: all, subject: same };
}

/** Of several Pods that one object describes, each has a place of its own. */
const isSame = (one: PodSubject, other: PodSubject): boolean =>
  one.name === other.name && one.pathOf('spec') === other.pathOf('spec');
