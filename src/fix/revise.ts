import { type PodSubject, readSubjects } from '../input/subjects.ts';
import { edited, type ManifestEdit, tidied } from './edit.ts';

/** An object with edits: the original, and the edited one. */
export interface Revised {
  readonly edits: readonly ManifestEdit[];
  readonly subject: PodSubject;
}

/** The object as it would be read with these edits; undefined where it would no longer be read as the same object. */
export function revised(subject: PodSubject, edits: readonly ManifestEdit[]): Revised | undefined {
  const { document, namespace, composed } = subject;
  const all = tidied(document.value, edits);
  const changed = { ...document, value: edited(document.value, all) };
  const { subjects } = readSubjects([changed], namespace, undefined, composed && (() => composed.place));
  const same = subjects.find(one => isSame(one, subject));
  return same && { edits: all, subject: same };
}

/** Several Pods that one object describes have different places. */
const isSame = (one: PodSubject, other: PodSubject): boolean =>
  one.name === other.name && one.pathOf('spec') === other.pathOf('spec');
