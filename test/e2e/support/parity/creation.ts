import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { kubectl, kubectlOk } from '../kubectl.ts';
import { poll } from '../poll.ts';
import { OWN } from './names.ts';
import type { Workload } from './workload.ts';
import type { World } from './worlds.ts';

/** What happened to workloads, by their names, which are unique. */
export interface Created {
  /** The workloads that the API server accepted, and the Pods that it was asked to accept. */
  readonly taken: readonly Workload[];
  /** The Pods as they are stored. */
  readonly stored: ReadonlyMap<string, readonly V1Pod[]>;
  /** The message to the controller, or to whoever created a Pod, where it was refused. */
  readonly refused: ReadonlyMap<string, string>;
}

/** On a quiet machine, this is the minute that a CronJob waits at most. */
const PATIENCE_SECONDS = 400;
/** All Pods are read each time. */
const PAUSE_MS = 2500;
/** How many objects one call of kubectl creates, which ends in time even on a busy machine. */
const TOGETHER = 20;

/** Creates them, two calls at a time, and waits until a Pod of each is stored or was refused, or none will come. */
export async function createWorkloads(
  worlds: readonly World[],
  workloads: readonly Workload[],
): Promise<Created> {
  const refused = new Map<string, string>();
  const taken: Workload[] = [];
  // CronJobs first, so that the others are created while they wait for the next minute.
  const inTurn = workloads.toSorted((a, b) => Number(b.kind === 'CronJob') - Number(a.kind === 'CronJob'));
  const queue = Array.from({ length: Math.ceil(inTurn.length / TOGETHER) }, (_, i) =>
    inTurn.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );
  const work = async (): Promise<void> => {
    for (let some = queue.shift(); some; some = queue.shift()) {
      const { stdout, stderr } = await kubectl(['create', '-f', '-'], listOf(some));
      for (const [name, message] of refusalsIn(stderr)) refused.set(name, message);
      const made = new Set([...stdout.matchAll(/^\S+?\/(\S+) created$/gm)].map(([, name]) => name));
      const isTaken = ({ kind, metadata: { name } }: Workload): boolean =>
        made.has(name) || (kind === 'Pod' && wasAsked(refused.get(name)));
      taken.push(...some.filter(isTaken));
    }
  };
  await Promise.all([work(), work()]);
  const stored = await poll(
    'a Pod of each is stored or was turned away',
    async () => {
      await sleep(PAUSE_MS);
      for (const [name, message] of await failuresIn(worlds)) refused.set(name, message);
      const pods = Map.groupBy(await podsIn(worlds), ({ metadata }) => metadata?.labels?.[OWN] ?? '');
      const left = taken.filter(({ metadata: { name } }) => !pods.has(name) && !refused.has(name));
      return (await withoutIdle(left)).length === 0 ? pods : undefined;
    },
    PATIENCE_SECONDS,
  );
  return { taken, stored, refused };
}

const listOf = (items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items });

/** Whether admission looked at a refused Pod, unlike one whose fields the API server does not accept. */
const wasAsked = (message = ''): boolean => /denied the request|is forbidden/.test(message);

/** kubectl's message for each object that it could not create. */
function refusalsIn(stderr: string): readonly (readonly [string, string])[] {
  return stderr.split(/^(?=Error from server|Warning: )/m).flatMap(message => {
    const name = /(?:"STDIN": .*?|Pod )"(w-\d+)"/s.exec(message)?.[1];
    return name && message.startsWith('Error') ? [[name, message] as const] : [];
  });
}

async function podsIn(worlds: readonly World[]): Promise<readonly V1Pod[]> {
  const { items } = JSON.parse(await kubectlOk(['get', 'pods', '-A', '-l', OWN, '-o', 'json']));
  return (items as readonly V1Pod[]).filter(({ metadata }) =>
    worlds.some(({ name }) => name === metadata?.namespace),
  );
}

/** The failures in the controllers' events, by the name of the workload at the top. */
async function failuresIn(worlds: readonly World[]): Promise<readonly (readonly [string, string])[]> {
  const { items } = JSON.parse(
    await kubectlOk(['get', 'events', '-A', '--field-selector', 'reason=FailedCreate', '-o', 'json']),
  ) as { items: { message: string; involvedObject: { name: string; namespace: string } }[] };
  return (
    items
      .filter(({ involvedObject }) => worlds.some(({ name }) => name === involvedObject.namespace))
      // The controller will try again.
      .filter(({ message }) => !message.includes('failed calling webhook'))
      .map(({ message, involvedObject }) => [/^w-\d+/.exec(involvedObject.name)?.[0] ?? '', message])
  );
}

/** The workloads of which a Pod will come: a DaemonSet that goes to no node has none. */
async function withoutIdle(workloads: readonly Workload[]): Promise<readonly Workload[]> {
  if (!workloads.some(({ kind }) => kind === 'DaemonSet')) return workloads;
  const { items } = JSON.parse(await kubectlOk(['get', 'daemonsets', '-A', '-o', 'json'])) as {
    items: {
      metadata: { name: string };
      status: { observedGeneration?: number; desiredNumberScheduled: number };
    }[];
  };
  const idle = items.filter(({ status }) => status.observedGeneration && status.desiredNumberScheduled === 0);
  return workloads.filter(one => !idle.some(({ metadata }) => metadata.name === one.metadata.name));
}
