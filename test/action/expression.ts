/** The values that expressions may name: `github.event.number` is `{ github: { event: { number: … } } }`. */
export type Contexts = Readonly<Record<string, unknown>>;

/**
 * Evaluates the part of GitHub's expressions that action.yml and docs/ci/ use: names, texts, `==`, `!=`, `&&`, `||`.
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions
 * @throws Error when the expression has anything else in it
 */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const either = expression.split('||');
  if (either.length > 1) return firstOf(either, contexts, Boolean);
  const both = expression.split('&&');
  if (both.length > 1) return firstOf(both, contexts, value => !value);
  const [, left, sign, right] = /^(.*?)(==|!=)(.*)$/.exec(expression) ?? [];
  if (left === undefined || right === undefined) return operand(expression.trim(), contexts);
  // A property that is not there is null, which equals the empty text.
  const [a, b] = [left, right].map(side => operand(side.trim(), contexts) ?? '');
  return (a === b) === (sign === '==');
}

/** `&&` and `||` give the first operand that settles the result, or else the last. */
function firstOf(
  operands: readonly string[],
  contexts: Contexts,
  settles: (value: unknown) => boolean,
): unknown {
  let value: unknown;
  for (const one of operands) {
    value = evaluate(one, contexts);
    if (settles(value)) break;
  }
  return value;
}

function operand(word: string, contexts: Contexts): unknown {
  const [, text] = /^'([^']*)'$/.exec(word) ?? [];
  if (text !== undefined) return text;
  if (!/^[a-z][\w-]*(\.[a-z][\w-]*)+$/i.test(word))
    throw new Error(`cannot evaluate ${JSON.stringify(word)}`);
  return word.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Contexts)[key] : undefined;
  }, contexts);
}

/** Replaces each `${{ }}` by its value. */
export const filledIn = (text: string, contexts: Contexts): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
    String(evaluate(expression, contexts) ?? ''),
  );
