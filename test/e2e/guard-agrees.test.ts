import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { storablePod } from '../arbitraries/guard.ts';
import { engineSays } from './support/agreement.ts';
import { askToCreate } from './support/guarding.ts';
import { endRounds, makeRounds, NOW, podIn, type Round, startRounds } from './support/rounds.ts';

const SEED = 20_261_124;
const PODS_EACH = 60;
const rounds = makeRounds(12, SEED);
const pods = fc.sample(storablePod, { numRuns: rounds.length * PODS_EACH, seed: SEED });
const podsOf = (round: number): readonly Pod[] => pods.slice(round * PODS_EACH, (round + 1) * PODS_EACH);

interface Compared {
  readonly pod: Pod;
  readonly admits: boolean;
  readonly expected: boolean;
  /** Whether another guard's policies refused it. */
  readonly mistaken: boolean;
  readonly denied: boolean;
  readonly warnings: readonly string[];
}

/** What the guard and the engine say of the Pod that the API server would store; undefined where it refuses it itself. */
async function compare(round: Round, generated: Pod, i: number): Promise<Compared | undefined> {
  const asked = await askToCreate(podIn(round, generated, `pod-${i}`));
  if ('refused' in asked) return undefined;
  const pod = JSON.parse(JSON.stringify(asked.pod)) as Pod;
  const request = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: 'someone', groups: ['system:masters'] },
    pod,
    namespaceName: round.name,
    namespace: round.namespace,
  };
  const said = engineSays(request, round, round.view, NOW);
  const other = rounds[(rounds.indexOf(round) + 1) % rounds.length] as Round;
  const { guardDenies: mistaken } = engineSays(request, other, round.view, NOW);
  const { warnings } = asked;
  const denied = warnings.length > 0;
  return { pod, admits: said.admits, expected: said.guardDenies, mistaken, denied, warnings };
}

describe('the guard, with the API server as the judge, over generated Pods, policies and exemptions', () => {
  let compared: readonly Compared[] = [];
  beforeAll(async () => {
    await startRounds(rounds);
    const all = await Promise.all(
      rounds.map(async (round, i) => {
        const results: (Compared | undefined)[] = [];
        for (const [k, pod] of podsOf(i).entries()) results.push(await compare(round, pod, k));
        return results;
      }),
    );
    compared = all.flat().filter(one => one !== undefined);
  });
  afterAll(() => endRounds(rounds));

  it('sees Pods of every kind: most are taken by the API server, many denied, many admitted', () => {
    const denied = compared.filter(one => one.denied).length;
    expect(compared.length).toBeGreaterThan(pods.length * 0.7);
    expect(denied).toBeGreaterThan(compared.length * 0.15);
    expect(compared.length - denied).toBeGreaterThan(compared.length * 0.15);
  });

  it('is never stricter than the engine', () => {
    expect(compared.filter(({ denied, admits }) => denied && admits)).toEqual([]);
  });

  it('is exact, but for rules of namespaced policies, requirements, scheduling and missing classes', () => {
    expect(compared.filter(({ denied, expected }) => denied !== expected)).toEqual([]);
  });

  it('would not agree if it were made of other policies', () => {
    expect(compared.filter(({ denied, mistaken }) => denied !== mistaken).length).toBeGreaterThan(15);
  });

  it('never fails to evaluate, and says what is wrong in one line', () => {
    const said = compared.flatMap(({ warnings }) => warnings);
    // Of a rule that fails, the API server tells itself; the policies' generator has one that does.
    const known =
      /^(the Pod needs isolation |RuntimeClass \S+ does not contain |the Pod has isolation |A rule of a policy asks |expression 'variables[.]rulesHold' resulted in error: )/;
    expect(said.filter(line => !known.test(line) || line.length > 700)).toEqual([]);
  });
});
