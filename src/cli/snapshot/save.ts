import type { Connection } from '../../kube/connect.ts';
import { KubeError } from '../../kube/error.ts';
import { pagesOf } from '../../kube/list.ts';
import type { KubeObject } from '../../kube/object.ts';
import { inNamespace, RESOURCES, type Resource, type ResourceName } from '../../kube/resources.ts';
import { SAVED_KINDS, type SavedKind } from '../../snapshot/kinds.ts';
import { savedObject, textAbove, textBelow, textOf, type Unread } from '../../snapshot/write.ts';
import { asFailure } from '../cluster/connection.ts';
import { OF_NAMESPACES, PAGE } from '../cluster/fetch.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { version } from '../console/version.ts';
import type { Target } from './target.ts';

export interface SaveOptions {
  /** The only namespace whose Pods are saved. */
  readonly namespace?: string | undefined;
  /** Whether nothing is saved where something cannot be read. */
  readonly strict?: boolean | undefined;
}

/** The resources without which nothing could be judged. */
const REQUIRED: ReadonlySet<ResourceName> = new Set(['pods', 'runtimeClasses', 'nodes', 'namespaces']);

/** How many objects were saved. */
export interface Saved {
  readonly pods: number;
  readonly others: number;
}

/**
 * Writes what a cluster runs and what decides on it, holding one page at a time.
 * @throws Failure when it cannot be read or written
 */
export async function save(
  client: Connection,
  target: Target,
  options: SaveOptions,
  io: CliIo,
): Promise<Saved> {
  const { context } = client;
  const { namespace } = options;
  await target.write(
    textAbove({ cofferdam: version(), context, ...(namespace !== undefined && { namespace }) }),
  );
  const unread: Unread[] = [];
  let pods = 0;
  let all = 0;
  for (const kind of SAVED_KINDS) {
    const before = all;
    try {
      for await (const object of savedOf(client, kind, options, io)) {
        await target.write(textOf(object, all === 0));
        all++;
      }
    } catch (error) {
      unread.push(...leftOut(error, kind.resource, all === before, options, io));
    }
    if (kind.resource === 'pods') pods = all;
  }
  await target.write(textBelow(unread));
  return { pods, others: all - pods };
}

async function* savedOf(
  { api }: Connection,
  kind: SavedKind,
  { namespace }: SaveOptions,
  io: CliIo,
): AsyncGenerator<KubeObject> {
  const { resource } = kind;
  const { name, path, query, metadataOnly, mostValues }: Resource = RESOURCES[resource];
  const asked = OF_NAMESPACES.has(resource) ? inNamespace(path, namespace) : path;
  const progress = progressOn(io, `saved ${name}:`, 0);
  let done = 0;
  try {
    // A list that outlives its version continues in the newest one, as objects are written at once, and cannot be read again.
    const options = { query, metadataOnly, mostValues, limit: PAGE, resumes: true };
    for await (const page of pagesOf(api, asked, options)) {
      for (const object of page.items) {
        done++;
        const saved = savedObject(object, kind);
        if (saved) yield saved;
      }
      progress.tick(done, done + page.remaining);
    }
  } finally {
    progress.end();
  }
}

/**
 * Reports a resource that cannot be listed, unless the cluster lacks it.
 * @param isWhole whether nothing of it was written yet
 * @throws Failure where there is no answer without it
 */
function leftOut(
  error: unknown,
  resource: ResourceName,
  isWhole: boolean,
  { strict }: SaveOptions,
  io: CliIo,
): readonly Unread[] {
  const isRefused = error instanceof KubeError && error.status !== undefined;
  if (!isRefused || !isWhole || REQUIRED.has(resource)) throw asFailure(error, resource);
  if (error.status === 404) return [];
  if (strict) throw asFailure(error, resource);
  io.err(`warning: left out: ${error.message}\n`);
  return [{ resource, status: error.status ?? 0, message: error.message }];
}
