import { isDeepStrictEqual } from 'node:util';
import { documentOf } from '../kube/document.ts';
import type { KubeObject, NamedObject, ObjectName } from '../kube/object.ts';
import { isCut } from '../kube/object-text.ts';
import { bytesOf, mostAsked, SHARE } from '../policy/share.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import type { SourceDocument, Standing } from '../source/document.ts';
import { API_VERSION, collectionPath, type Kind } from '../source/group.ts';
import { isMap, type Mapping } from '../source/mapping.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

/** A policy, exemption or profile of the cluster. */
export interface LiveObject {
  readonly document: SourceDocument;
  /** The generation of `document`; 0 where there is none. */
  readonly generation: number;
  /** The conditions of its status, as last seen. */
  readonly conditions: readonly Condition[];
  /**
   * From its status, the version in force where the written one cannot be. Only a policy has one, as policies only tighten:
   * without their last good versions, exemptions and profiles loosen nothing.
   */
  readonly lastGood: SourceDocument | undefined;
  /** The object's path in the API. */
  readonly path: string;
  /**
   * Set on a SandboxPolicy in a namespace that has more than its share: `document` is without its spec, and every Pod there
   * needs this isolation instead.
   */
  readonly notRead?: Isolation;
}

/** @param before an earlier version of it; parts that are the same are neither held nor compiled a second time */
export function liveObject(
  kind: Kind,
  { metadata, spec, status }: NamedObject,
  before?: Pick<LiveObject, 'document' | 'lastGood'>,
): LiveObject {
  const { name, namespace, uid, generation } = metadata as ObjectName & Mapping;
  const conditions = conditionsIn(status);
  const value = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), uid },
    ...(spec !== undefined && { spec }),
  };
  const lastGood = isMap(status) && keepsLastGood(kind) ? readLastGood(status.lastGoodSpec) : undefined;
  return {
    document: documentLike(before?.document, value, standingOf(conditions, generation)),
    generation: typeof generation === 'number' ? generation : 0,
    conditions,
    // The last good version as the leader wrote it; somebody else may have written anything there.
    lastGood:
      lastGood === undefined
        ? undefined
        : documentLike(before?.lastGood, { ...value, spec: lastGood }, 'accepted'),
    path: `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`,
  };
}

function documentLike(
  before: SourceDocument | undefined,
  value: KubeObject,
  standing: Standing,
): SourceDocument {
  if (!before || !isDeepStrictEqual(before.value, value)) return { ...documentOf(value), standing };
  return before.standing === standing ? before : { ...before, standing };
}

export const conditionsIn = (status: unknown): readonly Condition[] =>
  isMap(status) && Array.isArray(status.conditions) ? status.conditions : [];

/** Whether a leader, of whatever version, has said that exactly this generation is in force as it is written. */
export const standingOf = (conditions: readonly Condition[], generation: unknown): Standing =>
  conditions.some(
    one => one.type === 'Accepted' && one.status === 'True' && one.observedGeneration === generation,
  )
    ? 'accepted'
    : 'stored';

export const keepsLastGood = (kind: string): boolean => kind.endsWith('SandboxPolicy');

function readLastGood(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is known of a SandboxPolicy, whether it is held or not. */
export interface Weight {
  readonly bytes: number;
  readonly most: Isolation;
}

export function weightOf(object: KubeObject): Weight {
  const { spec, status } = object;
  // What it asks for is unknown, so its namespace fails closed.
  if (isCut(object)) return { bytes: SHARE.bytes + 1, most: mostAsked(undefined) };
  const lastGood = isMap(status) ? readLastGood(status.lastGoodSpec) : undefined;
  const specs = lastGood === undefined ? [spec] : [spec, lastGood];
  return { bytes: bytesOf(specs), most: specs.map(mostAsked).reduce(strongest) };
}
