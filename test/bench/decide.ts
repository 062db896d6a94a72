import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { documentOf } from '../support/documents.ts';
import { admissionReview, twoContainerPod } from './body.ts';
import { median } from './load.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const ROUNDS = 7;

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
  /** Per second, the median of the rounds. */
  readonly rate: number;
  /** Times the control (JSON.parse of the same request), the median of the rounds. */
  readonly ratio: number;
  /** What the ratio must not fall below. */
  readonly floor: number;
  /** Per second. */
  readonly goal: number;
}

interface Each {
  readonly decisions: number;
  readonly rules: number;
}

/** Decisions a second on one core, beside a control in the same rounds: parsing the request's JSON. */
export function benchDecisions(floors: Each, goals: Each): readonly InProcess[] {
  const view = builtinView();
  const balanced = builtinPolicy('balanced');
  const options = { builtin: balanced, balanced: true, now: NOW };
  const plain = compile([], options).snapshot;
  const rules = compile([documentOf(FIVE_RULES)], options).snapshot;
  const pod = twoContainerPod(undefined);
  const risky = twoContainerPod('high');
  const body = admissionReview(pod, '705ab4f5-6393-11e8-b7cc-42010a800002');

  const cases: [string, () => unknown, keyof Each | undefined][] = [
    ['control: JSON.parse of the request', () => JSON.parse(body), undefined],
    ['balanced, admitted', decideOn(pod, plain, view), 'decisions'],
    ['balanced, sandboxed', decideOn(risky, plain, view), 'decisions'],
    ['balanced and five CEL rules', decideOn(pod, rules, view), 'rules'],
  ];
  const rates = cases.map(() => [] as number[]);
  for (let round = 0; round <= ROUNDS; round++) {
    cases.forEach(([, run], i) => {
      const rate = perSecond(run);
      if (round > 0) rates[i]?.push(rate);
    });
  }
  const control = rates[0] as number[];
  return cases.map(([name, , kind], i) => ({
    name,
    floor: kind ? floors[kind] : 0,
    goal: kind ? goals[kind] : 0,
    rate: median(rates[i] as number[]),
    ratio: median((rates[i] as number[]).map((rate, round) => rate / (control[round] as number))),
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
  while (performance.now() - begin < 300) {
    for (let i = 0; i < 200; i++) run();
    count += 200;
  }
  return (count * 1000) / (performance.now() - begin);
}
