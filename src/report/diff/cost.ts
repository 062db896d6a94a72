import { clean, list, quote } from '../../source/text.ts';
import { type Cost, cpuText, memoryText, rounded } from '../review/cluster/cost.ts';
import type { Difference, Judged, Overheads, Pair } from './change.ts';
import { sharesOf } from './where.ts';

/** What the sandboxes that are injected add to the requests of Pods, before and after. */
export interface Costs {
  readonly before: Cost;
  readonly after: Cost;
  /** Injected classes that do not say what they cost, so that they are in no sum. */
  readonly silent: readonly string[];
}

export function costsOf({ pairs, overheads }: Pick<Difference, 'pairs' | 'overheads'>): Costs {
  const [before, after] = [
    podsByClass(pairs, ({ before: one }) => one),
    podsByClass(pairs, ({ after: one }) => one),
  ];
  const silent = [
    ...[...before.keys()].filter(name => !overheads.before.has(name)),
    ...[...after.keys()].filter(name => !overheads.after.has(name)),
  ];
  return {
    before: costOf(before, overheads.before),
    after: costOf(after, overheads.after),
    silent: [...new Set(silent)].toSorted(),
  };
}

/** A class that an author has set costs already, whatever is decided. */
function podsByClass(pairs: readonly Pair[], side: (pair: Pair) => Judged): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const injected = pairs.map(side).filter(({ decision }) => decision.verdict === 'sandbox');
  for (const { runtimeClass, pods } of injected.flatMap(sharesOf))
    if (runtimeClass !== undefined && pods > 0)
      found.set(runtimeClass, (found.get(runtimeClass) ?? 0) + pods);
  return found;
}

function costOf(classes: ReadonlyMap<string, number>, overheads: Overheads): Cost {
  const cost = { pods: 0, cpu: 0, memory: 0 };
  for (const [name, pods] of classes) {
    const { cpu = 0, memory = 0 } = overheads.get(name) ?? {};
    cost.pods += pods;
    cost.cpu += pods * cpu;
    cost.memory += pods * memory;
  }
  return { ...cost, cpu: rounded(cost.cpu) };
}

/** Says of which classes nobody knows what they cost; empty where all say so. */
export function silentSentence({ silent }: Costs): string {
  if (silent.length === 0) return '';
  return `No overhead is known of RuntimeClass ${list(silent.map(name => quote(clean(name))))}.`;
}

/** Like a sum of a table, but that a zero is one: an arrow leads to it. */
export const cpuWords = (cores: number): string => (cores === 0 ? '0' : cpuText(cores));
export const memoryWords = (bytes: number): string => (bytes === 0 ? '0' : memoryText(bytes));
