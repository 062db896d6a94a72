import type { PolicyObject } from './admission-objects.ts';
import { compileCel, kubernetesCel, type Program } from './kubernetes-cel.ts';

export interface Compiled {
  readonly matchConditions: readonly Program[];
  readonly variables: ReadonlyMap<string, Program>;
  readonly validations: readonly {
    readonly holds: Program;
    readonly message: Program | undefined;
    /** The text that stands where the message cannot be evaluated, or where there is none. */
    readonly text: string;
    readonly reason: string | undefined;
  }[];
  readonly auditAnnotations: readonly Program[];
}

const known = new WeakMap<PolicyObject, Compiled>();

/**
 * Compiles a policy once.
 * @throws where the API server would reject it
 */
export function compilePolicy(policy: PolicyObject): Compiled {
  const compiled = known.get(policy) ?? compile(policy);
  known.set(policy, compiled);
  return compiled;
}

function compile({ spec }: PolicyObject): Compiled {
  const types = new Map<string, string>();
  const variables = new Map<string, Program>();
  for (const { name, expression } of spec.variables ?? []) {
    if (types.has(name)) throw new Error(`variable ${name} is there twice`);
    // A variable knows only those before it.
    const program = compileCel(kubernetesCel(types), expression);
    variables.set(name, program);
    types.set(name, program.type);
  }
  const bare = kubernetesCel();
  const whole = kubernetesCel(types);
  return {
    matchConditions: (spec.matchConditions ?? []).map(({ expression }) =>
      compileCel(bare, expression, 'bool'),
    ),
    variables,
    validations: (spec.validations ?? []).map(({ expression, message, messageExpression, reason }) => ({
      holds: compileCel(whole, expression, 'bool'),
      message: messageExpression ? compileCel(whole, messageExpression, 'string') : undefined,
      text: message?.trim() || `failed expression: ${expression.trim()}`,
      reason,
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map(({ valueExpression }) =>
      compileCel(whole, valueExpression, 'string'),
    ),
  };
}
