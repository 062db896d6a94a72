import { isAbsolute, join } from 'node:path';
import type { Position, SourceDocument } from '../document.ts';
import { isMap } from '../mapping.ts';
import { valueAt } from '../path.ts';
import { readDocuments } from '../yaml/yaml.ts';

/**
 * Where kustomize says what it made an object of, if `buildMetadata` of the kustomization asks for `originAnnotations`; where
 * it does not, kustomize takes away what a resource says of itself.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/
 */
const ORIGIN = ['metadata', 'annotations', 'config.kubernetes.io/origin'];

/**
 * What kustomize has built, with the files of which it made each object. Which line of these it is, nobody knows.
 * @param folder of the kustomization, which paths are relative to
 */
export const withOrigins = (
  documents: readonly SourceDocument[],
  folder: string,
): readonly SourceDocument[] =>
  documents.map(document => {
    const path = originOf(valueAt(document.value, ORIGIN));
    return path === undefined ? document : madeOf(join(folder, path), document);
  });

/** The file, or, of what a generator made, the file that configures it; undefined for what lies in another repository. */
function originOf(annotation: unknown): string | undefined {
  if (typeof annotation !== 'string') return undefined;
  const origin = readDocuments(annotation, '').documents[0]?.value;
  if (!isMap(origin) || origin.repo !== undefined) return undefined;
  const path = origin.path ?? origin.configuredIn;
  return typeof path === 'string' && path !== '' && !isAbsolute(path) ? path : undefined;
}

function madeOf(file: string, document: SourceDocument): SourceDocument {
  const placed = (rendered: Position): Position => ({ file, rendered });
  return {
    ...document,
    position: placed(document.position),
    positionOf: path => placed(document.positionOf(path)),
  };
}
