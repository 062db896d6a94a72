import type { Pod } from '../../../src/pod/kube.ts';
import type { Excess } from '../../../src/signals/bounds.ts';

type Loose = Readonly<Record<string, unknown>> | undefined;
const sized = (value: unknown): number => (value ? Object.keys(value as object).length : 0);
const containersOf = (pod: Pod): readonly Loose[] =>
  ['containers', 'initContainers', 'ephemeralContainers'].flatMap(
    kind => ((pod.spec as Loose)?.[kind] ?? []) as Loose[],
  );
const volumesOf = (pod: Pod): readonly Loose[] => ((pod.spec as Loose)?.volumes ?? []) as Loose[];
const at = (value: Loose, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Loose)?.[key], value);
const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const ofEach = (pod: Pod, ...path: readonly string[]): number =>
  total(containersOf(pod).map(one => sized(at(one, ...path))));

/** The bounds as the table of docs/signals.md has them. */
const TABLE: readonly (readonly [bound: string, what: string, most: number, count: (pod: Pod) => number])[] =
  [
    ['annotations', 'annotations', 250, pod => sized(pod.metadata?.annotations)],
    ['labels', 'labels', 250, pod => sized(pod.metadata?.labels)],
    ['containers', 'containers', 250, pod => containersOf(pod).length],
    ['volumes', 'volumes', 500, pod => volumesOf(pod).length],
    ['sysctls', 'sysctls', 250, pod => sized(at(pod.spec as Loose, 'securityContext', 'sysctls'))],
    ['capabilities', 'added capabilities', 250, pod => ofEach(pod, 'securityContext', 'capabilities', 'add')],
    ['ports', 'ports', 1000, pod => ofEach(pod, 'ports')],
    ['volumeMounts', 'volumeMounts', 1000, pod => ofEach(pod, 'volumeMounts')],
    [
      'launch',
      'environment variables and arguments',
      2500,
      pod => total(['env', 'envFrom', 'args', 'command'].map(field => ofEach(pod, field))),
    ],
    ['hostPaths', 'hostPaths', 150, pod => volumesOf(pod).filter(one => one?.hostPath).length],
    [
      'hostPathCharacters',
      'characters in its hostPaths',
      2048,
      pod => total(volumesOf(pod).map(one => [...String(at(one, 'hostPath', 'path') ?? '')].length)),
    ],
  ];

/** What a request has too much of; for an update, only what has grown. */
export const beyondBounds = (pod: Pod, stored: Pod | undefined): readonly Excess[] =>
  TABLE.map(([bound, what, most, count]) => ({
    bound,
    what,
    most,
    count: count(pod),
    before: stored && count(stored),
  }))
    .filter(({ count, most, before }) => count > most && (before === undefined || count > before))
    .map(({ before: _, ...excess }) => excess);
