import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../../admission/log.ts';
import type { Guard } from '../../guard/guard.ts';
import type { RuleOfWebhook } from '../../guard/rules.ts';

/** Says what became of the guard: each problem once, and when it is over. */
export interface Teller {
  /** @param problem why the guard could not be written */
  tell(problem: string | undefined): void;
  tellLeftOut(guard: Guard): void;
  /** Another replica says it now. */
  forget(): void;
}

const NOT_IN_STEP =
  'the guard is not what the policies in force say; the last good one stays, and it is tried again';

export function guardTeller(log: Logger, registry: Registry): Teller {
  const outOfStep = outOfStepGauge(registry);
  const leftOut = leftOutGauge(registry);
  let told: string | undefined;
  let toldOf = new Set<string>();
  let toldOfRules = new Set<string>();
  return {
    tell: problem => {
      if (problem !== undefined && problem !== told) log.error({ reason: problem }, NOT_IN_STEP);
      if (problem === undefined && told !== undefined) log.info('the guard is in step again');
      told = problem;
      outOfStep.set(problem === undefined ? 0 : 1);
    },
    tellLeftOut: guard => {
      leftOut.set({ what: 'namespace' }, guard.leftOut.size);
      const rules = guard.rulesOfWebhook.filter(isMissing);
      leftOut.set({ what: 'rule' }, rules.length);
      for (const [namespace, { because, bytes }] of guard.leftOut) {
        if (!toldOf.has(namespace)) log.warn({ namespace, because, bytes }, LEFT_OUT);
      }
      for (const namespace of toldOf) {
        if (!guard.leftOut.has(namespace)) log.info({ namespace }, 'its policies are in the guard again');
      }
      toldOf = new Set(guard.leftOut.keys());
      for (const { policy, rule, because } of rules) {
        if (!toldOfRules.has(keyOf(policy.name, rule.name)))
          log.warn({ policy: policy.name, rule: rule.name, because }, RULE_LEFT_OUT);
      }
      toldOfRules = new Set(rules.map(({ policy, rule }) => keyOf(policy.name, rule.name)));
    },
    forget: () => {
      outOfStep.set(0);
      leftOut.reset();
      told = undefined;
      toldOf = new Set();
      toldOfRules = new Set();
    },
  };
}

const LEFT_OUT =
  'SandboxPolicies of this namespace are not in the guard: every Pod there needs the most isolation that they ask for';

const RULE_LEFT_OUT = 'this rule of a cluster policy is not in the guard: only the webhook judges by it';

/** Of a cluster policy: rules of SandboxPolicies are never in it. */
const isMissing = ({ because }: RuleOfWebhook): boolean => because !== 'namespaced';
const keyOf = (policy: string, rule: string): string => `${policy}/${rule}`;

export const outOfStepGauge = (registry: Registry): Gauge =>
  new Gauge({
    name: 'cofferdam_guard_out_of_step',
    help: '1 where this replica leads and could not make the guard what the policies in force say.',
    registers: [registry],
  });

export const leftOutGauge = (registry: Registry): Gauge<'what'> =>
  new Gauge({
    name: 'cofferdam_guard_left_out',
    help: 'What the leader had to leave out of the guard: namespaces, whose own SandboxPolicies then fail closed, and rules of cluster policies, by which only the webhook then judges.',
    labelNames: ['what'],
    registers: [registry],
  });
