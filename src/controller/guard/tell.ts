import { Gauge, type Registry } from 'prom-client';
import type { ClusterLeftOut, LeftOutByNamespace } from '../../guard/left-out.ts';
import type { RuleOfWebhook } from '../../guard/rules.ts';
import type { Logger } from '../../log/logger.ts';
import type { Lacks } from '../missing-from-guard.ts';

/** Reports what became of the guard: each problem once, and when it is over. */
export interface Teller {
  /** @param problem why the guard could not be written */
  tell(problem: string | undefined): void;
  tellLeftOut(lacks: Lacks): void;
  /** Forgets what was reported, as another replica reports it now. */
  forget(): void;
}

const NOT_IN_STEP =
  'the guard could not be brought into step with the policies in force; its last good version stays in force, and the leader tries again';

export function guardTeller(log: Logger, registry: Registry): Teller {
  const outOfStep = outOfStepGauge(registry);
  const leftOut = leftOutGauge(registry);
  const namespaces = eachOnce<ReturnType<typeof namespacesOf>[number]>({
    keyOf: ({ namespace }) => namespace,
    began: one => log.warn(one, LEFT_OUT),
    ended: ({ namespace }) =>
      log.info({ namespace }, 'the policies of this namespace are in the guard again'),
  });
  const rules = eachOnce<ReturnType<typeof rulesOf>[number]>({
    keyOf: ({ policy, rule }) => `${policy}/${rule}`,
    began: one => log.warn(one, RULE_LEFT_OUT),
    ended: ({ policy, rule }) => log.info({ policy, rule }, 'this rule is in the guard again'),
  });
  const cluster = eachOnce<ClusterLeftOut>({
    keyOf: ({ kind, name }) => `${kind} ${name}`,
    began: ({ kind, name, because }) => log.warn({ kind, name, because }, CLUSTER_LEFT_OUT[kind]),
    ended: ({ kind, name }) =>
      log.info({ kind, name }, 'the guard has the current version of this object again'),
  });
  let told: string | undefined;
  return {
    tell: problem => {
      if (problem !== undefined && problem !== told) log.error({ reason: problem }, NOT_IN_STEP);
      if (problem === undefined && told !== undefined) log.info('the guard is in step again');
      told = problem;
      outOfStep.set(problem === undefined ? 0 : 1);
    },
    tellLeftOut: lacks => {
      const missing = rulesOf(lacks.rulesOfWebhook);
      leftOut.set({ what: 'namespace' }, lacks.leftOut.size);
      leftOut.set({ what: 'rule' }, missing.length);
      for (const [what, kind] of [
        ['exemption', 'SandboxExemption'],
        ['policy', 'ClusterSandboxPolicy'],
      ] as const)
        leftOut.set({ what }, lacks.clusterLeftOut.filter(one => one.kind === kind).length);
      cluster.tell(lacks.clusterLeftOut);
      namespaces.tell(namespacesOf(lacks.leftOut));
      rules.tell(missing);
    },
    forget: () => {
      outOfStep.set(0);
      leftOut.reset();
      told = undefined;
      namespaces.forget();
      rules.forget();
      cluster.forget();
    },
  };
}

const LEFT_OUT =
  'SandboxPolicies of this namespace are not in the guard, which requires of every Pod there the most isolation that any of them asks for';

const RULE_LEFT_OUT =
  'this rule of a cluster policy is not in the guard, so it is enforced only while the webhook answers';

const CLUSTER_LEFT_OUT: Readonly<Record<ClusterLeftOut['kind'], string>> = {
  SandboxExemption: 'this exemption is not in the guard, which denies the Pods that need it',
  ClusterSandboxPolicy:
    'the guard does not have the current version of this cluster policy, but its previous one, or none if it is new',
};

const namespacesOf = (leftOut: LeftOutByNamespace) =>
  Array.from(leftOut, ([namespace, { because, bytes }]) => ({ namespace, because, bytes }));

/** The rules of cluster policies: those of SandboxPolicies are never in the guard. */
const rulesOf = (rules: readonly RuleOfWebhook[]) =>
  rules
    .filter(({ because }) => because !== 'namespaced')
    .map(({ policy, rule, because }) => ({ policy: policy.name, rule: rule.name, because }));

interface Told<T> {
  readonly keyOf: (one: T) => string;
  readonly began: (one: T) => void;
  readonly ended: (one: T) => void;
}

/** Reports each one once, again where the reason has changed, and when it is over. */
function eachOnce<T extends { readonly because: string }>({ keyOf, began, ended }: Told<T>) {
  let known = new Map<string, T>();
  return {
    tell: (all: readonly T[]): void => {
      const now = new Map(all.map(one => [keyOf(one), one]));
      for (const [key, one] of now) if (known.get(key)?.because !== one.because) began(one);
      for (const [key, one] of known) if (!now.has(key)) ended(one);
      known = now;
    },
    forget: (): void => {
      known = new Map();
    },
  };
}

const outOfStepGauge = (registry: Registry): Gauge =>
  new Gauge({
    name: 'cofferdam_guard_out_of_step',
    help: '1 if this replica is the leader and could not write the guard that the policies in force call for, 0 otherwise. The guard that was written last stays in force.',
    registers: [registry],
  });

const leftOutGauge = (registry: Registry): Gauge<'what'> =>
  new Gauge({
    name: 'cofferdam_guard_left_out',
    help: 'How many namespaces, rules, exemptions or cluster policies the leader had to leave out of the guard. In such a namespace every Pod needs the most isolation that its SandboxPolicies ask for; by such a rule of a cluster policy only the webhook judges; what such an exemption waives the guard denies; such a policy stays in it as it was written last.',
    labelNames: ['what'],
    registers: [registry],
  });
