import jsonpatch from 'fast-json-patch';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { documentOf } from '../support/documents.ts';
import { admissionReview, twoContainerPod } from './body.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const ROUNDS = 15;
/** The rounds until the optimizing compiler, for which a busy machine leaves little time, has compiled everything. */
const WARM_UP_ROUNDS = 5;
const ROUND_MS = 150;

/** Five rules as people write them: labels, images, counts, ports. */
const FIVE_RULES = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'five-rules' },
  spec: {
    scoring: {
      rules: [
        ['internet-facing', "object.metadata.?labels.?exposure.orValue('') == 'public'"],
        ['docker-hub', "object.spec.containers.exists(c, c.image.startsWith('docker.io/'))"],
        ['many-containers', 'size(object.spec.containers) > 10'],
        [
          'default-account',
          "object.spec.?serviceAccountName.orValue('default') == 'default' && size(object.spec.containers) > 5",
        ],
        ['high-priority', 'object.spec.?priority.orValue(0) > 100000'],
      ].map(([name, expression]) => ({ name, expression, weight: 10 })),
    },
  },
};

export interface InProcess {
  readonly name: string;
  /** The rate per second in the best of the rounds, since whatever else runs on the machine only lowers it. */
  readonly rate: number;
  /** The rate as a multiple of the control's (see benchDecisions). */
  readonly ratio: number;
  /** The least that the ratio may be. */
  readonly floor: number;
  /** The goal for the rate per second. */
  readonly goal: number;
}

interface Each {
  readonly decisions: number;
  readonly rules: number;
}

/**
 * Decisions a second on one core, beside a control in the same rounds: fast-json-patch compares the review with itself
 * and one changed field. The control is plain JavaScript over the same objects, as decisions are. JSON.parse, which
 * is C++, is slowed by other things: against it the same code was anywhere from 0.15 to 0.26, by the machine.
 */
export function benchDecisions(floors: Each, goals: Each): readonly InProcess[] {
  const view = builtinView();
  const balanced = builtinPolicy('balanced');
  const options = { builtin: balanced, balanced: true, now: NOW };
  const plain = compile([], options).snapshot;
  const rules = compile([documentOf(FIVE_RULES)], options).snapshot;
  const pod = twoContainerPod(undefined);
  const risky = twoContainerPod('high');
  const body = admissionReview(pod, '705ab4f5-6393-11e8-b7cc-42010a800002');
  const review = JSON.parse(body);
  const changed = JSON.parse(body);
  changed.request.object.spec.runtimeClassName = 'gvisor';

  const cases: [string, () => unknown, keyof Each | undefined][] = [
    ['control: compare two reviews', () => jsonpatch.compare(review, changed), undefined],
    ['balanced, admitted', decideOn(pod, plain, view), 'decisions'],
    ['balanced, sandboxed', decideOn(risky, plain, view), 'decisions'],
    ['balanced and five CEL rules', decideOn(pod, rules, view), 'rules'],
  ];
  const rates = cases.map(() => [] as number[]);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    cases.forEach(([, run], i) => {
      const rate = perSecond(run);
      if (round >= 0) rates[i]?.push(rate);
    });
  }
  const best = (of: number): number => Math.max(...(rates[of] as number[]));
  return cases.map(([name, , kind], i) => ({
    name,
    floor: kind ? floors[kind] : 0,
    goal: kind ? goals[kind] : 0,
    rate: best(i),
    ratio: best(i) / best(0),
  }));
}

function decideOn(pod: Pod, snapshot: Snapshot, view: ReturnType<typeof builtinView>): () => unknown {
  const request: DecisionRequest = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: 'u', groups: [] },
    pod,
    namespaceName: 'shop',
    namespace: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
  };
  return () => decide(request, snapshot, view, NOW);
}

function perSecond(run: () => unknown): number {
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < ROUND_MS) {
    for (let i = 0; i < 100; i++) run();
    count += 100;
  }
  return (count * 1000) / (performance.now() - begin);
}
