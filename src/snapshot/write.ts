import type { KubeObject } from '../kube/object.ts';
import { isCut } from '../kube/object-text.ts';
import type { ResourceName } from '../kube/resources.ts';
import { API_VERSION } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { jsonText } from '../source/text.ts';
import type { SavedKind } from './kinds.ts';
import { reduced } from './shape.ts';

export const SNAPSHOT_KIND = 'ClusterSnapshot';
/** The version that readers of a snapshot know; a new field does not change it. */
export const SNAPSHOT_VERSION = 1;

/** The text above the objects, without anything of the moment, so that snapshots of an unchanged cluster are equal. */
export interface SnapshotHead {
  /** The version of the program. */
  readonly cofferdam: string;
  /** The name of the kubeconfig's context. */
  readonly context: string;
  /** The only namespace whose Pods are in it; left out where all are. */
  readonly namespace?: string;
}

/** A collection that could not be read, and why. */
export interface Unread {
  readonly resource: ResourceName;
  /** The HTTP status. */
  readonly status: number;
  readonly message: string;
}

/** The text above the objects, followed by `textOf` for each. */
export const textAbove = (head: SnapshotHead): string => {
  const text = jsonText({ apiVersion: API_VERSION, kind: SNAPSHOT_KIND, version: SNAPSHOT_VERSION, ...head });
  return `${text.slice(0, -1)},"items":[`;
};

/**
 * The line of an object, so that a diff shows which objects have changed; undefined where it is not saved. Pure.
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

/** @param isFirst whether it is the first object */
export const textOf = (saved: KubeObject, isFirst: boolean): string =>
  `${isFirst ? '' : ','}\n${jsonText(saved)}`;

/** The text below the objects. */
export const textBelow = (unread: readonly Unread[]): string =>
  `\n]${unread.length === 0 ? '' : `,"unread":${jsonText(unread)}`}}\n`;
