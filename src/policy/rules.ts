import type { NamespaceFacts } from '../cluster/view.ts';
import type { PodView } from '../pod/view.ts';
import type { Flaw } from '../source/flaw.ts';
import { reasonOf } from '../source/reason.ts';
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
      const message = `the expression is refused: ${program.problem}`;
      flaws.push({ path: [...path, 'expression'], message, fix: 'Correct the CEL expression.' });
      continue;
    }
    rules.push(compileRule(rule, program));
    if (program.foreign === undefined) continue;
    flaws.push({
      path: [...path, 'expression'],
      message: `Kubernetes would refuse the expression, or answer otherwise: ${program.foreign}`,
      fix: 'Correct the CEL expression: the API server evaluates it too, in the guard.',
      tightened: 'expression',
    });
  }
  return { rules, flaws };
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
