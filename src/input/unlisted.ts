import { candidatesOf } from '../decision/candidates.ts';
import type { Ground } from '../decision/ground.ts';
import { policyId } from '../decision/require.ts';
import type { CompiledPolicy, SandboxChoice } from '../policy/policy.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Position, SourceDocument } from '../source/document.ts';
import { nearest } from '../source/nearest.ts';
import type { Judged } from './assumed.ts';
import type { GroundOf } from './seen.ts';

/** A policy that judged a service, and lists nothing that the Docker daemon has. */
export interface Unlisted {
  /** `Kind/name` or `Kind/namespace/name` */
  readonly id: string;
  readonly position: Position;
  readonly listed: readonly SandboxChoice[];
  /** The runtime that was probably meant. */
  readonly meant?: string;
  /** Its isolation, where it was found by that and not by its name. */
  readonly isolation?: Isolation;
  /** The runtimes there that are sandboxes. */
  readonly there: readonly string[];
}

/**
 * The policies that leave services no sandbox, as they list only classes to which no runtime of the daemon corresponds.
 * @param given by `Kind/name` or `Kind/namespace/name`
 */
export function unlistedOf(
  given: ReadonlyMap<string, SourceDocument>,
  judged: readonly Judged[],
  groundOf: GroundOf,
): readonly Unlisted[] {
  const services = judged.filter(({ subject }) => subject.isService);
  const [first] = services;
  if (!first) return [];
  const ground = groundOf(first.subject);
  const judging = new Set(
    services.flatMap(({ decision }) => [decision.governing, ...decision.others].map(({ policy }) => policy)),
  );
  return ground.snapshot.policies
    .filter(policy => policy.sandboxes && judging.has(policyId(policy)) && hasNone(policy, ground))
    .flatMap(policy => {
      const found = [...given].find(
        ([id]) =>
          id === `${policy.namespace === undefined ? 'Cluster' : ''}SandboxPolicy/${policyId(policy)}`,
      );
      if (!found) return [];
      const [id, document] = found;
      return [{ id, position: document.positionOf(['spec', 'sandboxes']), ...meantBy(policy, ground) }];
    });
}

const hasNone = (policy: CompiledPolicy, { view, snapshot }: Ground): boolean =>
  candidatesOf(policy, view, snapshot.profiles).every(({ facts }) => facts === undefined);

/** The runtime that was meant, by what a class is known to be, or else by its spelling. */
function meantBy(
  { sandboxes: listed = [] }: CompiledPolicy,
  { view, snapshot: { profiles } }: Ground,
): Omit<Unlisted, 'id' | 'position'> {
  const isolationOf = (handler: string): Isolation => profiles.forHandler(handler).isolation;
  const runtimes = view.runtimeClasses().filter(({ handler }) => isolationOf(handler) !== 'host-kernel');
  const there = runtimes.map(({ name }) => name).toSorted();
  const names = listed.flatMap(choice => ('runtimeClass' in choice ? [choice.runtimeClass] : []));
  for (const name of names) {
    const isolation = isolationOf(view.docker?.handlerOfClass?.(name) ?? '');
    const same = runtimes.find(({ handler }) => isolationOf(handler) === isolation);
    if (same) return { listed, there, meant: same.name, isolation };
  }
  const meant = names.map(name => nearest(name, there)).find(one => one !== undefined);
  return { listed, there, ...(meant !== undefined && { meant }) };
}
