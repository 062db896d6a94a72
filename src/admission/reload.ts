import type { Ground } from '../decision/ground.ts';
import type { Logger } from '../log/logger.ts';
import type { Problem } from '../source/document.ts';
import type { Metrics } from './metrics.ts';
import { type WatchOptions, watchPaths } from './watch.ts';

/** `ground` is left out where the problems do not let one be made. */
export interface Loaded {
  readonly ground?: Ground;
  readonly problems: readonly Problem[];
  /** True where each broken object was already replaced by its last good version, so that the others can come into force. */
  readonly mended?: boolean;
}

export interface GroundSource {
  /** Reads everything anew; does not throw on what is wrong with it. */
  readonly load: () => Promise<Loaded>;
  /** Files and folders that `load` reads. */
  readonly paths: readonly string[];
  /**
   * Calls the listener when something other than a file has changed; the listener resolves once everything has been read again.
   */
  readonly onChange?: (listener: () => Promise<void>) => void;
}

export interface LiveGround {
  readonly current: () => Ground;
  readonly stop: () => void;
}

/**
 * Keeps what requests are judged against in step with its files and objects. It is swapped whole. A set with an error in it is
 * logged, and the last good one stays in force.
 */
export function reloadGround(
  first: Ground,
  { load, paths, onChange }: GroundSource,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
  options?: WatchOptions,
): LiveGround {
  let current = first;
  let queue = Promise.resolve();
  /** The problems of the set before, which are in the log already. */
  let told: ReadonlySet<string> = new Set();
  metrics.policies(0);
  metrics.inForce(first.snapshot);
  const reload = async (): Promise<void> => {
    const { ground, problems, mended = false } = await load();
    const known = new Map(problems.map(problem => [JSON.stringify(problem), problem]));
    for (const [text, problem] of known) if (!told.has(text)) logProblem(log, problem);
    told = new Set(known.keys());
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const swap = ground && (errors === 0 || mended);
    if (swap) {
      current = ground;
      metrics.inForce(ground.snapshot);
      log.info({ version: ground.snapshot.version }, 'the policies were reloaded');
    }
    if (!swap || errors > 0) {
      log.error({ problems: errors }, 'the policies have problems; the last good ones stay in force');
    }
    metrics.policies(swap ? errors : Math.max(errors, 1));
  };
  const failed = (error: unknown): void => {
    metrics.policies(1);
    log.error({ err: error }, 'the policies could not be reloaded; the last good ones stay in force');
  };
  // Loads run one at a time: a slow one must not overtake a later one.
  const changed = (): Promise<void> => {
    queue = queue.then(reload).catch(failed);
    return queue;
  };
  onChange?.(changed);
  const stop = paths.length > 0 ? watchPaths(paths, changed, options) : () => undefined;
  return { current: () => current, stop };
}

function logProblem(log: Logger, { severity, position, object, path, message, fix }: Problem): void {
  const level = severity === 'error' ? 'error' : 'warn';
  log[level]({ file: position.file, line: position.line, object, path, fix }, message);
}
