import { keepsLastGood, type LiveObject } from '../cluster/live-object.ts';
import type { Api } from '../kube/api.ts';
import { hasStatus } from '../kube/error.ts';
import type { Compilation } from '../policy/load.ts';
import type { SourceDocument } from '../source/document.ts';
import { slices } from '../source/turns.ts';
import type { LoadedObjects } from './changes.ts';
import { aborted } from './clock.ts';
import { conditionsOf, sayTheSame } from './conditions.ts';
import { type Feed, feed } from './feed.ts';
import type { LeaderTask } from './leader.ts';
import { type Lacks, missingFrom } from './missing-from-guard.ts';

export interface StatusWriter {
  /** Writes the status of the objects whose status differs. Returns at once. */
  update(objects: readonly LiveObject[], result: Compilation, guard?: Lacks): void;
  /** Resolves once nothing is being written any more. */
  stop(): Promise<void>;
}

interface Options {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly failed: (object: string, error: unknown) => void;
  readonly retryMs?: number;
}

const TIMEOUT_MS = 5000;
const RETRY_MS = 10_000;
/** How many writes in a row may fail before the others wait for the next try: the API server is unwell, or takes none. */
const MOST_IN_A_ROW = 5;

/** Tells the authors of policies, exemptions and profiles by the status of each whether it is in force. */
export function statusWriter(api: Api, options: Options): StatusWriter {
  const { failed, retryMs = RETRY_MS } = options;
  const stopping = new AbortController();
  let retry: NodeJS.Timeout | undefined;
  let newest = 0;
  /** The path of the object where writing goes on, after newer objects have interrupted it. */
  let goesOnAt: string | undefined;
  let queue = Promise.resolve();
  const begin = (order: () => readonly LiveObject[], result: Compilation, guard: Lacks | undefined): void => {
    clearTimeout(retry);
    const turn = ++newest;
    const outdated = (): boolean => turn !== newest || stopping.signal.aborted;
    const write = async (object: LiveObject): Promise<Done | 'outdated'> => {
      goesOnAt = object.path;
      if (outdated()) return 'outdated';
      return writeOne(object, result, guard, api, options, stopping.signal);
    };
    const writeAll = async (): Promise<void> => {
      const left = await writeSome(order(), write);
      if (!left) return;
      goesOnAt = undefined;
      if (left.length > 0 && !outdated())
        retry = setTimeout(() => begin(() => left, result, guard), retryMs).unref();
    };
    queue = queue.then(writeAll).catch(error => failed('all', error));
  };
  return {
    update: (objects, result, guard) => begin(() => inTurn(objects, goesOnAt), result, guard),
    stop: () => {
      stopping.abort();
      clearTimeout(retry);
      return queue;
    },
  };
}

/**
 * Writes one status after the other, until too many fail in a row.
 * @returns what has to be tried again; undefined where something newer is to be written
 */
async function writeSome(
  objects: readonly LiveObject[],
  write: (object: LiveObject) => Promise<Done | 'outdated'>,
): Promise<readonly LiveObject[] | undefined> {
  const failed: LiveObject[] = [];
  let inARow = 0;
  const { next } = slices();
  for (const [i, object] of objects.entries()) {
    await next();
    const done = await write(object);
    if (done === 'outdated') return undefined;
    if (done === 'written') inARow = 0;
    if (done !== 'failed') continue;
    failed.push(object);
    // Those that were not tried go first, so that one that cannot be written does not block them.
    if (++inARow === MOST_IN_A_ROW) return [...objects.slice(i + 1), ...failed];
  }
  return failed;
}

const isOfTenant = ({ document }: LiveObject): boolean => kindOf(document) === 'SandboxPolicy';

/**
 * Puts what operators write first, and then what tenants write, beginning with one of these. Otherwise a tenant who changes
 * many without a pause would keep the status of those behind from ever being written.
 */
function inTurn(objects: readonly LiveObject[], from: string | undefined): readonly LiveObject[] {
  const { tenants = [], operators = [] } = Object.groupBy(objects, object =>
    isOfTenant(object) ? 'tenants' : 'operators',
  );
  const at = Math.max(
    0,
    tenants.findIndex(({ path }) => path === from),
  );
  return [...operators, ...tenants.slice(at), ...tenants.slice(0, at)];
}

