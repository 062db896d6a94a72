import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modeOf, reaches } from '../../src/pod/mode.ts';
import { cofferdam } from './support/cli.ts';
import { contradictions } from './support/parity/became.ts';
import type { Compared } from './support/parity/compared.ts';
import { type Created, createWorkloads } from './support/parity/creation.ts';
import { type Ground, POLICIES, startGround, VIEW } from './support/parity/ground.ts';
import { OWN, renamed } from './support/parity/names.ts';
import { realPods } from './support/parity/real.ts';
import {
  onItsNode,
  type Result,
  reasonTold,
  type Said,
  saidByReview,
  saidByWebhook,
} from './support/parity/said.ts';
import { bothPods } from './support/parity/same-pod.ts';
import { KINDS, type Plan, plan, type Workload, workloadOf } from './support/parity/workload.ts';
import { makeWorlds, type World } from './support/parity/worlds.ts';
import { WORK } from './support/settings.ts';

/*
What `review` says of a manifest, with the view of a cluster, and what the webhook does to the Pod that a controller of that
cluster makes of it.
*/

const SEED = 20_261_129;
/** Of generated Pods; real ones come to these. */
const EACH = 34;

/** On a busy machine; else it is some seconds. */
const REVIEW_MS = 180_000;

const MANIFESTS = join(WORK, 'parity-manifests.json');

const worlds = makeWorlds(SEED);
const workloads = planned();

/** Generated ones in each namespace, and the real ones in those of the built-in policy. */
function planned(): readonly Workload[] {
  const generated = fc.sample(plan, { numRuns: worlds.length * EACH, seed: SEED });
  const plain = worlds.filter(({ name }) => name.includes('plain'));
  const real = realPods().map((pod, i): readonly [Plan, World] => [
    { kind: KINDS[i % KINDS.length] ?? 'Pod', pod, variant: 0 },
    plain[i % plain.length] as World,
  ]);
  const all = [
    ...generated.map((one, i): readonly [Plan, World] => [one, worlds[i % worlds.length] as World]),
    ...real,
  ];
  return all.map(([one, { name }], i) => workloadOf({ ...one, pod: renamed(one.pod, name) }, `w-${i}`, name));
}

async function reviewed(...more: readonly string[]): Promise<readonly Result[]> {
  const { code, stdout, stderr } = await cofferdam(['review', '-o', 'json', ...more]);
  if (code === 2) throw new Error(stderr);
  return JSON.parse(stdout).results;
}

describe('a review of manifests, and the webhook on the Pods that controllers make of them', () => {
  let ground: Ground;
  let created: Created;
  let compared: readonly Compared[] = [];
  beforeAll(async () => {
    ground = await startGround(worlds);
    writeFileSync(MANIFESTS, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: workloads }));
    const results = await reviewed(MANIFESTS, '--cluster', VIEW, '--policy', POLICIES, '--mode', 'namespace');
    created = await createWorkloads(worlds, workloads);
    compared = compare(results);
  }, 600_000);
  afterAll(() => ground?.stop(), 240_000);

  /** The first Pod of each workload, of a DaemonSet on a node that can run it. */
  function compare(results: readonly Result[]): readonly Compared[] {
    const byName = new Map(results.map(result => [result.name, result]));
    const decisions = ground.decisions();
    const asked = Map.groupBy(
      ground.recorder.recorded.filter(({ path }) => path.startsWith('/mutate')),
      ({ request }) => request.object.metadata?.labels?.[OWN],
    );
    return created.taken.flatMap(workload => {
      const { name, namespace } = workload.metadata;
      const result = byName.get(name);
      const mode = worlds.find(one => one.name === namespace)?.mode ?? '';
      const pairs = (asked.get(name) ?? []).flatMap(one => {
        const review = result && onItsNode(result, one.request.object);
        const line = decisions.get(one.request.uid);
        return result && review && line
          ? [{ workload, mode, result, review, asked: one, said: saidByWebhook(line) }]
          : [];
      });
      return pairs.slice(0, 1);
    });
  }

  it('are many, of every kind, mode and verdict', () => {
    const countOf = (by: (one: Compared) => string) =>
      [...Map.groupBy(compared, by).values()].map(group => group.length);
    expect(compared.length).toBeGreaterThan(500);
    expect(compared.length).toBeGreaterThan(created.taken.length * 0.9);
    expect(countOf(({ workload }) => workload.kind).filter(count => count > 20)).toHaveLength(KINDS.length);
    expect(countOf(({ mode }) => mode).filter(count => count > 20)).toHaveLength(5);
    expect(countOf(({ said }) => said.verdict).filter(count => count > 70)).toHaveLength(3);
  });

  it('say the same: verdict, class, isolation, score, policy, signals, rules and exemptions', () => {
    const different = compared
      .map(({ workload, review, said }) => ({ workload, review: saidByReview(review), said }))
      .filter(({ review, said }) => !isDeepStrictEqual(review, said));
    expect(different).toEqual([]);
  });

  it('let rules read the same Pod, but for what nobody knows beforehand', () => {
    expect(
      compared
        .map(one => ({ name: one.workload.metadata.name, ...bothPods(one) }))
        .filter(({ review, webhook }) => !isDeepStrictEqual(review, webhook)),
    ).toEqual([]);
  });

  it('give the same reason', () => {
    const told = compared
      .filter(({ review }) => review.verdict !== 'admit' && !review.nodes?.otherwise)
      .map(({ workload, review, asked }) => ({
        name: workload.metadata.name,
        review: review.reasons[0] ?? '',
        told: reasonTold(asked),
      }))
      .filter(one => one.told !== undefined);
    expect(told.length).toBeGreaterThan(150);
    expect(told.filter(one => !one.review.includes(one.told ?? ''))).toEqual([]);
  });

  it('and that is what became of the Pods', () => {
    expect(compared.flatMap(one => contradictions(one, created))).toEqual([]);
  });

  it(
    'say the same of the Pods that run, as if they were made anew',
    async () => {
      const results = Map.groupBy(await reviewed('--from-cluster'), ({ name }) => /^w-\d+/.exec(name)?.[0]);
      const running = compared.filter(isJudgedAnew).flatMap(({ workload, mode, review }) =>
        (results.get(workload.metadata.name) ?? [])
          .filter(({ kind }) => kind === 'Pod')
          .slice(0, review.nodes ? 0 : 1)
          .map(result => ({ workload, was: anew(saidByReview(review), mode), is: saidByReview(result) })),
      );
      expect(running.length).toBeGreaterThan(250);
      expect(running.filter(({ was, is }) => !isDeepStrictEqual(was, is))).toEqual([]);
    },
    REVIEW_MS,
  );

  it(
    'would not if the review did not know the policies',
    async () => {
      const results = await reviewed(MANIFESTS, '--cluster', VIEW, '--mode', 'namespace');
      const others = compare(results).filter(
        ({ review, said }) => !isDeepStrictEqual(saidByReview(review), said),
      );
      expect(others.length).toBeGreaterThan(100);
    },
    REVIEW_MS,
  );
});

/** Rules that read what the API server fills in read more of a Pod that is stored; where it is to run is looked for anew. */
const isJudgedAnew = ({ workload, asked }: Compared): boolean =>
  !workload.metadata.namespace.includes('watchful') && !asked.request.object.spec?.nodeName;

/** A class that was set is one that the Pod names now. */
const anew = (said: Said, mode: string): Said =>
  said.verdict === 'sandbox' && reaches(modeOf(mode), 'inject')
    ? { ...said, verdict: 'admit', outcome: 'explicit-enough' }
    : said;
