import type { Ground } from '../../decision/ground.ts';
import type { Running } from '../../input/cluster.ts';
import { compileExemption } from '../../policy/exemption.ts';
import type { Review } from '../../report/result.ts';
import type { Suggested } from '../../report/suggest/suggested.ts';
import { placeOf } from '../cluster/open.ts';
import { overheadsOf } from '../cluster/overheads.ts';
import { judgeRunning } from '../cluster/running.ts';
import type { ClusterSource } from '../cluster/source.ts';
import type { CliIo } from '../console/io.ts';
import { version } from '../console/version.ts';
import type { Scope } from '../judging/scope.ts';
import { tiersIn } from '../judging/tiers.ts';

/** What is judged, and by what, before anything is suggested. */
interface Basis {
  readonly source: ClusterSource;
  readonly running: Running;
  readonly ground: Ground;
  readonly scope: Scope;
}

/**
 * Reviews what runs with a set in force: its exemptions, although nobody has signed them yet, and its modes. What cannot be
 * judged is reported with the set.
 */
export function reviewWith(
  { exemptions, namespaces }: Pick<Suggested, 'exemptions' | 'namespaces'>,
  { source, running, ground: { view, snapshot }, scope }: Basis,
  io: CliIo,
): Review {
  const modes = new Map(namespaces.map(({ name, mode }) => [name, mode]));
  const own = exemptions.map(({ exemption }) => compileExemption(exemption));
  const ground = { view, snapshot: { ...snapshot, exemptions: [...snapshot.exemptions, ...own] } };
  const starting: Scope = (facts, asked) => modes.get(facts.name) ?? scope(facts, asked);
  const all = [...running.pods, ...running.idle, ...running.next];
  const { judged } = judgeRunning(all, ground, { mode: 'namespace', scope: starting }, io);
  return {
    version: version(),
    results: judged.map(({ result }) => result),
    skipped: new Map(),
    problems: [],
    tiers: tiersIn(snapshot),
    cluster: { ...placeOf(source), finished: running.finished, overheads: overheadsOf(view) },
  };
}
