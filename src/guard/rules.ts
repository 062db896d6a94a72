import { type CompiledPolicy, type CompiledRule, isOfCluster } from '../policy/policy.ts';
import { ISOLATIONS } from '../profiles/isolation.ts';
import { BOUNDS } from '../signals/bounds.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts } from '../signals/guards.ts';
import { clean } from '../source/text.ts';
import { joined } from './cel.ts';
import type { LabelScorings } from './labels.ts';
import type { Validation, Variable } from './object.ts';
import { gather } from './parts.ts';
import { matchCel, ownWeights, rankOf, weightOfAll } from './policies.ts';
import { IS_JUDGED, IS_UPDATE } from './request.ts';

/*
Rules of cluster policies, on creation. The text of each is a variable by itself, so that a quote or a bracket in it
reaches no further. One that fails counts as matched: `||` takes the error only where the class is enough in any case
(https://github.com/google/cel-spec/blob/master/doc/langdef.md#logical-operators).
*/

/**
 * The cost of all rules in the guard together in the worst case, in steps of the engine (src/policy/cel/cost.ts): a tenth of
 * what the API server lets one policy cost, where a step is about one unit of cost.
 */
const SHARE_STEPS = 1_000_000;
/** The most characters of all rules in the guard and their messages; the rest is for policies and exemptions. */
const SHARE_CHARACTERS = 200_000;
/** The most rules in the guard: the text around each is longer than a short rule. */
export const SHARE_RULES = 1000;

/** Lists and maps that have a bound, so that no author of a Pod can make a rule walk more. */
const BOUNDED_LISTS: ReadonlySet<string> = new Set([
  ...BOUNDS.flatMap(({ lists }) => lists),
  // Whoever may label a Namespace is more than an author of Pods.
  'namespaceObject.metadata.labels',
]);

/**
 * Why only the webhook judges by a rule: it is of a SandboxPolicy; the API server does not compile it, or answers otherwise;
 * it reads what the engine does not know, so that the two would not agree; it walks something that has no bound; in a loop it
 * walks something else than what the items of that hold, or the rules before it have left too little of the share of steps;
 * of that of characters; or they are as many as there may be.
 */
export type WhyOfWebhook =
  | 'namespaced'
  | 'not-compiled'
  | 'unseen'
  | 'unbounded'
  | 'too-costly'
  | 'no-room'
  | 'too-many';

/** A rule that only the webhook judges. */
export interface RuleOfWebhook {
  readonly policy: CompiledPolicy;
  readonly rule: CompiledRule;
  readonly because: WhyOfWebhook;
}

interface Ruled {
  readonly policy: CompiledPolicy;
  readonly rules: readonly CompiledRule[];
}

export interface SortedRules {
  readonly inGuard: readonly Ruled[];
  readonly ofWebhook: readonly RuleOfWebhook[];
}

/** Whether a variable is the text of a rule and nothing else. */
export const isRule = ({ name }: Variable): boolean => /^rule\d+$/.test(name);

/**
 * Which rules go into the guard: as many as the share allows, in the order of policies.
 * @param policies by name, as a snapshot has them
 * @param refused expressions that the API server refused
 */
export function sortRules(
  policies: readonly CompiledPolicy[],
  refused: ReadonlySet<string> = new Set(),
): SortedRules {
  const inGuard: Ruled[] = [];
  const ofWebhook: RuleOfWebhook[] = [];
  const left = { steps: SHARE_STEPS, characters: SHARE_CHARACTERS, rules: SHARE_RULES };
  for (const policy of policies) {
    const rules = policy.rules.filter(rule => {
      const because = reasonAgainst(policy, rule, left, refused);
      if (because) ofWebhook.push({ policy, rule, because });
      else {
        left.steps -= rule.worstCost;
        left.characters -= charactersOf(rule);
        left.rules--;
      }
      return !because;
    });
    if (rules.length > 0) inGuard.push({ policy, rules });
  }
  return { inGuard, ofWebhook };
}

