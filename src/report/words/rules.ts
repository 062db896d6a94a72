import type { Decision } from '../../decision/decision.ts';
import { clean, quote } from '../../source/text.ts';

/** A rule that counted, and its message to authors. */
export interface RuleCounted {
  readonly policy: string;
  readonly name: string;
  readonly weight: number;
  readonly message?: string;
  /** Why it could not be evaluated, so that it counts. */
  readonly error?: string;
}

/** Every rule that weighs in one of the policies that judged; those of the governing policy come first. */
export const rulesCounted = ({ governing, others }: Decision): readonly RuleCounted[] =>
  [governing, ...others].flatMap(({ policy, contributions }) =>
    contributions
      .filter(({ kind, weight }) => kind === 'rule' && weight > 0)
      .map(({ id: name, weight, value, note }) => {
        const rule = { policy, name, weight };
        if (value === undefined) return rule;
        return note === 'rule-error' ? { ...rule, error: value } : { ...rule, message: value };
      }),
  );

/** `rule "public" of policy "edge": What faces the internet runs in a VM`, once for each rule with a message. */
export function ruleSentences(decision: Decision): string[] {
  const said = rulesCounted(decision).flatMap(({ policy, name, message }) =>
    message === undefined ? [] : [`rule ${quote(name)} of policy ${quote(policy)}: ${clean(message, 1024)}`],
  );
  return [...new Set(said)];
}
