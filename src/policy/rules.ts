import type { NamespaceFacts } from '../pod/namespace.ts';
import { perPod } from '../pod/per-pod.ts';
import type { PodView } from '../pod/view.ts';
import type { Flaw } from '../source/flaw.ts';
import type { Keys } from '../source/path.ts';
import { reasonOf } from '../source/reason.ts';
import { list } from '../source/text.ts';
import type { CelFault } from './cel/fault.ts';
import {
  bindCel,
  type CelBindings,
  type CelProgram,
  compileCel,
  type FieldRead,
  fieldsReadBy,
} from './cel.ts';
import type { CompiledRule } from './policy.ts';
import { repeated, type Scoring } from './scoring.ts';

type Rule = NonNullable<Scoring['rules']>[number];

const VARIABLES = ['object', 'namespaceObject'] as const;

/** The fields of a Pod that a rule reads, as far as can be told. */
export const fieldsReadByRule = ({ expression }: Pick<CompiledRule, 'expression'>): readonly FieldRead[] =>
  fieldsReadBy(expression, VARIABLES);

/** The compiled rules of a policy, and what is wrong with the others. */
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
      for (const fault of [program, ...program.others])
        flaws.push(flawOf(fault, 'the expression is refused', 'Correct the CEL expression.', path));
      flaws.push(...flawsOfFields(program.unknownFields, path));
      continue;
    }
    rules.push(compileRule(rule, program));
    flaws.push(...flawsInForce(program, path));
  }
  return { rules, flaws };
}

/** Flaws that an earlier expression may keep: it is in force, and whoever writes it anew is told. */
function flawsInForce({ tooLong, foreign, unknownFields }: CelProgram, path: Keys): Flaw[] {
  const why = tooLong
    ? 'the expression is not run, and counts as matched'
    : 'Kubernetes would refuse the expression, or answer otherwise';
  const fix = tooLong
    ? 'Repeat less in its patterns, or ask for what stands around.'
    : 'Correct the CEL expression: the API server evaluates it too, in the guard.';
  const faults = tooLong ? [tooLong] : foreign ? [foreign, ...foreign.others] : [];
  return [
    ...faults.map(fault => ({ ...flawOf(fault, why, fix, path), tightened: 'expression' as const })),
    ...flawsOfFields(unknownFields, path),
  ];
}

/** Warnings about unknown fields. Nothing is refused, as a later Kubernetes may have them. */
const flawsOfFields = (fields: readonly CelFault[], path: Keys): Flaw[] =>
  fields.map(field => ({
    ...flawOf(field, 'a field that is never there', ABSENT, path),
    severity: 'warning',
  }));

const ABSENT = 'Correct the name, unless it is one of a newer Kubernetes than is known here.';

function flawOf(fault: CelFault, why: string, fix: string, rule: Keys): Flaw {
  const { problem, excerpt, meant, variables } = fault;
  const there = variables && `The variables here are ${list(variables)}.`;
  return {
    path: [...rule, 'expression'],
    message: `${why}: ${problem}`,
    fix: meant === undefined ? (there ?? fix) : `Did you mean ${meant}?`,
    ...(excerpt && { excerpt }),
  };
}

function compileRule({ name, weight, message, expression }: Rule, program: CelProgram): CompiledRule {
  return Object.freeze({
    name,
    weight,
    ...(message !== undefined && { message }),
    expression,
    foreign: program.foreign !== undefined || program.tooLong !== undefined,
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

/** Converting a Pod costs more than most rules do, so it is done once for all of them. */
const converted = perPod(() => new Map<NamespaceFacts | undefined, Converted>());

function bindingsOf(pod: PodView, namespace: NamespaceFacts | undefined): Converted {
  const known = converted(pod);
  const to = known.get(namespace) ?? convert(pod, namespace);
  known.set(namespace, to);
  return to;
}

function convert(pod: PodView, namespace: NamespaceFacts | undefined): Converted {
  const metadata = namespace && { name: namespace.name, labels: namespace.labels };
  try {
    return bindCel({ object: pod.sent?.() ?? pod.pod, namespaceObject: metadata ? { metadata } : null });
  } catch (error) {
    return { error: reasonOf(error) };
  }
}