/** What became of one object: its status was right already, was written, or has to be tried again. */
type Done = 'same' | 'written' | 'failed';

async function writeOne(
  object: LiveObject,
  result: Compilation,
  guard: Lacks | undefined,
  api: Api,
  { now, failed }: Options,
  signal: AbortSignal,
): Promise<Done> {
  const conditions = conditionsOf(object, result, now(), guard && missingFrom(guard, object));
  const lastGood = lastGoodSpec(object, result);
  if (sayTheSame(conditions, object.conditions) && lastGood === specOf(object.lastGood)) return 'same';
  const path = `${object.path}/status`;
  const patch = patchOf(object, conditions, lastGood);
  try {
    // The answer is the whole object, which its author may have filled with a million values, so it is not parsed.
    await api.bytes({ method: 'PATCH', path, patch, timeoutMs: TIMEOUT_MS, signal });
    return 'written';
  } catch (error) {
    // The object was deleted, or deleted and created again, in the meantime; the watch will report that.
    if (hasStatus(error, 404, 409, 422)) return 'written';
    if (!signal.aborted) failed(object.document.position.file, error);
    return 'failed';
  }
}

/**
 * Writes the status of loaded objects while this replica leads.
 * @param guards reports what the guard in force leaves out
 */
export function statusTask(
  api: Api,
  policies: Feed<LoadedObjects>,
  options: Options,
  guards: Feed<Lacks> = feed(),
): LeaderTask {
  return {
    name: 'status',
    run: async signal => {
      const writer = statusWriter(api, options);
      let newest: LoadedObjects | undefined;
      let guard: Lacks | undefined;
      const write = (): void => {
        if (newest) writer.update(withStoredStatus(newest), newest.result, guard);
      };
      const leave = [
        guards.follow(made => {
          guard = made;
          write();
        }),
        policies.follow(loaded => {
          newest = loaded;
          write();
        }),
      ];
      try {
        await aborted(signal);
      } finally {
        for (const one of leave) one();
        await writer.stop();
      }
    },
  };
}

/** Another leader may have written their status since they were loaded; a status that is right already is not written again. */
function withStoredStatus({ objects, stored }: LoadedObjects): readonly LiveObject[] {
  const byPath = new Map(stored?.().map(one => [one.path, one]));
  return objects.map(one => {
    const { conditions, lastGood } = byPath.get(one.path) ?? one;
    return { ...one, conditions, lastGood: one.notRead === undefined ? lastGood : undefined };
  });
}

/** Larger specs are not kept: an object in etcd holds 1.5 MiB, and this is a second copy. */
const MOST_KEPT_CHARACTERS = 256 * 1024;

/** Keeps the last good spec, so that a replica that starts while the object is broken has the same version as the others. */
function lastGoodSpec({ document, notRead }: LiveObject, { accepted }: Compilation): string | undefined {
  if (notRead !== undefined) return undefined;
  const inForce = accepted.get(document.position.file);
  if (inForce === document || !keepsLastGood(kindOf(document))) return undefined;
  const spec = specOf(inForce);
  return spec === undefined || spec.length > MOST_KEPT_CHARACTERS ? undefined : spec;
}

const kindOf = ({ value }: SourceDocument): string => String((value as { readonly kind?: unknown }).kind);
const specOf = (document: SourceDocument | undefined): string | undefined =>
  document && JSON.stringify((document.value as { readonly spec?: unknown }).spec);

/** The patch has the uid, which the API server compares, so that it does not change a new object of the same name. */
function patchOf(
  { document, generation, notRead }: LiveObject,
  conditions: unknown,
  lastGood: string | undefined,
) {
  const { uid } = (document.value as { readonly metadata: { readonly uid?: unknown } }).metadata;
  return {
    metadata: { uid },
    status: {
      observedGeneration: generation,
      conditions,
      // An object that could not be read keeps its last good version.
      ...(keepsLastGood(kindOf(document)) && notRead === undefined && { lastGoodSpec: lastGood ?? null }),
    },
  };
}
