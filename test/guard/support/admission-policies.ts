import type {
  AdmissionRequest,
  BindingObject,
  Bound,
  Denial,
  PolicyObject,
  Verdict,
} from './admission-objects.ts';
import { bindRequest, type Values } from './bound-request.ts';
import { type Compiled, compilePolicy } from './compiled-policy.ts';
import { LazyVariables } from './kubernetes-cel.ts';
import { matchesResources } from './matching.ts';

/*
Evaluates ValidatingAdmissionPolicies as the API server does, but does not count what an evaluation costs.
https://github.com/kubernetes/apiserver/blob/v0.37.2/pkg/admission/plugin/policy/validating/validator.go, dispatcher.go
*/

/** @throws where the API server would reject one of the policies */
export function evaluatePolicies(all: readonly Bound[], request: AdmissionRequest): Verdict {
  const values = bindRequest(request);
  const decided = pairsFor(all, request).flatMap(([policy, binding]) => {
    const failures = validate(policy, values);
    return failures ? [{ policy, binding, failures }] : [];
  });
  const denials = decided
    .filter(({ binding }) => binding.spec.validationActions.includes('Deny'))
    .flatMap(({ policy, binding, failures }) => failures.map(one => denialOf(policy, binding, one)));
  const evaluated = [...new Set(decided.map(({ policy }) => policy.metadata.name))];
  return { allowed: denials.length === 0, denials, evaluated };
}

/** Each policy with each of its bindings that lets the request in. */
const pairsFor = (all: readonly Bound[], request: AdmissionRequest): [PolicyObject, BindingObject][] =>
  all
    .filter(({ policy }) => matchesResources(policy.spec.matchConstraints, request))
    .flatMap(({ policy, bindings }) =>
      bindings
        .filter(({ spec }) => matchesResources(spec.matchResources, request))
        .map((binding): [PolicyObject, BindingObject] => [policy, binding]),
    );

/** A validation that does not hold. `reason` is the API server's default where the validation has none. */
interface Failure {
  readonly message: string;
  readonly reason?: string | undefined;
}

const denialOf = (policy: PolicyObject, binding: BindingObject, { message, reason }: Failure): Denial => ({
  policy: policy.metadata.name,
  binding: binding.metadata.name,
  message,
  reason: reason ?? 'Invalid',
});

/** The result is undefined where the match conditions keep the request out. */
function validate(policy: PolicyObject, values: Values): readonly Failure[] | undefined {
  const compiled = compilePolicy(policy);
  const failures = (list: readonly Failure[]) => (policy.spec.failurePolicy === 'Ignore' ? [] : list);
  const matched = matchConditions(compiled, values);
  if (matched === false) return undefined;
  if (matched !== true) return failures([{ message: matched }]);
  // Validations, messages and audit annotations each have variables of their own.
  const [first, second, third] = [0, 1, 2].map(() => withVariables(compiled, values)) as [
    Values,
    Values,
    Values,
  ];
  const failed = compiled.validations.flatMap(({ holds, message, text, reason }): readonly Failure[] => {
    const result = attempt(() => holds(first));
    if ('error' in result) return failures([{ message: errorText(holds.expression, result.error) }]);
    if (result.value === true) return [];
    return [{ message: messageFrom(message && attempt(() => message(second))) || text, reason }];
  });
  const audited = compiled.auditAnnotations.flatMap(value => {
    const result = attempt(() => value(third));
    return 'error' in result ? failures([{ message: errorText(value.expression, result.error) }]) : [];
  });
  return [...failed, ...audited];
}

/** The result is false where one condition is false, whatever the others are; otherwise the errors, which deny under `Fail`. */
function matchConditions({ matchConditions }: Compiled, values: Values): boolean | string {
  const withoutNamespace = { ...values, namespaceObject: null };
  const errors: string[] = [];
  for (const condition of matchConditions) {
    const result = attempt(() => condition(withoutNamespace));
    if ('error' in result) errors.push(errorText(condition.expression, result.error));
    else if (result.value !== true) return false;
  }
  if (errors.length === 0) return true;
  return errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`;
}

function withVariables({ variables }: Compiled, values: Values): Values {
  const all: Record<string, unknown> = { ...values };
  all.variables = new LazyVariables(name => {
    const result = attempt(() => variables.get(name)?.(all));
    if ('value' in result) return result.value;
    throw new Error(`composited variable "${name}" fails to evaluate: ${result.error}`);
  });
  return all;
}

type Result = { readonly value: unknown } | { readonly error: string };

function attempt(evaluate: () => unknown): Result {
  try {
    return { value: evaluate() };
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0] ?? '' };
  }
}

const errorText = (expression: string, error: string): string =>
  `expression '${expression}' resulted in error: ${error}`;

/** Where the API server does not accept the result as a message, `message` takes its place. */
function messageFrom(result: Result | undefined): string {
  if (!result || 'error' in result || typeof result.value !== 'string') return '';
  const message = result.value.trim();
  return Buffer.byteLength(message) > MAX_MESSAGE_BYTES || message.includes('\n') ? '' : message;
}

/** The limit is `MaxEvaluatedMessageExpressionSizeBytes` of the API server. */
const MAX_MESSAGE_BYTES = 5 * 1024;