function reasonAgainst(
  policy: CompiledPolicy,
  rule: CompiledRule,
  left: { readonly steps: number; readonly characters: number; readonly rules: number },
  refused: ReadonlySet<string>,
): WhyOfWebhook | undefined {
  if (!isOfCluster(policy)) return 'namespaced';
  if (rule.foreign || refused.has(rule.expression)) return 'not-compiled';
  if (rule.readsUnseen) return 'unseen';
  // A step takes the API server longer the longer the list is, so only bounded lists may be walked.
  if (![...rule.walked].every(path => BOUNDED_LISTS.has(path))) return 'unbounded';
  // Two lists that are just within their bounds cost the API server more than it allows one expression.
  if (rule.crosses || rule.worstCost > left.steps) return 'too-costly';
  if (charactersOf(rule) > left.characters) return 'no-room';
  return left.rules === 0 ? 'too-many' : undefined;
}

/** How much of a rule's message the guard repeats: what it says has a bound, and all rules share it. */
const MESSAGE_LIMIT = 100;

const nameWithMessage = ({ name, message }: CompiledRule): string =>
  message === undefined ? name : `${name} (${clean(message, MESSAGE_LIMIT)})`;

const charactersOf = (rule: CompiledRule): number =>
  rule.expression.length + nameWithMessage(rule).length - rule.name.length;

/** The lists that rules in the guard loop over. */
export const walkedBy = ({ inGuard }: SortedRules): ReadonlySet<string> =>
  new Set(inGuard.flatMap(({ rules }) => rules.flatMap(({ walked }) => [...walked])));

/** Variables and the validation of the rules; none where there are no rules. */
export function rulesCel(
  { inGuard }: SortedRules,
  labels: LabelScorings,
): { readonly variables: readonly Variable[]; readonly validations: readonly Validation[] } {
  if (inGuard.length === 0) return { variables: [], validations: [] };
  const all = inGuard.flatMap(({ rules }) => rules);
  const names = new Map(
    [...new Set(all.map(({ expression }) => expression))].map((one, i) => [one, `rule${i}`]),
  );
  const matched = ({ expression }: CompiledRule): Cel => `variables.${names.get(expression)}`;
  const ofCluster = <T>(values: readonly T[]) => values.map(value => ({ namespace: undefined, value }));
  const none = [...names.values()].map(name => `variables.${name}`).join(' || ');
  return {
    variables: [
      ...Array.from(names, ([expression, name]) => ({ name, expression })),
      ...gather(ofCluster(inGuard), {
        name: 'rulesEnough',
        write: ({ policy, rules }) => heldBy(policy, rules, matched, labels),
        join: holds => holds.join(' && '),
        none: 'true',
      }),
      ...gather(ofCluster(all), {
        name: 'rulesMatched',
        write: rule => `(${matched(rule)} ? [${text(nameWithMessage(rule))}] : [])`,
        join: joined,
        none: '[]',
      }),
      {
        name: 'rulesHold',
        // The rule is in the variable, which keeps the API server's message about a rule that fails short.
        expression: `!variables.bounded || !(${IS_JUDGED}) || ${IS_UPDATE} || variables.isolation >= ${ISOLATIONS.length - 1} || !(${none}) || variables.rulesEnough`,
      },
    ],
    validations: [VALIDATION],
  };
}

/** What one policy requires by its rules. Where several could fail, a rule that does counts as if all of them matched. */
function heldBy(
  policy: CompiledPolicy,
  rules: readonly CompiledRule[],
  matched: (rule: CompiledRule) => Cel,
  labels: LabelScorings,
): Cel {
  const matches = matchCel(policy);
  const own = `(variables.nothingFound ? 0 : variables.sums[0] + ${ownWeights(policy)}[0]) + ${labels.weightOf(policy)}`;
  const actual = rules.map(rule => `(${matched(rule)} ? ${rule.weight} : 0)`).join(' + ');
  const enough = (score: Cel): Cel => `variables.isolation >= ${rankOf(policy, `(${own} + ${score})`)}`;
  const holds = [
    ...(matches === undefined ? [] : [`!(${matches})`]),
    enough(String(weightOfAll(rules))),
    enough(actual),
  ];
  return `(${holds.map(one => `(${one})`).join(' || ')})`;
}

const VALIDATION: Validation = {
  expression: 'variables.rulesHold',
  message: 'A rule of a policy asks for more isolation than the Pod has; "cofferdam explain" says which.',
  messageExpression: `variables.bulky || variables.rulesHold ? '' : 'the Pod has isolation ' + ${texts(ISOLATIONS)}[variables.isolation] + ', which is not enough because of rules: ' + variables.rulesMatched.join(', ') + '. Try again if no RuntimeClass is set, as the webhook that would set one did not answer; "cofferdam explain" says which is enough.'`,
  reason: 'Forbidden',
};
