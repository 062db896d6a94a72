import { isAbsolute, join } from 'node:path';
import type { Position, SourceDocument } from '../document.ts';
import { isMap } from '../mapping.ts';
import { valueAt } from '../path.ts';
import { readDocuments } from '../yaml/yaml.ts';

/**
 * Where kustomize says which file it made an object from, if `buildMetadata` of the kustomization asks for `originAnnotations`;
 * otherwise, kustomize removes such an annotation from a resource.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/
 */
const ORIGIN = ['metadata', 'annotations', 'config.kubernetes.io/origin'];

/**
 * The output of kustomize, with the file that each object was made from. The line in that file is not known.
 * @param folder the folder of the kustomization, which paths are relative to
 */
export const withOrigins = (
  documents: readonly SourceDocument[],
  folder: string,
): readonly SourceDocument[] =>
  documents.map(document => {
    const path = originOf(valueAt(document.value, ORIGIN));
    return path === undefined ? document : madeOf(join(folder, path), document);
  });

/** The file, or the one that configures the generator of the object; undefined for a file in another repository. */
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
