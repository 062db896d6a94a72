import { createHash } from 'node:crypto';
import type { SourceDocument } from '../source/document.ts';
import type { LiveObject } from './live-object.ts';

/** Of what all of them say: whether it is another may be asked after each change. */
export function fingerprint(documents: readonly SourceDocument[], objects: readonly LiveObject[]): string {
  const lines = [
    ...documents.map(document => digestOf([document.position.file, valueDigestOf(document)])),
    // A new generation is a new text (apiextensions: with a status subresource, only changes outside of it count).
    ...objects.map(({ path, generation, lastGood }) =>
      digestOf([path, generation, lastGood && valueDigestOf(lastGood)]),
    ),
  ];
  return digestOf(lines.sort());
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64');

const valueDigests = new WeakMap<object, string>();

/** Of many documents, one changes at a time, and the others keep their value. */
function valueDigestOf({ value }: SourceDocument): string {
  const digest = valueDigests.get(value as object) ?? digestOf(value);
  valueDigests.set(value as object, digest);
  return digest;
}
