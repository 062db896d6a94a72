import type { KubeObject } from '../kube/object.ts';
import { asCut } from '../kube/object-text.ts';
import { RESOURCES, type ResourceName } from '../kube/resources.ts';
import { describeValue } from '../source/describe.ts';
import { API_VERSION } from '../source/group.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { quote } from '../source/text.ts';
import { entriesOf, itemsOf, type Span } from '../source/yaml/json-text.ts';
import { SAVED_KINDS } from './kinds.ts';
import { reduced } from './shape.ts';
import { SNAPSHOT_KIND, SNAPSHOT_VERSION, type SnapshotHead, type Unread } from './write.ts';

/** What `cofferdam snapshot` has saved of a cluster. */
export interface ClusterSnapshot {
  readonly head: SnapshotHead;
  readonly objects: ReadonlyMap<ResourceName, readonly KubeObject[]>;
  readonly unread: readonly Unread[];
}

/** Why a file is no snapshot. */
export interface NoSnapshot {
  /** 1-based; undefined where it is about the file as a whole. */
  readonly line?: number;
  /** What was found and what was expected. */
  readonly problem: string;
}

const BY_KIND = new Map(SAVED_KINDS.map(kind => [kind.kind, kind]));

/**
 * Reads the text of a snapshot. Anybody may have written it, so of each object only what a snapshot holds is read, and only in
 * the form in which it holds it.
 * @param text of JSON, in UTF-8
 */
export function readSnapshot(text: Buffer): ClusterSnapshot | NoSnapshot {
  const list = Array.from(entriesOf(text)).find(({ key }) => key === 'items');
  const found = list && itemsOf(text, list.start);
  const around = found ? [text.subarray(0, found.list.start), text.subarray(found.list.end)] : [text];
  const head = parsed(Buffer.concat(around).toString('utf8'));
  if (!isMap(head)) return { problem: 'found no JSON, or not the whole of it, expected a snapshot' };
  const flaw = flawOf(head, found !== undefined);
  if (flaw) return flaw;
  const objects = new Map(SAVED_KINDS.map(({ resource }) => [resource, [] as KubeObject[]]));
  for (const span of found?.items ?? []) {
    const read = readItem(text, span);
    if ('problem' in read) return { line: lineOf(text, span), problem: read.problem };
    objects.get(read.resource)?.push(read.object);
  }
  return { head: headOf(head), objects, unread: unreadIn(head.unread) };
}

function flawOf({ apiVersion, kind, version }: Mapping, hasItems: boolean): NoSnapshot | undefined {
  if (kind !== SNAPSHOT_KIND || apiVersion !== API_VERSION || !hasItems) {
    const what = typeof kind === 'string' ? `kind ${quote(kind)}` : 'no kind';
    return { problem: `found ${what}, expected a ${SNAPSHOT_KIND} of ${API_VERSION} with its items` };
  }
  if (version === SNAPSHOT_VERSION) return undefined;
  return { problem: `found version ${describeValue(version)}, expected ${SNAPSHOT_VERSION}` };
}

const headOf = ({ cofferdam, context, namespace }: Mapping): SnapshotHead => ({
  cofferdam: String(cofferdam),
  context: String(context),
  ...(typeof namespace === 'string' && { namespace }),
});

/** The resources that could not be read; their statuses are those by which an API server refuses or lacks something. */
const unreadIn = (list: unknown): readonly Unread[] =>
  (Array.isArray(list) ? list : []).flatMap(one => {
    if (!isMap(one) || typeof one.resource !== 'string' || !Object.hasOwn(RESOURCES, one.resource)) return [];
    const resource = one.resource as ResourceName;
    return [{ resource, status: Number(one.status), message: String(one.message) }];
  });

type Item = { readonly resource: ResourceName; readonly object: KubeObject } | { readonly problem: string };

function readItem(text: Buffer, { start, end }: Span): Item {
  const value = parsed(text.toString('utf8', start, end));
  if (!isMap(value)) return { problem: 'found no object, or not the whole of one, expected an object' };
  const saved = typeof value.kind === 'string' ? BY_KIND.get(value.kind) : undefined;
  const { metadata } = value;
  if (
    !saved ||
    saved.apiVersion !== value.apiVersion ||
    !isMap(metadata) ||
    typeof metadata.name !== 'string'
  ) {
    return {
      problem: `found ${describeValue(value.kind)}, expected an object of a kind that snapshots hold, with a name`,
    };
  }
  const { resource, apiVersion, kind, shape } = saved;
  const object = { apiVersion, kind, ...(reduced(value, shape) as KubeObject) };
  return { resource, object: value.cut === true ? asCut(object) : object };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NEWLINE = '\n'.charCodeAt(0);
const lineOf = (text: Buffer, { start }: Span): number =>
  text.subarray(0, start).reduce((lines, byte) => lines + (byte === NEWLINE ? 1 : 0), 1);
