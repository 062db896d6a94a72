import type { Registry } from 'prom-client';
import type { LiveView } from '../../cluster/live.ts';
import type { LoadedObjects } from '../../controller/changes.ts';
import { type Feed, feed } from '../../controller/feed.ts';
import { guardTask } from '../../controller/guard/task.ts';
import { type Leader, type LeaderTask, startLeader } from '../../controller/leader.ts';
import type { Lacks } from '../../controller/missing-from-guard.ts';
import { scanTask } from '../../controller/scan/task.ts';
import { statusTask } from '../../controller/status.ts';
import type { Connection } from '../../kube/connect.ts';
import { causeOf } from '../../kube/error.ts';
import type { Logger } from '../../log/logger.ts';
import type { ServeOptions } from './options.ts';

export type WorkOptions = Pick<
  ServeOptions,
  'status' | 'guard' | 'scan' | 'scanInterval' | 'scanDefaultMode' | 'scanSkipNamespace' | 'leaseNamespace'
>;

/** The input of the leader's tasks. */
export interface WorkGround {
  readonly connection: Connection;
  readonly view: LiveView;
  readonly policies: Feed<LoadedObjects>;
  /** Reports changed RuntimeClasses. */
  readonly classes: Feed<unknown>;
  readonly log: Logger;
  readonly registry: Registry;
}

/** Competes for the work that one replica does for all; undefined where none was asked for. */
export function startLeaderWork(options: WorkOptions, ground: WorkGround): Leader | undefined {
  const { connection, log, registry } = ground;
  const tasks = tasksOf(options, ground);
  if (tasks.length === 0) return undefined;
  const namespace = options.leaseNamespace ?? connection.namespace;
  return startLeader({ api: connection.api, namespace, tasks, log, registry });
}

/** The tasks that were asked for, one line for each kind of work. */
function tasksOf(options: WorkOptions, ground: WorkGround): readonly LeaderTask[] {
  const { policies, log } = ground;
  const { api } = ground.connection;
  const guards = feed<Lacks>();
  const scan = {
    intervalMs: options.scanInterval * 1000,
    defaultMode: options.scanDefaultMode,
    skipNamespaces: options.scanSkipNamespace,
  };
  return [
    ...(options.status ? [statusTask(api, policies, statusHooks(log), guards)] : []),
    ...(options.guard ? [guardTask({ ...ground, api, guards })] : []),
    ...(options.scan ? [scanTask({ ...ground, ...scan, api })] : []),
  ];
}

const statusHooks = (log: Logger) => ({
  now: Date.now,
  failed: (object: string, error: unknown) =>
    log.warn({ object, reason: causeOf(error) }, 'a status could not be written; it is tried again'),
});
