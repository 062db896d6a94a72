import type { NamespaceFacts } from '../cluster/view.ts';
import type { PodView } from '../pod/view.ts';
import type { Flaw } from '../source/flaw.ts';
import type { Keys } from '../source/path.ts';
import { reasonOf } from '../source/reason.ts';
import type { CelFault } from './cel/fault.ts';
import { bindCel, type CelBindings, type CelProgram, compileCel } from './cel.ts';
import type { CompiledRule } from './policy.ts';
import { repeated, type Scoring } from './scoring.ts';

type Rule = NonNullable<Scoring['rules']>[number];

const VARIABLES = ['object', 'namespaceObject'] as const;

/** The rules of a policy, compiled, and what is wrong with the others. */
export function compileRules(scoring: Scoring | undefined): {
  readonly rules: readonly CompiledRule[];
  readonly flaws: readonly Flaw[];
} {
  const rules: CompiledRule[] = [];
  const flaws: Flaw[] = [];
  const names = (scoring?.rules ?? []).map(rule => rule.name);
  for (const [i, rule] of (scoring?.rules ?? []).entries()) {
    const path = ['spec', 'scoring', 'rules', i];
    flaws.push(...repeated(rule.name, i, names, [...path, 'name'], 'Give each rule its own name.'));
    const program = compileCel(rule.expression, VARIABLES);
    if ('problem' in program) {
      flaws.push(flawOf(program, 'the expression is refused', 'Correct the CEL expression.', path));
      continue;
    }
    rules.push(compileRule(rule, program));
    if (program.foreign === undefined) continue;
    const why = 'Kubernetes would refuse the expression, or answer otherwise';
    const fix = 'Correct the CEL expression: the API server evaluates it too, in the guard.';
    flaws.push({ ...flawOf(program.foreign, why, fix, path), tightened: 'expression' });
  }
  return { rules, flaws };
}

function flawOf({ problem, excerpt, meant }: CelFault, why: string, fix: string, rule: Keys): Flaw {
  return {
    path: [...rule, 'expression'],
    message: `${why}: ${problem}`,
    fix: meant === undefined ? fix : `Did you mean ${meant}?`,
    ...(excerpt && { excerpt }),
  };
}

function compileRule({ name, weight, message, expression }: Rule, program: CelProgram): CompiledRule {
  return Object.freeze({
    name,
    weight,
    ...(message !== undefined && { message }),
    expression,
    foreign: program.foreign !== undefined,
    worstCost: program.worstCost,
    walked: program.walked,
    crosses: program.crosses,
    readsUnseen: program.readsUnseen,
    evaluate: (pod: PodView, namespace: NamespaceFacts | undefined) => {
      const bindings = bindingsOf(pod, namespace);
      const answer = 'error' in bindings ? bindings : program.evaluate(bindings);
      if (typeof answer !== 'boolean') return answer;
      return answer ? 'matched' : 'not-matched';
    },
  });
}

type Converted = CelBindings | { readonly error: string };

/** Converting a Pod costs more than most rules: once for all of them. */
const converted = new WeakMap<
  PodView,
  { readonly namespace: NamespaceFacts | undefined; readonly to: Converted }
>();

function bindingsOf(pod: PodView, namespace: NamespaceFacts | undefined): Converted {
  const known = converted.get(pod);
  if (known && known.namespace === namespace) return known.to;
  const to = convert(pod, namespace);
  converted.set(pod, { namespace, to });
  return to;
}

function convert(pod: PodView, namespace: NamespaceFacts | undefined): Converted {
  const metadata = namespace && { name: namespace.name, labels: namespace.labels };
  try {
    return bindCel({ object: pod.pod, namespaceObject: metadata ? { metadata } : null });
  } catch (error) {
    return { error: reasonOf(error) };
  }
}
