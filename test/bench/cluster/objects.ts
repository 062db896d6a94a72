import { type Answer, APPLY, type Api } from './api.ts';

/** A Kubernetes object of the kinds that this bench makes. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** The plural as in English, which is right for all of these kinds. */
const pluralOf = (kind: string): string =>
  kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');

/** The path of the object. */
export const pathOf = (object: KubeObject): string => `${folderOf(object)}/${object.metadata.name}`;

/** The path of the collection of its kind. */
function folderOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${group}${namespace}/${pluralOf(kind)}`;
}

export async function createAll(api: Api, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await api.must('POST', folderOf(object), object);
}

/** Creates the object, or changes it to this (server-side apply). */
export const apply = (api: Api, object: KubeObject): Promise<Answer> =>
  api.must('PATCH', `${pathOf(object)}?fieldManager=bench&force=true`, object, APPLY);

/** Deletes the last one first; an object that is not there is no fault. */
export async function deleteAll(api: Api, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects.toReversed()) {
    const { status, text } = await api.ask('DELETE', pathOf(object));
    if (status >= 300 && status !== 404) throw new Error(`${object.kind} ${object.metadata.name}: ${text}`);
  }
}
