import type { Pod } from '../../../src/pod/kube.ts';
import { viewPod } from '../../../src/pod/view.ts';
import { inspect } from '../../../src/signals/index.ts';
import type { SignalId } from '../../../src/signals/signal.ts';
import { type DraftPod, fixture } from '../../fixtures/minimal.ts';

/** What one signal finds on one Pod. No hits: a near miss. */
export interface Case {
  readonly signal: SignalId;
  readonly name: string;
  readonly pod: Pod;
  /** `path = value`, or the path alone where the finding has no value. */
  readonly hits: readonly string[];
}

type Row = readonly [name: string, change: (pod: DraftPod) => void, ...hits: string[]];

export const cases = (signal: SignalId, ...rows: Row[]): readonly Case[] =>
  rows.map(([name, change, ...hits]) => {
    const made = fixture(name, signal, change);
    return {
      signal,
      name,
      hits,
      get pod() {
        return made.pod;
      },
    };
  });

/** What `inspect` finds of one signal, in the notation of a case. */
export const found = (
  pod: Pod,
  signal: SignalId,
  namespaceLabels: Readonly<Record<string, string>> = {},
): string[] =>
  inspect(viewPod(pod, 'default', namespaceLabels))
    .filter(finding => finding.signal === signal)
    .map(({ path, value }) => (value === undefined ? path : `${path} = ${value}`));
