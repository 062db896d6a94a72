import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Part } from './controls.ts';
import type { KubeObject } from './objects.ts';

export const celPart = async (): Promise<Part> =>
  policiesPart(await readFile(join(import.meta.dirname, 'cel.yaml'), 'utf8'));

/** Admission policies, which their bindings switch on. */
export function policiesPart(yaml: string, wanted = (_: KubeObject) => true): Part {
  const objects = parseAllDocuments(yaml)
    .map(document => document.toJSON() as KubeObject)
    .filter(wanted);
  const isBinding = ({ kind }: KubeObject) => kind.endsWith('PolicyBinding');
  return {
    standing: objects.filter(object => !isBinding(object)),
    switches: objects.filter(isBinding),
    pids: [],
  };
}
