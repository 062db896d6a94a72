import type { KubeObject } from '../kube/object.ts';
import { isCut } from '../kube/object-text.ts';
import type { ResourceName } from '../kube/resources.ts';
import { API_VERSION } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { jsonText } from '../source/text.ts';
import type { SavedKind } from './kinds.ts';
import { reduced } from './shape.ts';

export const SNAPSHOT_KIND = 'ClusterSnapshot';
/** What reads a snapshot knows this version of it; a field that is added makes no other. */
export const SNAPSHOT_VERSION = 1;

/** What stands above the objects: nothing of the moment, so that nothing differs where the cluster does not. */
export interface SnapshotHead {
  /** Version of the program. */
  readonly cofferdam: string;
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** The namespace whose Pods alone are in it; left out where those of all are. */
  readonly namespace?: string;
}

/** A collection that could not be read, and why. */
export interface Unread {
  readonly resource: ResourceName;
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
}

/** The text above the objects, which `textOf` of each follows. */
export const textAbove = (head: SnapshotHead): string => {
  const text = jsonText({ apiVersion: API_VERSION, kind: SNAPSHOT_KIND, version: SNAPSHOT_VERSION, ...head });
  return `${text.slice(0, -1)},"items":[`;
};

/**
 * The line of an object, so that what has changed is told by line; undefined where it is not saved. Pure.
 * @param object as the API server sends it
 */
export function savedObject(
  object: KubeObject,
  { apiVersion, kind, shape, wanted }: SavedKind,
): KubeObject | undefined {
  if (isCut(object)) {
    const { name, namespace } = isMap(object.metadata) ? object.metadata : {};
    return { apiVersion, kind, metadata: { ...(namespace !== undefined && { namespace }), name }, cut: true };
  }
  if (wanted && !wanted(object)) return undefined;
  return { apiVersion, kind, ...(reduced(object, shape) as KubeObject) };
}

/** @param isFirst whether none stands before it */
export const textOf = (saved: KubeObject, isFirst: boolean): string =>
  `${isFirst ? '' : ','}\n${jsonText(saved)}`;

/** The text below the objects. */
export const textBelow = (unread: readonly Unread[]): string =>
  `\n]${unread.length === 0 ? '' : `,"unread":${jsonText(unread)}`}}\n`;
