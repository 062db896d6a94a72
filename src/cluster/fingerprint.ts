import { createHash } from 'node:crypto';
import type { SourceDocument } from '../source/document.ts';
import type { LiveObject } from './live-object.ts';

/** A digest of all of them, which changes whenever the content of one of them does. */
export function fingerprint(documents: readonly SourceDocument[], objects: readonly LiveObject[]): string {
  const lines = [
    ...documents.map(document => digestOf([document.position.file, valueDigestOf(document)])),
    // A new generation means a new content (apiextensions: with a status subresource, only changes outside of it count).
    ...objects.map(({ path, generation, lastGood }) =>
      digestOf([path, generation, lastGood && valueDigestOf(lastGood)]),
    ),
  ];
  return digestOf(lines.sort());
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64');

const valueDigests = new WeakMap<object, string>();

/** The digest is kept for each value: of many documents, one changes at a time, and the others keep theirs. */
function valueDigestOf({ value }: SourceDocument): string {
  const digest = valueDigests.get(value as object) ?? digestOf(value);
  valueDigests.set(value as object, digest);
  return digest;
}
