import type { Assessment, Contribution } from '../../decision/decision.ts';
import { HYGIENE_CAP, isHygiene, MAX_SCORE } from '../../decision/score.ts';
import { rank } from '../../profiles/isolation.ts';
import { signalById } from '../../signals/index.ts';
import { clean } from '../../source/text.ts';
import { contributionWords, floorWords } from '../words/terms.ts';
import type { Page } from './explained.ts';

/** How the score under one policy adds up, the heaviest part first; hygiene is separate, as no tier looks at it. */
export function scoreLines({ contributions, score, tierScore }: Assessment, { paint }: Page): string[] {
  if (contributions.length === 0) return ['  0  nothing weighs'];
  const heaviest = contributions.toSorted((a, b) => b.weight - a.weight);
  const rest = heaviest.filter(contribution => !isHygiene(contribution));
  const hygiene = heaviest.filter(isHygiene);
  const sum = contributions.reduce((total, { weight }) => total + weight, 0);
  const capped = sum > score ? ` (${sum}, and ${MAX_SCORE} is the most)` : '';
  return [
    ...rest.map(contributionLine),
    ...hygiene.map(contribution => paint.dim(contributionLine(contribution))),
    '  ---',
    `  ${number(score)}  in all${capped}`,
    ...(hygiene.length > 0
      ? [`  ${number(tierScore)}  for the tiers: hygiene is left out, and weighs ${HYGIENE_CAP} at most`]
      : []),
  ];
}

const number = (weight: number): string => String(weight).padStart(3);

function contributionLine(contribution: Contribution): string {
  const { kind, value, weight } = contribution;
  const message = kind === 'rule' && value !== undefined ? `: ${clean(value)}` : '';
  return `  ${number(weight)}  ${contributionWords(contribution)}${message}`;
}

/** Every floor of the required isolation, the highest first. */
export function requiredLines({ floors }: Assessment): string[] {
  if (floors.length === 0) return ['  nothing requires a sandbox'];
  const width = Math.max(...floors.map(({ isolation }) => isolation.length));
  return floors
    .toSorted((a, b) => rank(b.isolation) - rank(a.isolation))
    .map(floor => `  ${floor.isolation.padEnd(width)}  because of ${floorWords(floor)}${categoryOf(floor)}`);
}

function categoryOf({ because, id }: Assessment['floors'][number]): string {
  const category = because === 'signal' ? signalById.get(id)?.category : undefined;
  return category ? ` (${category})` : '';
}
